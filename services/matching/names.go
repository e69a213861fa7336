package matching

import (
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/rasoat/rasoat/services/student"
)

// NameLevel is the first step of the ladder at which two names agree. Up to NameTone they are one name, typed differently at most;
// NameSoftIY needs a person's glance; what follows are differences that are mended at their source.
type NameLevel int

// The levels: those of student.NameLevel, then by how the letters differ.
const (
	NameRaw          = NameLevel(student.LevelRaw)
	NameTone         = NameLevel(student.LevelTone)
	NameSoftIY       = NameLevel(student.LevelSoftIY)
	NameNoDiacritics = NameLevel(student.LevelNoDiacritics)
	NameSound        = NameNoDiacritics + 1 // d/gi/r, s/x, ch/tr, n/l at the start of a word
	NameWordMissing  = NameSound + 1        // the first name lacks words of the second
	NameWordAdded    = NameSound + 2        // the first name has words that the second lacks
	NameNear         = NameSound + 3        // one or two letters
	NamePartly       = NameSound + 4        // the same first and last word, or the same words in another order
	NameDifferent    = NameSound + 5
	NameMissing      = NameSound + 6 // one side has none: nothing to compare
	nameLevels       = NameSound + 7
)

var laterNames = [...]string{"sound", "word_missing", "word_added", "near", "partly", "different", "missing"}

// String returns the level's stable name.
func (l NameLevel) String() string {
	if l < NameSound {
		return student.Level(l).String()
	}
	return laterNames[l-NameSound]
}

// Same reports whether names that agree at this level are one name.
func (l NameLevel) Same() bool { return l <= NameTone }

// nameForms are the forms of a name that the ladder compares, made once.
type nameForms struct {
	raw    string
	folded string // equal for two writings of one name
	soft   string // i for y where both are in use
	plain  string // the folded one without diacritics
	softly string // the soft one without diacritics
	sound  string // and without the confusions of sound
}

func formsOf(n student.Name) nameForms {
	f := nameForms{raw: n.Reveal(), folded: student.FoldName(n.Reveal())}
	f.soft = student.SoftIY(f.folded)
	f.plain = unaccent(f.folded)
	if f.softly = f.plain; f.soft != f.folded {
		f.softly = unaccent(f.soft)
	}
	f.sound = soundsOf(f.softly)
	return f
}

// bareLetters are the letters of Vietnamese and their neighbours without diacritics; 0 for what is no single letter then.
var bareLetters = sync.OnceValue(func() *[0x1F00]rune {
	out := new([0x1F00]rune)
	for r := range rune(len(out)) {
		if bare := []rune(student.Unaccent(string(r))); len(bare) == 1 {
			out[r] = bare[0]
		}
	}
	return out
})

// unaccent is student.Unaccent for composed text, by table: names of a whole population pass here.
func unaccent(composed string) string {
	bare := bareLetters()
	buf := make([]byte, 0, 64)
	for _, r := range composed {
		if r >= rune(len(bare)) || bare[r] == 0 {
			return student.Unaccent(composed)
		}
		buf = utf8.AppendRune(buf, bare[r])
	}
	return string(buf)
}

// CompareNames returns the level at which two names agree; the first is the one that the school wrote.
func CompareNames(a, b student.Name) NameLevel {
	x, y := formsOf(a), formsOf(b)
	return compareForms(&x, &y)
}

func compareForms(a, b *nameForms) NameLevel {
	switch {
	case a.folded == "" || b.folded == "":
		return NameMissing
	case a.folded == b.folded:
		return NameLevel(student.NameLevel(student.Name(a.raw), student.Name(b.raw)))
	case a.soft == b.soft:
		return NameSoftIY
	case a.plain == b.plain, a.softly == b.softly:
		return NameNoDiacritics
	case a.sound == b.sound:
		return NameSound
	}
	x, y := strings.Fields(a.plain), strings.Fields(b.plain)
	switch {
	case len(x) < len(y) && within(x, y):
		return NameWordMissing
	case len(x) > len(y) && within(y, x):
		return NameWordAdded
	case near(a.plain, b.plain):
		return NameNear
	case partly(x, y):
		return NamePartly
	}
	return NameDifferent
}

// confusions are initials that are pronounced alike in a part of the country.
var confusions = [...]struct{ from, to string }{{"gi", "d"}, {"r", "d"}, {"x", "s"}, {"tr", "ch"}, {"l", "n"}}

// soundsOf writes one initial for those that are confused. The i of gi stays where it is the vowel as well: gì.
func soundsOf(plain string) string {
	words := strings.Fields(plain)
	for i, w := range words {
		for _, c := range confusions {
			rest, ok := strings.CutPrefix(w, c.from)
			if !ok {
				continue
			}
			if c.from == "gi" && (rest == "" || !strings.ContainsAny(rest[:1], "aeouy")) {
				rest = "i" + rest
			}
			words[i] = c.to + rest
			break
		}
	}
	return strings.Join(words, " ")
}

// within reports whether the words of short stand in long in their order: at least two of them, and at most two words more in long.
func within(short, long []string) bool {
	if len(short) < 2 || len(long)-len(short) > 2 {
		return false
	}
	at := 0
	for _, w := range long {
		if at < len(short) && w == short[at] {
			at++
		}
	}
	return at == len(short)
}

// near reports whether one name becomes the other by one edit (a letter put in, left out, replaced, or two exchanged), or by two in a long
// name.
func near(a, b string) bool {
	most := 1
	if min(len(a), len(b)) >= 12 {
		most = 2
	}
	return distanceUpTo(a, b, most) <= most
}

// partly reports the same first and last word, or the same words in another order.
func partly(a, b []string) bool {
	if len(a) < 2 || len(b) < 2 {
		return false
	}
	if a[0] == b[0] && a[len(a)-1] == b[len(b)-1] {
		return true
	}
	if len(a) != len(b) {
		return false
	}
	left := append(make([]string, 0, 8), b...)
	for _, w := range a {
		at := -1
		for i, v := range left {
			if v == w {
				at = i
			}
		}
		if at < 0 {
			return false
		}
		left = append(left[:at], left[at+1:]...)
	}
	return true
}

// distanceUpTo is the optimal string alignment distance of two strings of bytes, or anything above most when it is more than that.
func distanceUpTo(a, b string, most int) int {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if d := max(len(a), len(b)) - min(len(a), len(b)); d > most {
		return d
	}
	if len(a) == 0 || len(b) == 0 {
		return max(len(a), len(b))
	}
	if len(b) >= maxNameBytes || len(a) >= maxNameBytes {
		return most + 1
	}
	var rows [3][maxNameBytes]uint8
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = uint8(j)
	}
	for i := 1; i <= len(a); i++ {
		row[0] = uint8(i)
		best := row[0]
		for j := 1; j <= len(b); j++ {
			cost := uint8(1)
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
			best = min(best, d)
		}
		if int(best) > most {
			return most + 1
		}
		before, last, row = last, row, before
	}
	return int(last[len(b)])
}

// maxNameBytes is the longest difference of two names that is looked at letter by letter.
const maxNameBytes = 128
