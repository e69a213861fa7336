package main

import (
	"regexp"
	"strings"
	"testing"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/xuri/excelize/v2"
)

// shown returns what a person sees of a page, a line each.
func shown(t *testing.T, book *excelize.File, page string) []string {
	t.Helper()
	rows, err := book.GetRows(page)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, row := range rows {
		var cells []string
		for i, cell := range row {
			visible, err := book.GetColVisible(page, string(rune('A'+i)))
			if err != nil {
				t.Fatal(err)
			}
			if visible && cell != "" {
				cells = append(cells, cell)
			}
		}
		out = append(out, strings.Join(cells, " | "))
	}
	return out
}

// checkPages: each pupil has a page of A4 that a person can tick: Vietnamese labels, names for codes, no word of the contracts.
func checkPages(t *testing.T, path string) {
	t.Helper()
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if pages := book.GetSheetList(); len(pages) != 2 {
		t.Fatalf("got pages %v", pages)
	}
	lines := shown(t, book, "1")
	text := strings.Join(lines, "\n")
	for _, want := range []string{
		"PHIẾU ĐỐI CHIẾU VỚI HỒ SƠ GIẤY", "Họ và tên | Nguyễn Thị Mẫu", "Ngày sinh | 05/03/2005", "Giới tính | Nữ", "Dân tộc | Kinh", "Quốc tịch | Việt Nam",
		"Giấy tờ tùy thân | ĐDCN/CCCD 001305000001", "Nơi thường trú | Phường Phúc Xá, Quận Ba Đình, Thành phố Hà Nội", "Mã học sinh | 0100000001",
		"Lớp | 12A1", "Tình trạng học | Đang học từ 05/09/2022", "Toán | 8,1", "Thể dục | Đ", "Điểm trung bình | 8,1", "Hạnh kiểm | Tốt", "Khác giấy (x)",
	} {
		if !strings.Contains("\n"+text+"\n", "\n"+want) && !strings.Contains(text, want+"\n") && !strings.HasSuffix(text, want) {
			t.Errorf("the page lacks %q:\n%s", want, text)
		}
	}
	if word := regexp.MustCompile(`[a-zA-Z]_[a-zA-Z]|JOINED|MALE|PASSED|TOAN|THEDUC|GOOD|\bp1\b|first|00001\b.*Phường`).FindString(text); word != "" {
		t.Errorf("a code word is shown: %q in\n%s", word, text)
	}
	if len(lines) > 45 {
		t.Errorf("%d lines are no page", len(lines))
	}
	layout, err := book.GetPageLayout("1")
	if err != nil || layout.FitToHeight == nil || *layout.FitToHeight != 1 || layout.Size == nil || *layout.Size != 9 {
		t.Errorf("it is not printed on one page of A4: %+v, %v", layout, err)
	}
	if name := shown(t, book, "2"); !strings.Contains(strings.Join(name, "\n"), "Họ và tên | =Nguyễn") {
		t.Errorf("what somebody typed is another thing now:\n%s", strings.Join(name, "\n"))
	}
	if formula, err := book.GetCellFormula("2", "B7"); err != nil || formula != "" {
		t.Errorf("what somebody typed is a formula: %q, %v", formula, err)
	}
}

// tickLine puts an x into the last column of a line, as a person does.
func tickLine(t *testing.T, path, page, label string) {
	t.Helper()
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	cells, err := book.SearchSheet(page, label)
	if err != nil || len(cells) != 1 {
		t.Fatalf("%s stands in %v, %v", label, cells, err)
	}
	if err := book.SetCellStr(page, tickColumn+cells[0][1:], "x"); err != nil {
		t.Fatal(err)
	}
	if err := book.Save(); err != nil {
		t.Fatal(err)
	}
}

// oneSheet is the sheet of a sample of one pupil.
func oneSheet(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	resp := &reportingpb.DrawSampleResponse{Pupils: []*reportingpb.SampledPupil{{Pupil: "a", Class: "12A1", Seen: make([]byte, 16)}}}
	if err := writeSheet(&out, resp, sheetFor{"01/01000701", "first", 1, drive.Default()}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
