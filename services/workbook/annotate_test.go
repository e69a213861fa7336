package workbook

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
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

// teachers is a workbook with everything that must survive.
func teachers(t *testing.T) []byte {
	t.Helper()
	return mustBook(t, map[string][][]any{"12A1 & B": {
		{"Mã học sinh", "Họ và tên", "Điểm", "Tổng"}, {"0123", "Nguyễn Văn An", 8.5, nil}, {"0124", "Trần Thị Bình", 7, nil}, {}, {"0125", nil, nil, 3},
	}}, func(f *excelize.File) {
		const s = "12A1 & B"
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

func commentsOf(t *testing.T, f *excelize.File, sheet string) map[string]string {
	t.Helper()
	list, err := f.GetComments(sheet)
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
	const s = "12A1 & B"
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
	if got := commentsOf(t, marked, s); !maps.Equal(got, want) {
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
	const s = "12A1 & B"
	once := mustAnnotate(t, teachers(t), teachersMarks)
	twice := mustAnnotate(t, once, teachersMarks)
	want := commentsOf(t, mustExcel(t, once), s)
	if got := commentsOf(t, mustExcel(t, twice), s); !maps.Equal(got, want) {
		t.Errorf("got the comments %q, want %q", got, want)
	}
	mended := mustAnnotate(t, twice, teachersMarks[5:7]) // F2 and C5 are left
	f := mustExcel(t, mended)
	want = map[string]string{"B2": "hỏi phụ huynh", "F2": "rasoat:\nthiếu"}
	want["C5"] = want["F2"]
	if got := commentsOf(t, f, s); !maps.Equal(got, want) {
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
	if got := commentsOf(t, mustExcel(t, clean), s); !maps.Equal(got, map[string]string{"B2": "hỏi phụ huynh"}) {
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

// Other programs name the parts of comments in other ways, write prefixes, and leave out what can be left out.
func TestAnnotateFilesOfOtherPrograms(t *testing.T) {
	const main = `xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	const rels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	files := map[string]string{
		"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>`,
		"xl/workbook.xml":            `<x:workbook ` + main + `><x:sheets><x:sheet name="A" sheetId="1" r:id="R1"/><x:sheet name="B" sheetId="2" r:id="R2"/></x:sheets></x:workbook>`,
		"xl/_rels/workbook.xml.rels": rels + `<Relationship Id="R1" Type="t/worksheet" Target="/xl/worksheets/one.xml"/><Relationship Id="R2" Type="t/worksheet" Target="worksheets/two.xml"/><Relationship Id="R3" Type="t/styles" Target="styles.xml"/></Relationships>`,
		"xl/styles.xml": `<x:styleSheet ` + main + `><x:fonts><x:font/></x:fonts><x:fills><x:fill/><x:fill/></x:fills><x:borders><x:border/></x:borders>` +
			`<x:cellXfs count="2"><x:xf/><x:xf numFmtId="49" quotePrefix='1' fillId='0'><x:alignment wrapText="1"/></x:xf></x:cellXfs></x:styleSheet>`,
		"xl/worksheets/one.xml": `<x:worksheet ` + main + `><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c><x:c s="1"><x:v>1</x:v></x:c></x:row><x:row r="3" s="1"/></x:sheetData>` +
			`<x:pageMargins/><x:legacyDrawing r:id="L1"/></x:worksheet>`,
		"xl/worksheets/_rels/one.xml.rels":    rels + `<Relationship Id="L1" Type="t/vmlDrawing" Target="/xl/drawings/commentsDrawing1.vml"/><Relationship Id="C1" Type="t/comments" Target="/xl/comments/comment1.xml"/></Relationships>`,
		"xl/comments/comment1.xml":            `<x:comments ` + main + `><x:authors><x:author>Lan</x:author></x:authors><x:commentList><x:comment ref="A1" authorId="0"><x:text><x:t>của cô</x:t></x:text></x:comment></x:commentList></x:comments>`,
		"xl/drawings/commentsDrawing1.vml":    `<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shape id="vml1"><br></v:shape></xml>`,
		"xl/worksheets/two.xml":               `<x:worksheet ` + main + `><x:cols><x:col min="2" max="3" style="1"/></x:cols><x:sheetData/><x:extLst/></x:worksheet>`,
		"docProps/somebody/else's/thing.data": "\x00\x01",
	}
	out := mustAnnotate(t, mustZip(t, files), []Mark{{"A!A1", "error", "x"}, {"A!B1", "info", "y"}, {"A!B3", "error", "z"}, {"B!C2", "error", "w"}})
	got := partsOfFile(t, out)
	for name, want := range map[string][]string{
		"xl/styles.xml":         {`<x:fills count="4">`, `<x:cellXfs count="5">`, `<x:xf applyFill="1" numFmtId="49" quotePrefix='1' fillId="3"><x:alignment wrapText="1"/></x:xf>`, `<x:fgColor rgb="FFFFC7CE"/>`},
		"xl/worksheets/one.xml": {`<x:c s="2" t="inlineStr">`, `<x:c s="3"><x:v>`, `<x:row r="3" s="1"><x:c r="B3" s="4"/></x:row>`},
		"xl/worksheets/two.xml": {`<x:sheetData><x:row r="2"><x:c r="C2" s="4"/></x:row></x:sheetData><x:legacyDrawing`},
		"xl/comments/comment1.xml": {`<x:author>rasoat</x:author></x:authors>`, `<x:t>của cô</x:t><x:r><x:rPr><x:b/>`, `<x:comment ref="B3" authorId="1">`,
			`<x:t xml:space="preserve">&#xA;z</x:t>`},
		"xl/drawings/commentsDrawing1.vml":    {`<br>`, `<x:Row>2</x:Row><x:Column>1</x:Column>`},
		"xl/comments1.xml":                    {`<comment ref="C2" authorId="0">`},
		"xl/drawings/vmlDrawing1.vml":         {`<x:Row>1</x:Row><x:Column>2</x:Column>`},
		"xl/worksheets/_rels/two.xml.rels":    {`Target="/xl/comments1.xml"`, `Target="/xl/drawings/vmlDrawing1.vml"`},
		"[Content_Types].xml":                 {`<Override PartName="/xl/comments1.xml"`, `<Override PartName="/xl/drawings/vmlDrawing1.vml"`},
		"docProps/somebody/else's/thing.data": {"\x00\x01"},
	} {
		for _, w := range want {
			if !strings.Contains(got[name], w) {
				t.Errorf("%s lacks %s: %s", name, w, got[name])
			}
		}
	}
}

func TestAnnotateRefuses(t *testing.T) {
	good := teachers(t)
	for name, data := range map[string][]byte{
		"nothing": nil, "a text": []byte("a,b\n"), "half": good[:len(good)/2], "no workbook": mustZip(t, map[string]string{"a": "b"}),
		"a broken sheet": mustReplace(t, good, "xl/worksheets/sheet1.xml", func(s string) string { return s[:len(s)/2] + "<" }),
		"no styles":      mustReplace(t, good, "xl/styles.xml", func(string) string { return "<styleSheet/>" }),
	} {
		if err := Annotate(bytes.NewReader(data), io.Discard, teachersMarks); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: got %v, want invalid", name, err)
		}
	}
	if err := Annotate(bytes.NewReader(good), failing{}, teachersMarks); !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v, want unavailable", err)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// A file of a large school is marked in a moment, and reads as it did.
func TestAnnotateLargeFile(t *testing.T) {
	g := newGenerator(8)
	pupils := make([]Pupil, 5000)
	var marks []Mark
	for i := range pupils {
		pupils[i] = g.pupil("12A1")
		marks = append(marks, Mark{fmt.Sprintf("DANH MUC!E%d", i+2), "error", "ngày sinh"}, Mark{fmt.Sprintf("DANH MUC!P%d", i+2), "warning", "số định danh"})
	}
	data := mustProfiles(t, g.d, pupils)
	start := time.Now()
	out := mustAnnotate(t, data, marks)
	t.Logf("%d rows, %d marks: %s", len(pupils), len(marks), time.Since(start))
	if time.Since(start) > 30*time.Second {
		t.Errorf("%d marks took %s", len(marks), time.Since(start))
	}
	d := drive.Default()
	before, after := mustRead(t, data, d, Options{}), mustRead(t, out, d, Options{})
	if len(before.Records) != len(after.Records) || len(after.Problems) != len(before.Problems) {
		t.Fatalf("got %d records, want %d", len(after.Records), len(before.Records))
	}
	for i := range before.Records {
		if reveal(before.Records[i].Record) != reveal(after.Records[i].Record) {
			t.Fatalf("record %d is another", i)
		}
	}
	if n := len(commentsOf(t, mustExcel(t, out), ProfilesSheet)); n != len(marks) {
		t.Errorf("%d comments, want %d", n, len(marks))
	}
}
