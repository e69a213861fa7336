package student

import (
	"strings"
	"unicode"
)

// vowelRows lists each vowel without and with the five tone marks.
const vowelRows = "aàáảãạ ăằắẳẵặ âầấẩẫậ eèéẻẽẹ êềếểễệ iìíỉĩị oòóỏõọ ôồốổỗộ ơờớởỡợ uùúủũụ ưừứửữự yỳýỷỹỵ"

// The forms of each bare vowel by tone, and the bare vowel and the tone (0 is none) of each form.
var withTone, bareOf, toneOf = vowelTables()

func vowelTables() (map[rune][6]rune, map[rune]rune, map[rune]int) {
	forms, bare, tones := map[rune][6]rune{}, map[rune]rune{}, map[rune]int{}
	for row := range strings.FieldsSeq(vowelRows) {
		var all [6]rune
		copy(all[:], []rune(row))
		forms[all[0]] = all
		for tone, r := range all {
			bare[r], tones[r] = all[0], tone
		}
	}
	return forms, bare, tones
}

// placeTones moves the tone mark of an open syllable in oa, oe or uy to the second vowel: hòa becomes hoà.
// A closed syllable (hoàn, suýt, huỳnh) has one placement only and stays. After q, u belongs to the initial
// and carries no tone: qúy becomes quý. s is lower-case and composed.
func placeTones(s string) string {
	if isASCII(s) {
		return s
	}
	runes := []rune(s)
	changed := false
	for start := 0; start < len(runes); {
		if !wordRune(runes[start]) {
			start++
			continue
		}
		end := start
		for end < len(runes) && wordRune(runes[end]) {
			end++
		}
		changed = placeTone(runes[start:end]) || changed
		start = end
	}
	if !changed {
		return s
	}
	return string(runes)
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }

// placeTone does it for one word and reports whether it changed.
func placeTone(word []rune) bool {
	if len(word) >= 3 && word[0] == 'q' && bareOf[word[1]] == 'u' {
		return moveTone(word, 1)
	}
	last := len(word) - 2
	if last < 0 {
		return false
	}
	switch first, second := bareOf[word[last]], bareOf[word[last+1]]; {
	case first == 'o' && (second == 'a' || second == 'e'), first == 'u' && second == 'y':
		return moveTone(word, last)
	}
	return false
}

// moveTone moves the tone of word[i] to word[i+1], if there is one and the next vowel has none.
func moveTone(word []rune, i int) bool {
	tone := toneOf[word[i]]
	next, vowel := withTone[word[i+1]]
	if tone == 0 || !vowel {
		return false
	}
	word[i], word[i+1] = bareOf[word[i]], next[tone]
	return true
}

// SoftIY writes i for y in the open syllables where both spellings of one name are in use: l, m, k and s
// with a tone mark, and qu. Vy and Vi, Thy and Thi, My and Mi are names of their own.
func SoftIY(s string) string {
	if !strings.ContainsAny(s, "yỳýỷỹỵ") {
		return s
	}
	words := strings.Split(s, " ")
	for i, word := range words {
		r := []rune(word)
		last := len(r) - 1
		switch {
		case last < 1 || bareOf[r[last]] != 'y':
			continue
		case last == 1 && strings.ContainsRune("lmks", r[0]) && toneOf[r[last]] > 0:
		case last == 2 && r[0] == 'q' && r[1] == 'u':
		default:
			continue
		}
		r[last] = withTone['i'][toneOf[r[last]]]
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}

// OldTones writes the tone mark of an open syllable in oa, oe or uy on the first vowel: hoà becomes hòa. s is folded (FoldName).
func OldTones(s string) string {
	words := strings.Split(s, " ")
	for i, word := range words {
		r := []rune(word)
		last := len(r) - 2
		if last < 0 || last > 0 && r[last-1] == 'q' {
			continue
		}
		first, second := bareOf[r[last]], bareOf[r[last+1]]
		if (first != 'o' || second != 'a' && second != 'e') && (first != 'u' || second != 'y') {
			continue
		}
		tone, forms := toneOf[r[last+1]], withTone[r[last]]
		if tone == 0 || toneOf[r[last]] != 0 {
			continue
		}
		r[last], r[last+1] = forms[tone], second
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}
