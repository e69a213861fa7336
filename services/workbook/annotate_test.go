package workbook

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func mustAnnotate(t *testing.T, data []byte, marks []Mark) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Annotate(bytes.NewReader(data), &b, marks); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const teachersSheet = "12A1 & B"

// teachers is a workbook with everything that must survive.
func teachers(t *testing.T) []byte {
	t.Helper()
	return mustBook(t, map[string][][]any{teachersSheet: {
		{"Mã học sinh", "Họ và tên", "Điểm", "Tổng"}, {"0123", "Nguyễn Văn An", 8.5, nil}, {"0124", "Trần Thị Bình", 7, nil}, {}, {"0125", nil, nil, 3},
	}}, func(f *excelize.File) {
		const s = teachersSheet
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(f.SetCellFormula(s, "D2", "C2*2"))
		must(f.MergeCell(s, "A2", "A3"))
		custom := "0.0"
		id, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Color: "FF0000"}, CustomNumFmt: &custom,
			Border: []excelize.Border{{Type: "left", Color: "000000", Style: 1}}, Alignment: &excelize.Alignment{Horizontal: "right"}})
		must(err)
		must(f.SetCellStyle(s, "C2", "C2", id))
		text, err := f.NewStyle(&excelize.Style{NumFmt: textFormat})
		must(err)
		must(f.SetColStyle(s, "F", text))
		must(f.AddComment(s, excelize.Comment{Cell: "B2", Author: "Cô Lan", Text: "hỏi phụ huynh"}))
		v := excelize.NewDataValidation(true)
		v.SetSqref("B2:B9")
		must(v.SetDropList([]string{"a", "b"}))
		must(f.AddDataValidation(s, v))
		_, err = f.NewSheet("Ẩn")
		must(err)
		must(f.SetCellValue("Ẩn", "A1", "mật"))
		must(f.SetSheetVisible("Ẩn", false))
	})
}

func partsOfFile(t *testing.T, data []byte) map[string]string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range r.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(rc)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(content)
	}
	return out
}

func commentsOf(t *testing.T, f *excelize.File) map[string]string {
	t.Helper()
	list, err := f.GetComments(teachersSheet)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, c := range list {
		out[c.Cell] = c.Text
		for _, run := range c.Paragraph {
			out[c.Cell] += run.Text
		}
	}
	return out
}

func fillOf(t *testing.T, f *excelize.File, sheet, cell string) (*excelize.Style, string) {
	t.Helper()
	id, err := f.GetCellStyle(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	style, err := f.GetStyle(id)
	if err != nil {
		t.Fatal(err)
	}
	return style, strings.Join(style.Fill.Color, ",")
}

var teachersMarks = []Mark{
	{"12A1 & B!C2", "warning", "điểm lạ"}, {"12A1 & B!C2", "error", "điểm <sai> & \"lạ\""}, {"12A1 & B!C2", "error", "điểm <sai> & \"lạ\""},
	{"12A1 & B!B2", "info", "viết hoa"}, {"12A1 & B!A3", "warning", "mã trùng"}, {"12A1 & B!F2", "error", "thiếu"}, {"12A1 & B!C5", "error", "thiếu"},
	{"12A1 & B!G4", "error", "thiếu"}, {"12A1 & B!B12", "info", "thiếu"}, {"nowhere!A1", "error", "x"}, {"A1", "error", "x"}, {"12A1 & B!?", "error", "x"},
}

func TestAnnotate(t *testing.T) {
	before := teachers(t)
	after := mustAnnotate(t, before, teachersMarks)
	old, marked := mustExcel(t, before), mustExcel(t, after)
	const s = teachersSheet
	fills := map[string]string{"C2": "FFC7CE", "B2": "DDEBF7", "A2": "FFEB9C", "F2": "FFC7CE", "C5": "FFC7CE", "G4": "FFC7CE", "B12": "DDEBF7"}
	for row := 1; row <= 14; row++ {
		for col := 1; col <= 8; col++ {
			cell := cellAt{row, col}.name()
			was, _ := fillOf(t, old, s, cell)
			is, fill := fillOf(t, marked, s, cell)
			if fill != fills[cell] && cell != "A3" { // of a merged cell
				t.Errorf("%s is coloured %q, want %q", cell, fill, fills[cell])
			}
			was.Fill, is.Fill = excelize.Fill{}, excelize.Fill{}
			if !reflect.DeepEqual(was, is) {
				t.Errorf("%s: its style was %+v, is %+v", cell, was, is)
			}
			want, err1 := old.GetCellValue(s, cell)
			got, err2 := marked.GetCellValue(s, cell)
			formula, err3 := old.GetCellFormula(s, cell)
			does, err4 := marked.GetCellFormula(s, cell)
			if err := errors.Join(err1, err2, err3, err4); err != nil || got != want || does != formula {
				t.Errorf("%s holds %q %q, want %q %q: %v", cell, got, does, want, formula, err)
			}
		}
	}
	want := map[string]string{
		"C2": "rasoat:\nđiểm <sai> & \"lạ\"\nđiểm lạ", "B2": "hỏi phụ huynh\nrasoat:\nviết hoa", "A2": "rasoat:\nmã trùng",
		"F2": "rasoat:\nthiếu", "C5": "rasoat:\nthiếu", "G4": "rasoat:\nthiếu", "B12": "rasoat:\nthiếu",
	}
	if got := commentsOf(t, marked); !maps.Equal(got, want) {
		t.Errorf("got the comments %q, want %q", got, want)
	}
	if lists, err := marked.GetDataValidations(s); err != nil || len(lists) != 1 {
		t.Errorf("%d drop-downs, %v", len(lists), err)
	}
	if merged, err := marked.GetMergeCells(s); err != nil || len(merged) != 1 {
		t.Errorf("%d merged cells, %v", len(merged), err)
	}
	if visible, err := marked.GetSheetVisible("Ẩn"); err != nil || visible {
		t.Errorf("the hidden sheet is visible: %v", err)
	}
}

// What is marked a second time says what is so now, and only that.
func TestAnnotateAgain(t *testing.T) {
	const s = teachersSheet
	once := mustAnnotate(t, teachers(t), teachersMarks)
	twice := mustAnnotate(t, once, teachersMarks)
	want := commentsOf(t, mustExcel(t, once))
	if got := commentsOf(t, mustExcel(t, twice)); !maps.Equal(got, want) {
		t.Errorf("got the comments %q, want %q", got, want)
	}
	mended := mustAnnotate(t, twice, teachersMarks[5:7]) // F2 and C5 are left
	f := mustExcel(t, mended)
	want = map[string]string{"B2": "hỏi phụ huynh", "F2": "rasoat:\nthiếu"}
	want["C5"] = want["F2"]
	if got := commentsOf(t, f); !maps.Equal(got, want) {
		t.Errorf("got the comments %q, want %q", got, want)
	}
	for cell, want := range map[string]string{"C2": "", "B2": "", "A2": "", "F2": "FFC7CE", "C5": "FFC7CE", "G4": ""} {
		if _, fill := fillOf(t, f, s, cell); fill != want {
			t.Errorf("%s is coloured %q, want %q", cell, fill, want)
		}
	}
	if n := strings.Count(partsOfFile(t, mended)["xl/drawings/vmlDrawing1.vml"], "</v:shape>"); n != 3 {
		t.Errorf("%d boxes, want 3", n)
	}
	clean := mustAnnotate(t, mended, nil)
	if got := commentsOf(t, mustExcel(t, clean)); !maps.Equal(got, map[string]string{"B2": "hỏi phụ huynh"}) {
		t.Errorf("got the comments %q without marks", got)
	}
}

// The parts of the file that have nothing to do with the marks are the same bytes.
func TestAnnotateLeavesTheRestAlone(t *testing.T) {
	before := teachers(t)
	was := partsOfFile(t, before)
	if is := partsOfFile(t, mustAnnotate(t, before, nil)); !maps.Equal(is, was) {
		t.Error("without marks the file is another")
	}
	may := map[string]bool{"xl/worksheets/sheet1.xml": true, "xl/styles.xml": true, "xl/comments1.xml": true, "xl/drawings/vmlDrawing1.vml": true}
	for name, text := range partsOfFile(t, mustAnnotate(t, before, teachersMarks)) {
		if text != was[name] && !may[name] {
			t.Errorf("the part %s is another", name)
		}
	}
}
