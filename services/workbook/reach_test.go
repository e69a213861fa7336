package workbook

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// work measures what something does by what it allocates, which is the same on every machine.
func work(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A small file must not be much work.
func TestSmallFilesThatAreMuchWork(t *testing.T) {
	small := mustBook(t, map[string][][]any{"12A1 L10": {{"Mã học sinh", "Toán", "Ngữ văn"}, {"", "HK1", "HK1"}, {"1", 5, "8,5"}}})
	with := func(rows string) []byte {
		return mustReplace(t, small, "xl/worksheets/sheet1.xml", func(s string) string { return strings.Replace(s, "</sheetData>", rows+"</sheetData>", 1) })
	}
	wide := func(rows int, cell string) string {
		var b strings.Builder
		for i := range rows {
			fmt.Fprintf(&b, `<row r="%d"><c r="%s%d"/></row>`, i+10, cell, i+10)
		}
		return b.String()
	}
	for _, tt := range []struct {
		name, rows, rule string
	}{
		{"every row to the last column", wide(2000, "XFD"), RuleTooLarge},
		{"some rows to the last column", wide(20, "XFD"), ""},
		{"cells without names", "<row>" + strings.Repeat("<c/>", 3*maxReach/1000) + "</row>", ""},
		{"cells with names that are none", "<row><c r='??'/><c r=''/><c r='ABCDEFG1'/></row>", ""},
		{"the last row", `<row r="1048576"><c r="A1048576"><v>1</v></c></row>`, ""},
		{"deep elements", strings.Repeat("<a>", 200) + strings.Repeat("</a>", 200), RuleDamaged},
	} {
		data := with(tt.rows)
		var err error
		took := work(func() { _, err = Read(bytes.NewReader(data), int64(len(data)), drive.Default(), Options{}) })
		var e *fault.Error
		switch {
		case tt.rule == "" && err != nil && !fault.Is(err, fault.Invalid):
			t.Errorf("%s: got %v", tt.name, err)
		case tt.rule != "" && (!errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Rule != tt.rule):
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.rule)
		}
		if took>>20 > 200 {
			t.Errorf("%s: took %d MiB", tt.name, took>>20)
		}
	}
}

func TestColumnOf(t *testing.T) {
	for name, want := range map[string]int{"A1": 1, "z9": 26, "AA10": 27, "XFD1048576": 16384, "": 0, "1": 0, "?": 0, "ZZZZ1": 18278} {
		if got := columnOf(name); got != want {
			t.Errorf("%q: got %d, want %d", name, got, want)
		}
	}
}
