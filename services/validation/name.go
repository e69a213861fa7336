package validation

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rasoat/rasoat/services/student"
)

// name looks at the characters of a name as a reader sees them. Names of foreign nationals follow their
// passports and may hold more.
func (j *judge) name(p *student.Profile, of citizenship) {
	const field = "full_name"
	written := p.FullName.Reveal()
	name := student.Clean(written)
	if name == "" {
		return
	}
	if name != written {
		j.found(nameForm, field, "", "")
		j.fix(nameForm, FixClean, "", true)
	}
	if of == citizen && looksLegacy(name) { // of one cell nobody can say more: see Across
		j.found(nameLetters, field, "", "")
		return
	}
	if bad := badCharacter(name, of != citizen); bad != "" {
		j.found(nameChars, field, bad, "")
		return
	}
	if student.HasLookalike(name) {
		j.found(nameLookalike, field, "", "")
		j.fix(nameLookalike, FixLatin, "", true)
	}
	if of != citizen {
		return
	}
	switch {
	case !strings.ContainsFunc(name, isJoiner): // K'Brể is a name
		limit := Warning
		if p.Ethnicity != "" && p.Ethnicity != kinh { // some groups have names of one word
			limit = Info
		}
		j.foundAtMost(limit, nameOneWord, field, "", "")
	case endsShort(name):
		j.found(nameShort, field, "", "")
	}
	if oddCase(name) {
		j.found(nameCase, field, "", "")
		j.fix(nameCase, FixTitleCase, "", false)
	}
}

// kinh is the code of the majority, whose names have a family name and a given name at the least.
const kinh = "01"

// oddCase reports a name all in capitals, or with a word that begins with a small letter. A word of one letter, and the part of a
// word behind an apostrophe or a hyphen, may be either.
func oddCase(name string) bool {
	letters, upper := 0, 0
	for _, r := range name {
		if unicode.IsLetter(r) {
			letters++
			if unicode.IsUpper(r) {
				upper++
			}
		}
	}
	if letters > 3 && upper == letters {
		return true
	}
	for word := range strings.FieldsSeq(name) {
		first, size := utf8.DecodeRuneInString(word)
		if size < len(word) && unicode.IsLower(first) && !strings.ContainsFunc(word, isJoiner) {
			return true
		}
	}
	return false
}

// badCharacter tells what kind of character no name has: "digit", "symbol", "other script"; "" for none. A
// letter that only looks like a Latin one counts as the Latin one.
func badCharacter(name string, foreign bool) string {
	bad := classify(name, foreign)
	if bad != "" && bad != "digit" && student.HasLookalike(name) {
		return classify(student.Lookalikes(name), foreign)
	}
	return bad
}

func classify(name string, foreign bool) string {
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', isJoiner(r):
		case unicode.IsDigit(r):
			return "digit"
		case foreign && strings.ContainsRune(".,/()", r):
		case unicode.Is(unicode.Latin, r), unicode.IsMark(r):
		case unicode.IsLetter(r):
			return "other script"
		default:
			return "symbol"
		}
	}
	if first, _ := utf8.DecodeRuneInString(name); !unicode.IsLetter(first) {
		return "symbol"
	}
	return ""
}

// isJoiner reports what may stand between the letters of a name.
func isJoiner(r rune) bool { return strings.ContainsRune(" -'’‘ʼʻ`´′–‐", r) }

// consonants no Vietnamese name consists of; Y, Ý, A and the like are names.
const consonants = "bcdđghklmnpqrstvxBCDĐGHKLMNPQRSTVX"

// endsShort reports a last word of one consonant: "Nguyễn Văn B".
func endsShort(name string) bool {
	last := name[strings.LastIndexByte(name, ' ')+1:]
	r, size := utf8.DecodeRuneInString(last)
	return size == len(last) && strings.ContainsRune(consonants, r)
}

// Signs of text in an old encoding that is read as Latin-1: TCVN3 ("NguyÔn V¨n Hïng"), VNI ("Nguyeãn Vaên
// Huøng") or VIQR ("Nguye^~n Va(n"). One name is little to go by, so a weak sign must come twice.
const (
	legacySymbols = "µ¸·¹¶§®©ª«¬¨¦¥¤£¢¡×÷¼½¾»" // letters of TCVN3
	viqrMarks     = "^(+~?"                    // after a vowel
	foreignLatin1 = "åäæçëîïöøûüþÿßÅÄÆÇËÎÏÖØÛÜÞ"
	vniMarks      = "ãâáàåäêéèúùüûëõøïÃÂÁÀÅÄÊÉÈÚÙÜÛËÕØÏ" // after a, e, o or u
)

func looksLegacy(name string) bool {
	weak := 0
	var before rune
	for _, r := range name {
		switch {
		case r < utf8.RuneSelf:
			if strings.ContainsRune(viqrMarks, r) && isPlainVowel(before) {
				return true
			}
		case strings.ContainsRune(legacySymbols, r),
			unicode.IsUpper(r) && unicode.IsLower(before) && r < 0x100,
			vniPair(before, r):
			return true
		case strings.ContainsRune(foreignLatin1, r):
			weak++
		}
		before = r
	}
	return weak >= 2
}

func isPlainVowel(r rune) bool { return strings.ContainsRune("aeiouyAEIOUY", r) }

// vniPair reports a pair of vowels that Vietnamese does not write and VNI does: "aâ", "eã", "oâ", "uù".
func vniPair(a, b rune) bool {
	if !strings.ContainsRune(vniMarks, b) {
		return false
	}
	switch unicode.ToLower(a) {
	case 'a', 'e':
		return true
	case 'o':
		return !strings.ContainsRune("àáãèéÀÁÃÈÉ", b)
	case 'u':
		return strings.ContainsRune("ùûõøïÙÛÕØÏ", b)
	}
	return false
}
