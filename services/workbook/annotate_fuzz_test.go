package workbook

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// Whatever a sheet and its comments look like, they are marked or refused; and what could be read before reads the same behind.
func FuzzAnnotate(f *testing.F) {
	d := drive.Default()
	small := mustBook(f, map[string][][]any{"12A1 L10": {{"Mã học sinh", "Toán", "Ngữ văn"}, {"", "HK1", "HK1"}, {"1", 5, "8,5"}}})
	var marked bytes.Buffer
	if err := Annotate(bytes.NewReader(small), &marked, []Mark{{"12A1 L10!B3", "error", "x"}}); err != nil {
		f.Fatal(err)
	}
	const sheet, comments = "xl/worksheets/sheet1.xml", "xl/comments1.xml"
	var texts [2]string
	for i, part := range []string{sheet, comments} {
		mustReplace(f, marked.Bytes(), part, func(s string) string { texts[i] = s; return s })
	}
	f.Add(texts[0], texts[1])
	f.Add(`<worksheet><sheetData/></worksheet>`, `<comments><authors/><commentList/></comments>`)
	f.Add(`<worksheet><sheetData><row><c/><c r="C1"/></row><row r="3" s="1"/></sheetData></worksheet>`, `<comments><authors><author/></authors><commentList><comment ref="B3"><text/></comment></commentList></comments>`)
	f.Add(strings.Replace(texts[0], "<sheetData>", `<cols><col min="1" max="99999" style="7"/></cols><sheetData>`, 1), "")
	f.Fuzz(func(t *testing.T, sheetText, commentsText string) {
		data := mustReplace(t, marked.Bytes(), sheet, func(string) string { return sheetText })
		data = mustReplace(t, data, comments, func(string) string { return commentsText })
		var out bytes.Buffer
		marks := []Mark{{"12A1 L10!B3", "error", "x"}, {"12A1 L10!C7", "info", "y"}, {"12A1 L10!A1", "warning", "z"}}
		if err := Annotate(bytes.NewReader(data), &out, marks); err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("got %v, want invalid", err)
			}
			return
		}
		before, err := Read(bytes.NewReader(data), int64(len(data)), d, Options{TempDir: t.TempDir()})
		if err != nil {
			return
		}
		after, err := Read(bytes.NewReader(out.Bytes()), int64(out.Len()), d, Options{TempDir: t.TempDir()})
		if err != nil {
			t.Fatalf("a workbook that could be read is not any more: %v", err)
		}
		if len(after.Records) != len(before.Records) {
			t.Errorf("got %d records, want %d", len(after.Records), len(before.Records))
		}
	})
}
