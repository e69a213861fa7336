// Package spreadsheet writes the cells of CSV files so that a spreadsheet shows what was meant.
//
// The one rule that a reader must not miss: a spreadsheet that opens a CSV file guesses the type of each cell. It takes
// 01000701 for a number and drops the zero, 12E1 for 120, 1-2 for a day, =… for a formula, and 8.5 for the eighth of May
// where the decimal sign is a comma, as it is in Vietnam. So a text that could be taken for something else is written as
// a formula that gives the text, ="01000701", and a mark as one that gives the number in every country, =85/10.
package spreadsheet

import (
	"strconv"
	"strings"
)

// BOM at the start of a file makes Excel read it as UTF-8.
const BOM = "\ufeff"

// Text writes a text of one line. It stays as it is unless a spreadsheet would take it for something else.
func Text(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, s)
	if s == "" || !strings.ContainsRune("0123456789=+-@ '", rune(s[0])) {
		return s
	}
	return `="` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// Tenths writes a number that is given in tenths: 85 is 8.5.
func Tenths(n int) string { return "=" + strconv.Itoa(n) + "/10" }

// Read returns the text of a cell that Text wrote. Any other cell is returned as it is.
func Read(cell string) string {
	inner, ok := strings.CutPrefix(cell, `="`)
	inner, closed := strings.CutSuffix(inner, `"`)
	if !ok || !closed {
		return cell
	}
	return strings.ReplaceAll(inner, `""`, `"`)
}
