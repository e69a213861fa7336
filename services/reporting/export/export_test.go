package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/student"
	"github.com/xuri/excelize/v2"
)

var (
	testWindows = []Window{
		{ID: "1", Name: fault.Text{Vi: "Đợt 1"}, Closes: time.Date(2023, 4, 21, 10, 0, 0, 0, time.UTC)},
		{ID: "2", Name: fault.Text{Vi: "Đợt 2"}, Closes: time.Date(2023, 5, 31, 10, 0, 0, 0, time.UTC)},
	}
	testHead = Head{
		Above: "UBND TỈNH HÀ GIANG", Authority: "SỞ GIÁO DỤC VÀ ĐÀO TẠO", Place: "Hà Giang", Signer: "GIÁM ĐỐC", Scope: "Tỉnh Hà Giang",
		Drive: "Rà soát dữ liệu học sinh lớp 12", Year: "2022-2023", AsOf: time.Date(2023, 4, 20, 2, 30, 0, 0, time.UTC),
	}
)

// province makes a table of n schools.
func province(n int) Progress {
	p := Progress{Head: testHead, Windows: testWindows}
	for i := range n {
		r := Row{Province: "02", Code: fmt.Sprintf("02000%03d", i), Name: fmt.Sprintf("Trường THPT số %d", i+1), Declared: 300}
		for range testWindows {
			c := Counts{Expected: 300 + int64(i), Unexpected: 2, Returned: 3, DeclaredAt: testHead.AsOf}
			c.By[reporting.Verified], c.By[reporting.AwaitingApproval], c.By[reporting.Rejected] = 200, 90, 10
			c.By[reporting.Missing] = int64(i)
			r.Counts = append(r.Counts, c)
		}
		p.Rows = append(p.Rows, r)
	}
	return p
}

func written(t *testing.T, format Format, p Progress) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteProgress(&b, format, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func opened(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// TestTheProvincesTable has a sheet a window, totals that are formulas with their values, and a block to sign.
func TestTheProvincesTable(t *testing.T) {
	f := opened(t, written(t, XLSX, province(3)))
	if got := strings.Join(f.GetSheetList(), ","); got != "Đợt 1,Đợt 2" {
		t.Fatalf("sheets %s", got)
	}
	raw := excelize.Options{RawCellValue: true}
	for cell, want := range map[string]string{"A1": "UBND TỈNH HÀ GIANG", "C8": "Trường THPT số 1", "E8": "300", "E11": "903", "F11": "600", "I11": "3", "O11": "0", "T8": "", "S8": "09:30:00 20/04/2023 (giờ VN, UTC+7)"} {
		if got, err := f.GetCellValue("Đợt 1", cell, raw); got != want || err != nil {
			t.Errorf("%s: got %q, want %q, %v", cell, got, want, err)
		}
	}
	for cell, want := range map[string]string{"E11": "SUM(E8:E10)", "O8": "SUM(F8:N8)-E8", "P11": "IF(E11=0,0,F11/E11)"} {
		if got, err := f.GetCellFormula("Đợt 1", cell); got != want || err != nil {
			t.Errorf("%s: got %q, want %q, %v", cell, got, want, err)
		}
	}
	for _, cell := range []string{"E11", "F11", "O9", "O11"} {
		cached, _ := f.GetCellValue("Đợt 1", cell, raw)
		if got, err := f.CalcCellValue("Đợt 1", cell, raw); got != cached || err != nil {
			t.Errorf("%s: computed %q, beside it stands %q, %v", cell, got, cached, err)
		}
	}
	rows, err := f.GetRows("Đợt 1")
	if text := fmt.Sprint(rows); err != nil || !strings.Contains(text, "NGƯỜI LẬP BIỂU") || !strings.Contains(text, "GIÁM ĐỐC") || !strings.Contains(text, "[1 02000000 Trường THPT số 1") {
		t.Errorf("%v in %v", err, text)
	}
	if layout, err := f.GetPageLayout("Đợt 1"); err != nil || *layout.Orientation != "landscape" || *layout.Size != 9 || *layout.FitToWidth != 1 {
		t.Errorf("got %v, %v", layout, err)
	}
}

// TestARowThatDoesNotAddUp says so.
func TestARowThatDoesNotAddUp(t *testing.T) {
	p := province(1)
	p.Rows[0].Counts[0].Expected++
	f := opened(t, written(t, XLSX, p))
	if got, err := f.GetCellValue("Đợt 1", "O8", excelize.Options{RawCellValue: true}); got != "-1" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	var line map[string]any
	first, _, _ := bytes.Cut(written(t, NDJSON, p), []byte("\n"))
	if err := json.Unmarshal(first, &line); err != nil || line["conserved"] != false {
		t.Errorf("got %v, %v", line, err)
	}
}

// TestNoSchool: an empty table has no sum over nothing.
func TestNoSchool(t *testing.T) {
	f := opened(t, written(t, XLSX, province(0)))
	if got, err := f.GetCellFormula("Đợt 1", "E8"); got != "0" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

// TestCSV is UTF-8 for Excel, a line a school and window.
func TestCSV(t *testing.T) {
	data := written(t, CSV, province(2))
	if !bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		t.Error("no byte order mark")
	}
	rows, err := csv.NewReader(bytes.NewReader(data[3:])).ReadAll()
	if err != nil || len(rows) != 5 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if got := strings.Join(rows[3][:7], "|"); got != "1|02|02000001|Trường THPT số 2|300|301|200" {
		t.Errorf("got %s", got)
	}
	if got := rows[3][18]; got != "66.4%" {
		t.Errorf("share %s, want 66.4%%", got)
	}
}

var testPupil = Pupil{
	School: "02000001", SchoolName: "Trường THPT số 1", Class: "=12A1", Reference: "abc", Name: "@Nguyễn Thị Mẫu", Born: student.Date{Year: 2005, Month: 3, Day: 7},
	IDNumber: "001305001234", Standings: []Standing{{Status: reporting.Rejected}, {Status: reporting.NotExpected}}, Notes: []string{"-1 là điểm sai", "sửa"},
}

func pupils(t *testing.T, format Format, unmasked bool) []byte {
	t.Helper()
	var b bytes.Buffer
	p, err := NewPupils(&b, format, testHead, testWindows, unmasked)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Add(testPupil); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPupils: numbers are masked unless they may be seen, dates and numbers are texts, and nothing that was typed is a formula.
func TestPupils(t *testing.T) {
	want := []string{"1", "02000001", "Trường THPT số 1", "'=12A1", "abc", "'@Nguyễn Thị Mẫu", "07/03/2005", "********1234", "Có lỗi", "Ngoài danh sách", "'-1 là điểm sai; sửa"}
	rows, err := csv.NewReader(bytes.NewReader(pupils(t, CSV, false)[3:])).ReadAll()
	if err != nil || strings.Join(rows[1], "|") != strings.Join(want, "|") {
		t.Errorf("got %q, %v", rows[1], err)
	}
	f := opened(t, pupils(t, XLSX, false))
	cells, err := f.GetRows("Học sinh")
	if err != nil || strings.Join(cells[headRows+2], "|") != strings.Join(want, "|") {
		t.Errorf("got %q, %v", cells[headRows+2], err)
	}
	for _, cell := range []string{"D8", "F8", "H8"} {
		kind, err := f.GetCellType("Học sinh", cell)
		formula, _ := f.GetCellFormula("Học sinh", cell)
		if err != nil || kind != excelize.CellTypeInlineString || formula != "" {
			t.Errorf("%s is of type %v with formula %q, %v", cell, kind, formula, err)
		}
	}
	var line pupilLine
	if err := json.Unmarshal(pupils(t, NDJSON, true), &line); err != nil || line.IDNumber != "001305001234" || line.Born != "2005-03-07" || line.Status["1"] != "rejected" || line.FullName != "@Nguyễn Thị Mẫu" {
		t.Errorf("got %+v, %v", line, err)
	}
}

func TestMask(t *testing.T) {
	for number, want := range map[student.IDNumber]string{"": "", "1234": "****", "12345": "*2345", "001305001234": "********1234"} {
		if got := Mask(number); got != want {
			t.Errorf("%d digits: got %q, want %q", len(number), got, want)
		}
	}
}

// TestMemory: what is held grows with a row and not with the table.
func TestMemory(t *testing.T) {
	var largest int
	p, err := NewPupils(writerFunc(func(b []byte) (int, error) { largest = max(largest, len(b)); return len(b), nil }), XLSX, testHead, testWindows, false)
	if err != nil {
		t.Fatal(err)
	}
	for range 20_000 {
		if err := p.Add(testPupil); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil || largest > 64<<10 || largest == 0 {
		t.Errorf("the largest piece has %d bytes, %v", largest, err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// TestAWriterThatFails ends the table with its error.
func TestAWriterThatFails(t *testing.T) {
	for _, format := range []Format{XLSX, CSV, NDJSON} {
		if err := WriteProgress(writerFunc(func([]byte) (int, error) { return 0, io.ErrClosedPipe }), format, province(50)); err == nil {
			t.Errorf("%s: no error", format)
		}
	}
}
