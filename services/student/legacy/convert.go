package legacy

import (
	_ "embed"
	"encoding/csv"
	"strings"
	"sync"
)

// Encoding is an encoding of before Unicode.
type Encoding string

// The encodings.
const (
	TCVN3 Encoding = "tcvn3"
	VNI   Encoding = "vni"
	VIQR  Encoding = "viqr"
)

// Encodings lists them.
var Encodings = []Encoding{TCVN3, VNI, VIQR}

//go:embed tables.csv
var tables string

// pairs gives for each encoding what each letter is written as, longest first by the number of characters.
var pairs = sync.OnceValue(func() map[Encoding]map[string]string {
	rows, err := csv.NewReader(strings.NewReader(tables)).ReadAll()
	if err != nil {
		panic("legacy: " + err.Error()) // the table is part of the program
	}
	out := map[Encoding]map[string]string{}
	for _, row := range rows[1:] {
		e := Encoding(row[0])
		if out[e] == nil {
			out[e] = map[string]string{}
		}
		out[e][row[1]] = row[2]
	}
	return out
})

// longest is how many characters a letter takes at most: ê with a tone in VIQR.
const longest = 3

// Convert reads text in an encoding and gives it in Unicode. What is no letter of the encoding stays as it is.
func Convert(e Encoding, s string) string {
	table := pairs()[e]
	runes := []rune(s)
	var b strings.Builder
	for i := 0; i < len(runes); {
		n := min(longest, len(runes)-i)
		for ; n > 0; n-- {
			if letter, ok := table[string(runes[i:i+n])]; ok {
				b.WriteString(letter)
				break
			}
		}
		if n == 0 {
			b.WriteRune(runes[i])
			n = 1
		}
		i += n
	}
	return b.String()
}
