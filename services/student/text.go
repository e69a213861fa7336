package student

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Level is the first step of the ladder of normalisation at which two names agree. The original text is
// always kept; a level only says how far apart two writings of it are. Up to LevelTone the names are the
// same and only their typing differs; LevelSoftIY needs a person's glance; beyond it there is a difference
// that must be corrected at its source.
type Level int

// The levels, from identical to different.
const (
	LevelRaw          Level = iota // byte for byte
	LevelSpacing                   // composed or decomposed accents, kinds and number of spaces
	LevelLookalike                 // Ð for Đ, letters of other alphabets, apostrophes, trailing digits and dots
	LevelCase                      // capitals
	LevelTone                      // place of the tone mark in open syllables: hoà, hòa
	LevelSoftIY                    // Lý and Lí, Mỹ and Mĩ, Kỳ and Kì, Sỹ and Sĩ, Quý and Quí
	LevelNoDiacritics              // the same letters without marks: "Nguyen Van Duc"
	LevelDifferent
)

var levelNames = [...]string{"raw", "spacing", "lookalike", "case", "tone", "soft_iy", "no_diacritics", "different"}

// String returns the level's stable name.
func (l Level) String() string {
	if l < 0 || int(l) >= len(levelNames) {
		return "unknown"
	}
	return levelNames[l]
}

// Same reports whether names that agree at this level are one name, typed differently at most.
func (l Level) Same() bool { return l >= LevelRaw && l <= LevelTone }

// NameLevel returns the level at which two names agree.
func NameLevel(a, b Name) Level {
	x, y := string(a), string(b)
	if x == y {
		return LevelRaw
	}
	if x, y = Clean(x), Clean(y); x == y {
		return LevelSpacing
	}
	if x, y = Lookalikes(x), Lookalikes(y); x == y {
		return LevelLookalike
	}
	if x, y = foldCase(x), foldCase(y); x == y {
		return LevelCase
	}
	if x, y = placeTones(x), placeTones(y); x == y {
		return LevelTone
	}
	softX, softY := SoftIY(x), SoftIY(y)
	switch {
	case softX == softY:
		return LevelSoftIY
	case Unaccent(x) == Unaccent(y), Unaccent(softX) == Unaccent(softY):
		return LevelNoDiacritics
	}
	return LevelDifferent
}

// FoldName returns the key under which two writings of one name are equal: the steps up to LevelTone. It is
// for comparing only, never for showing or storing in place of the name. Folding twice is folding once.
func FoldName(s string) string { return placeTones(foldCase(Lookalikes(Clean(s)))) }

// Clean puts text into composed form (NFC), makes every kind and run of spaces one space, drops characters
// that nobody can see, and trims. It changes nothing that a reader could notice.
func Clean(s string) string {
	if isClean(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	pending := false
	for _, r := range s {
		switch {
		case invisible(r):
		case unicode.IsSpace(r):
			pending = b.Len() > 0
		default:
			if pending {
				b.WriteByte(' ')
				pending = false
			}
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

// isClean is the fast path: well-formed text in composed form with single plain spaces inside.
func isClean(s string) bool {
	space := true // a leading space is not clean
	for _, r := range s {
		switch {
		case r == ' ':
			if space {
				return false
			}
			space = true
			continue
		case r == utf8.RuneError, invisible(r), r != ' ' && unicode.IsSpace(r):
			return false
		}
		space = false
	}
	return (s == "" || !space) && norm.NFC.IsNormalString(s)
}

// invisible reports the characters of no width that copying from pages and workbooks leaves behind.
func invisible(r rune) bool {
	switch r {
	case 0x00AD, // soft hyphen
		0x200B, 0x200C, 0x200D, 0x200E, 0x200F, // zero-width space and joiners, direction marks
		0x2060, 0xFEFF: // word joiner, byte order mark
		return true
	}
	return false
}

// Unaccent removes every diacritic and writes đ as d; capitals stay.
func Unaccent(s string) string {
	if isASCII(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	// A byte that is no character would keep the letters behind it from coming apart.
	for _, r := range norm.NFD.String(strings.ToValidUTF8(s, "\uFFFD")) {
		switch {
		case r == 'đ':
			b.WriteByte('d')
		case r == 'Đ':
			b.WriteByte('D')
		case !unicode.Is(unicode.Mn, r):
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

func foldCase(s string) string { return norm.NFC.String(strings.ToLower(s)) }

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
