package spreadsheet_test

import (
	"testing"

	"github.com/rasoat/rasoat/services/spreadsheet"
)

// Codes keep their zeros, nothing that somebody typed is a formula or a date, and what was written is read again.
func TestText(t *testing.T) {
	for text, want := range map[string]string{
		"":                   "",
		"Nguyễn Văn Á":       "Nguyễn Văn Á",
		"01000701":           `="01000701"`,
		"12E1":               `="12E1"`,
		"1-2":                `="1-2"`,
		"=1+1":               `="=1+1"`,
		"@SUM(A1)":           `="@SUM(A1)"`,
		`12A "chuyên"`:       `="12A ""chuyên"""`,
		`Lớp "chuyên"`:       `Lớp "chuyên"`,
		"-":                  `="-"`,
		"q7zt0cabcdefghijkl": "q7zt0cabcdefghijkl",
	} {
		got := spreadsheet.Text(text)
		if got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
		if back := spreadsheet.Read(got); back != text {
			t.Errorf("%q: read again %q", text, back)
		}
	}
	if got := spreadsheet.Text("12A1\r\nsáng"); spreadsheet.Read(got) != "12A1  sáng" {
		t.Errorf("two lines: got %s", got)
	}
	for n, want := range map[int]string{85: "=85/10", 100: "=100/10", 0: "=0/10"} {
		if got := spreadsheet.Tenths(n); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
