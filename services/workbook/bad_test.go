package workbook

import (
	"archive/zip"
	"bytes"
	"errors"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/xuri/excelize/v2"
)

// mustZip makes an archive of parts.
func mustZip(tb testing.TB, parts map[string]string) []byte {
	tb.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range parts {
		w, err := z.Create(name)
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := io.WriteString(w, content); err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// mustReplace returns the workbook with one part changed.
func mustReplace(tb testing.TB, data []byte, part string, change func(string) string) []byte {
	tb.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		tb.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range r.File {
		rc, err := f.Open()
		if err != nil {
			tb.Fatal(err)
		}
		content, err := io.ReadAll(rc)
		if err != nil {
			tb.Fatal(err)
		}
		parts[f.Name] = string(content)
		if f.Name == part {
			parts[f.Name] = change(parts[f.Name])
		}
	}
	return mustZip(tb, parts)
}

// mustBook makes a workbook of sheets by hand.
func mustBook(tb testing.TB, sheets map[string][][]any, change ...func(*excelize.File)) []byte {
	tb.Helper()
	f := excelize.NewFile()
	first := true
	for name, rows := range sheets {
		if first {
			if err := f.SetSheetName("Sheet1", name); err != nil {
				tb.Fatal(err)
			}
		} else if _, err := f.NewSheet(name); err != nil {
			tb.Fatal(err)
		}
		first = false
		for i, row := range rows {
			cell, _ := excelize.CoordinatesToCellName(1, i+1)
			if err := f.SetSheetRow(name, cell, &row); err != nil {
				tb.Fatal(err)
			}
		}
	}
	for _, c := range change {
		c(f)
	}
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestRefusedFiles(t *testing.T) {
	d := drive.Default()
	pupil := newGenerator(1).pupil("12A1")
	good := mustProfiles(t, d, []Pupil{pupil})
	noise := make([]byte, 4096)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(noise) // never fails
	sheet := "xl/worksheets/sheet1.xml"
	header := make([]any, len(templateColumns))
	for i, text := range templateColumns {
		header[i] = text
	}
	tests := []struct {
		name    string
		data    []byte
		options Options
		rule    string
		en      string // a part of one of the messages
	}{
		{"empty file", nil, Options{}, RuleEmpty, "empty"},
		{"noise", noise, Options{}, RuleNotWorkbook, "not an .xlsx"},
		{"csv", []byte("STT,Mã lớp,Mã định danh\n1,12A1,0123456789\n"), Options{}, RuleOldFormat, ".csv"},
		{"xls", append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, noise...), Options{}, RuleOldFormat, "old .xls"},
		{"web page named .xls", []byte("\ufeff<html><table><tr><td>STT</td></tr></table></html>"), Options{}, RuleOldFormat, "web page"},
		{"cut short", good[:len(good)/2], Options{}, RuleNotWorkbook, "not an .xlsx"},
		{"another archive", mustZip(t, map[string]string{"word/document.xml": "<w/>"}), Options{}, RuleNotWorkbook, "not an .xlsx"},
		{"only a name", mustZip(t, map[string]string{"xl/workbook.xml": "<workbook"}), Options{}, RuleNotWorkbook, "not an .xlsx"},
		{"zip bomb", mustReplace(t, good, sheet, func(s string) string { return s + strings.Repeat(" ", 8<<20) }), Options{MaxUnzipped: 4 << 20}, RuleTooLarge, "too large"},
		{"zip bomb beside the sheets", mustReplace(t, good, "docProps/app.xml", func(s string) string { return s + strings.Repeat(" ", 65<<20) }), Options{}, RuleTooLarge, "too large"},
		{"zip bomb that lies", liar(t), Options{}, RuleTooLarge, "too large"},
		{"large on disk", good, Options{MaxFile: 100}, RuleTooLarge, "too large"},
		{"a sheet that breaks off", mustReplace(t, good, sheet, func(s string) string { return s[:len(s)-40] }), Options{}, RuleDamaged, "damaged"},
		{"a control character in a sheet", mustReplace(t, good, sheet, func(s string) string { return strings.Replace(s, "12A1", "12\vA1", 1) }), Options{}, RuleDamaged, "damaged"},
		{"a bare ampersand in a sheet", mustReplace(t, good, sheet, func(s string) string { return strings.Replace(s, "12A1", "A & B", 1) }), Options{}, RuleDamaged, "damaged"},
		{"no cells", mustBook(t, map[string][][]any{"Sheet1": nil}), Options{}, RuleEmpty, "holds nothing"},
		{"a header and no pupils", mustBook(t, map[string][][]any{"DANH MUC": {header}}), Options{}, RuleEmpty, "no pupil"},
		{"a header, numbers and a footer", mustBook(t, map[string][][]any{"DANH MUC": {header, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {"", "", "", "Người lập biểu"}}}), Options{}, RuleEmpty, "no pupil"},
		{"wrong sheets", mustBook(t, map[string][][]any{"Thu chi": {{"Ngày", "Nội dung", "Số tiền"}, {"1/1/2023", "Điện", 5}}}), Options{}, RuleNoSheet, "no header"},
		{"missing columns", mustBook(t, map[string][][]any{"DANH MUC": {header[:6], {1, "12A1", "1", "A", "2005", "Nam"}}}), Options{}, RuleNoColumn, `"Dân tộc"`},
		{"no column of codes", mustBook(t, map[string][][]any{"DANH MUC": {append(header[:2:2], header[3:]...), {1, "12A1"}}}), Options{}, RuleNoColumn, `"Mã định danh Bộ GD&ĐT"`},
		{"a column twice", mustBook(t, map[string][][]any{"DANH MUC": {append(header[:len(header):len(header)], "Ngày sinh"), {1, "12A1"}}}), Options{}, RuleTwoColumns, "same header"},
		{"a sheet of nobody knows what", mustBook(t, map[string][][]any{"Sheet1": {{"Mã lớp", "Mã học sinh", "Toán", "", ""}, {"", "", "HK1", "HK2", "CN"}, {"12A1", "1", 5, 5, 5}}}), Options{}, RuleNoPart, "which grade"},
		{"a name and a title that disagree", mustBook(t, map[string][][]any{"12A1 L11": {{"Kết quả học tập lớp 10"}, {"Mã lớp", "Mã học sinh", "Toán", "", ""}, {"", "", "HK1", "HK2", "CN"}, {"12A1", "1", 5, 5, 5}}}), Options{}, RuleNoPart, "disagree"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read(bytes.NewReader(tt.data), int64(len(tt.data)), d, tt.options)
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("got %v, want an error of kind invalid", err)
			}
			var e *fault.Error
			if !errors.As(err, &e) || len(e.Fields) == 0 {
				t.Fatalf("the error %v has no field", err)
			}
			found := false
			for _, f := range e.Fields {
				if f.Text.Vi == "" || f.Text.En == "" || f.Remedy.Vi == "" || f.Remedy.En == "" {
					t.Errorf("the field %+v does not say what is wrong and what to do in both languages", f)
				}
				found = found || f.Rule == tt.rule && strings.Contains(f.Text.En, tt.en)
			}
			if !found {
				t.Errorf("got %+v, want the rule %s saying %q", e.Fields, tt.rule, tt.en)
			}
		})
	}
}

// liar declares a part smaller than it is.
func liar(tb testing.TB) []byte {
	tb.Helper()
	var packed, b bytes.Buffer
	content := []byte("<worksheet>" + strings.Repeat(" ", 1<<20) + "</worksheet>")
	inner := zip.NewWriter(&packed)
	w, err := inner.Create("x")
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := w.Write(content); err != nil {
		tb.Fatal(err)
	}
	if err := inner.Close(); err != nil {
		tb.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	if err != nil {
		tb.Fatal(err)
	}
	raw, err := r.File[0].OpenRaw()
	if err != nil {
		tb.Fatal(err)
	}
	body, err := io.ReadAll(raw)
	if err != nil {
		tb.Fatal(err)
	}
	z := zip.NewWriter(&b)
	if w, err = z.Create("xl/workbook.xml"); err != nil {
		tb.Fatal(err)
	}
	if _, err := io.WriteString(w, "<workbook/>"); err != nil {
		tb.Fatal(err)
	}
	w, err = z.CreateRaw(&zip.FileHeader{Name: "xl/worksheets/sheet1.xml", Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(content), CompressedSize64: uint64(len(body)), UncompressedSize64: 100})
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := w.Write(body); err != nil {
		tb.Fatal(err)
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestOpenFiles(t *testing.T) {
	d := drive.Default()
	if _, err := Open(filepath.Join(t.TempDir(), "none.xlsx"), d, Options{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("a missing file: got %v, want not found", err)
	}
	path := filepath.Join(t.TempDir(), "a.xlsx")
	g := newGenerator(1)
	if err := os.WriteFile(path, mustProfiles(t, d, []Pupil{g.pupil("12A1"), g.pupil("12A1")}), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := Open(path, d, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if b.RowsAtMost() < 2 {
		t.Errorf("got %d rows at most", b.RowsAtMost())
	}
	for range 2 { // Rows can be walked again, and left early
		n := 0
		for row, err := range b.Rows() {
			if err != nil {
				t.Fatal(err)
			}
			n += len(row.Records)
			if n == 2 {
				break
			}
		}
		if n != 2 {
			t.Errorf("got %d records of the first row, want 2", n)
		}
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}
