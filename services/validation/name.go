package validation

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rasoat/rasoat/services/student"
)

// name looks at the characters of a name as a reader sees them. Names of foreign nationals follow their
// passports and may hold more.
func (j *judge) name(n student.Name, of citizenship) {
	name := student.Clean(n.Reveal())
	if name == "" {
		return
	}
	if of == citizen && looksLegacy(name) {
		j.found(nameLegacy, "full_name", "", "")
		return
	}
	if bad := badCharacter(name, of != citizen); bad != "" {
		j.found(nameChars, "full_name", bad, "")
	} else if student.HasLookalike(name) {
		j.found(nameLookalike, "full_name", "", "")
	}
	if of == citizen && endsShort(name) {
		j.found(nameShort, "full_name", "", "")
	}
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
