package workbook

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"
)

func mustExcel(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// What people edit in Excel keeps its zeros, and offers the catalogues.
func TestTemplateForPeople(t *testing.T) {
	g := newGenerator(1)
	p := g.pupil("12A1")
	p.Profile.Identity.Number = "001205000001"
	f := mustExcel(t, mustProfiles(t, g.d, []Pupil{p}))
	for _, cell := range []string{"C2", "E2", "P2"} {
		id, err := f.GetCellStyle(ProfilesSheet, cell)
		if err != nil {
			t.Fatal(err)
		}
		if style, err := f.GetStyle(id); err != nil || style.NumFmt != textFormat {
			t.Errorf("%s is not formatted as text: %v", cell, err)
		}
	}
	if kind, err := f.GetCellType(ProfilesSheet, "P2"); err != nil || kind == excelize.CellTypeNumber {
		t.Errorf("the number is a cell of type %v, %v", kind, err)
	}
	lists, err := f.GetDataValidations(ProfilesSheet)
	if err != nil || len(lists) != 5 {
		t.Errorf("got %d lists to choose from, %v", len(lists), err)
	}
	for _, sheet := range []string{"GIOI_TINH", "DAN_TOC", "QUOC_TICH", "TINH", "HUYEN"} {
		if i, err := f.GetSheetIndex(sheet); err != nil || i < 0 {
			t.Errorf("there is no sheet %s: %v", sheet, err)
		}
	}
	for cell, want := range map[string]string{"A1": "STT", "C1": "Mã định danh Bộ GD&ĐT", "D1": "Họ và tên", "I1": "Tỉnh", "P1": "Số ĐDCN"} {
		if got, err := f.GetCellValue(ProfilesSheet, cell); err != nil || got != want {
			t.Errorf("%s is %q, want %q", cell, got, want)
		}
	}
}

// A results sheet has its name, its titles and a header of two rows with merged cells.
func TestResultsSheetForPeople(t *testing.T) {
	g := newGenerator(5)
	r := g.results("12A1", "results/12/2")
	r.NotApplicable = ""
	f := mustExcel(t, mustResults(t, g.d, []Result{{Results: r, FullName: "Nguyễn Văn An"}}))
	const sheet = "12A1 L12HK2"
	merged, err := f.GetMergeCells(sheet)
	if err != nil {
		t.Fatal(err)
	}
	ranges := map[string]string{}
	for _, m := range merged {
		ranges[m.GetStartAxis()+":"+m.GetEndAxis()] = m.GetCellValue()
	}
	for at, want := range map[string]string{"A3:A4": "STT", "C3:C4": "Mã định danh Bộ GD&ĐT"} {
		if ranges[at] != want {
			t.Errorf("%s holds %q, want %q", at, ranges[at], want)
		}
	}
	title, err := f.GetCellValue(sheet, "A1")
	if err != nil || title != "KẾT QUẢ HỌC TẬP, RÈN LUYỆN LỚP 12 – HỌC KỲ 2 VÀ CẢ NĂM – NĂM HỌC 2022-2023" {
		t.Errorf("the title is %q, %v", title, err)
	}
}
