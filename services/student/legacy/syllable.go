package legacy

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Vietnamese reports whether every word of a text is written as a Vietnamese syllable can be: an initial, a vowel, a final, and capitals
// only at the beginning or all through. It does not know which syllables there are.
func Vietnamese(s string) bool {
	words := strings.Fields(s)
	for _, w := range words {
		if !syllable(w) {
			return false
		}
	}
	return len(words) > 0
}

func syllable(word string) bool {
	word = norm.NFC.String(word)
	lower := strings.ToLower(word)
	if word != lower && word != strings.ToUpper(word) {
		rest := []rune(word)[1:]
		if strings.ContainsFunc(string(rest), unicode.IsUpper) {
			return false
		}
	}
	toneless := withoutTone(lower)
	for _, initial := range initials {
		rest, ok := strings.CutPrefix(toneless, initial)
		if !ok {
			continue
		}
		for _, final := range finals {
			if vowel, ok := strings.CutSuffix(rest, final); ok && vowels[vowel] {
				return true
			}
		}
	}
	return false
}

// tones are the five marks that tell a tone; the others make letters.
var tones = map[rune]bool{0x0300: true, 0x0301: true, 0x0303: true, 0x0309: true, 0x0323: true}

func withoutTone(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		if !tones[r] {
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

var (
	initials = append(strings.Fields("ngh ng nh gh gi kh ph th tr ch qu b c d đ g h k l m n p r s t v x"), "")
	finals   = append(strings.Fields("ch ng nh c m n p t"), "")
	vowels   = set("a ă â e ê i o ô ơ u ư y ia iê ya yê ua uô ưa ươ oa oă oe oo uâ uê uy uơ uya uyê ai ao au ay âu ây eo êu iu iêu yêu " +
		"oi ôi ơi ui ưi uôi ươi ưu ươu oai oay oao oeo uai uây uyu")
)

func set(list string) map[string]bool {
	out := map[string]bool{}
	for s := range strings.FieldsSeq(list) {
		out[s] = true
	}
	return out
}
