package workbook

import (
	"strings"

	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/legacy"
)

// In TCVN3 the letter ư is what Unicode calls a soft hyphen, which nobody can see and cleaning takes away: of "Phương" too much
// would be gone. While a cell is cleaned another character stands for it.
const (
	softHyphen = "\u00AD"
	standIn    = "\uE0AD"
)

// cleanCell puts a cell into composed form with single spaces. Text that only makes sense in TCVN3 keeps its letters.
func cleanCell(text string) string {
	if !strings.Contains(text, softHyphen) {
		return student.Clean(text)
	}
	kept := strings.ReplaceAll(student.Clean(strings.ReplaceAll(text, softHyphen, standIn)), standIn, softHyphen)
	if legacy.In(legacy.TCVN3, kept) {
		return kept
	}
	return student.Clean(text)
}
