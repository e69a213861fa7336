package workbook

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
)

// A mark that can be read is read the same from what we write for it.
func FuzzScore(f *testing.F) {
	for _, s := range []string{"8.5", "8,5", "10", "0", "-1", "85", "8.3000000000000007", "1e1", "Đ", "CĐ", "Miễn", "M", "-", "", "45054", "08", "0x1p3", "8.25", "Nan", "1_0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, text := range []string{text, student.Clean(text)} {
			m, err := parseMark(text)
			if err == nil {
				if again, err := parseMark(m.String()); err != nil || again != m || !m.Valid() {
					t.Errorf("%q is %s, which is read as %s, %v", text, m, again, err)
				}
			}
			score, err := parseScore(text)
			if err != nil && !errors.Is(err, student.ErrMarkRange) && !score.Empty() {
				t.Errorf("%q: got %+v and %v", text, score, err)
			}
			if err == nil && score.Mark != nil && !score.Mark.Valid() {
				t.Errorf("%q: the mark %s is out of range without an error", text, score.Mark)
			}
		}
	})
}

// Whatever the bytes, a workbook is read or refused.
func FuzzOpen(f *testing.F) {
	d := drive.Default()
	g := newGenerator(1)
	good := mustProfiles(f, d, []Pupil{g.pupil("12A1")})
	small := mustBook(f, map[string][][]any{"12A1 L10": {{"Mã học sinh", "Toán", "Ngữ văn"}, {"", "HK1", "HK1"}, {"1", 5, "8,5"}}})
	f.Add(good)
	f.Add(small)
	f.Add(small[:len(small)/2])
	f.Add(bytes.Replace(small, []byte("PK\x01\x02"), []byte("PK\x01\x03"), 1))
	f.Add(mustZip(f, map[string]string{"xl/workbook.xml": "<workbook"}))
	f.Add(mustZip(f, map[string]string{"xl/workbook.xml": `<workbook><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="0"><c r="A0" t="s"><v>9</v></c></row></sheetData><mergeCells><mergeCell ref="B:A"/></mergeCells></worksheet>`}))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Add([]byte("STT,Mã lớp\n1,12A1\n"))
	const part = "xl/worksheets/sheet1.xml"
	mustReplace(f, small, part, func(s string) string { f.Add([]byte(s)); return s })
	f.Add([]byte(`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Mã học sinh</t></is></c></row><row r="3"/></sheetData><mergeCells><mergeCell ref="A1:A1048576"/></mergeCells></worksheet>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.HasPrefix(data, []byte("<")) { // a sheet: behind a checksum few changes of an archive reach one
			data = mustReplace(t, small, part, func(string) string { return string(data) })
		}
		b, err := New(bytes.NewReader(data), int64(len(data)), d, Options{MaxFile: 1 << 20, MaxUnzipped: 8 << 20, TempDir: t.TempDir()})
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("got %v, want invalid", err)
			}
			return
		}
		for row, err := range b.Rows() {
			if err != nil && !fault.Is(err, fault.Invalid) {
				t.Errorf("got %v, want invalid", err)
			}
			row.Place.Locate("profile.date_of_birth")
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
}
