package student

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// lookalikes maps a letter of another alphabet to the Latin letter that it looks like. Capital and small
// letters are both listed, so that folding case afterwards brings no new ones.
var lookalikes = pairs(
	"ÐĐ ƉĐ ðđ ɖđ ₫đ " +
		"АA ВB ЕE КK МM НH ОO РP СC ТT УY ХX ІI ЈJ ЅS ҺH ԀD ԚQ ԜW " + // Cyrillic
		"аa еe оo рp сc уy хx іi јj ѕs һh ԁd ԛq ԝw " +
		"ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX " + // Greek
		"αa ιi κk νv οo ρp υu") // the small letters that look alike

// apostrophes are one character in the names of the Ê Đê, Mnông and Mông: "H’ Hen", "K'Brể".
const apostrophes = "’‘ʼʻ`´′ʹ＇"

func pairs(table string) map[rune]rune {
	m := make(map[rune]rune)
	for pair := range strings.FieldsSeq(table) {
		r := []rune(pair)
		m[r[0]] = r[1]
	}
	for _, r := range apostrophes {
		m[r] = '\''
	}
	for _, r := range "‐‑‒–" {
		m[r] = '-'
	}
	return m
}

// lookalike returns the plain character that r looks like; r itself when there is none.
func lookalike(r rune) rune {
	if r < 0x80 && r != '`' {
		return r
	}
	if r >= 0xFF01 && r <= 0xFF5E { // full-width forms
		r -= 0xFEE0
	}
	if plain, ok := lookalikes[r]; ok {
		return plain
	}
	return r
}

// HasLookalike reports whether cleaned text has a letter of another alphabet that looks like a Vietnamese
// one. Apostrophes and hyphens are punctuation, and their variants do not count.
func HasLookalike(s string) bool {
	for _, r := range s {
		if plain := lookalike(r); plain != r && plain != '\'' && plain != '-' {
			return true
		}
	}
	return strings.ContainsFunc(s, accentedForeign)
}

// accentedForeign reports the composed Greek and Cyrillic letters, whose base letter may look alike.
func accentedForeign(r rune) bool {
	if r < 0x370 || r > 0x4FF && (r < 0x1F00 || r > 0x1FFF) {
		return false
	}
	base := []rune(norm.NFD.String(string(r)))
	return len(base) > 1 && lookalike(base[0]) != base[0]
}

// Lookalikes writes cleaned text with Vietnamese letters only, as far as other characters look like them;
// takes away the spaces beside an apostrophe; and takes away digits and dots at the end, which schools add
// to tell two pupils of one name apart.
func Lookalikes(s string) string {
	if needsLookalikes(s) {
		s = norm.NFC.String(strings.Map(lookalike, norm.NFD.String(s)))
	}
	if strings.IndexByte(s, '\'') >= 0 {
		s = joinApostrophes(s)
	}
	return strings.TrimRight(s, " .0123456789")
}

func needsLookalikes(s string) bool {
	for _, r := range s {
		if lookalike(r) != r || accentedForeign(r) {
			return true
		}
	}
	return false
}

func joinApostrophes(s string) string {
	for _, spaced := range []string{" '", "' "} {
		for strings.Contains(s, spaced) {
			s = strings.ReplaceAll(s, spaced, "'")
		}
	}
	return s
}
