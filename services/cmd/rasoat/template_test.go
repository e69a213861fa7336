package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/workbook"
	"github.com/xuri/excelize/v2"
)

func joined(code, class string) *studentpb.Record {
	return &studentpb.Record{Content: &studentpb.Record_Enrolment{Enrolment: &studentpb.Enrolment{
		Code: code, Class: class, State: studentpb.EnrolmentState_ENROLMENT_STATE_JOINED, Since: &studentpb.Date{Year: 2022, Month: 9, Day: 5},
	}}}
}

// A class that is not on the roster is an error that names those which are; a school without a roster has an empty form.
func TestTemplateOfNoClass(t *testing.T) {
	c := newCLI(t)
	out := filepath.Join(t.TempDir(), "12A9.xlsx")
	args := []string{"template", "--class", "12A9", "--school", "01/01000701", "--out", out}
	c.services.held = []*studentpb.Record{joined("1", "12A2"), joined("2", "12A1"), joined("3", "12A1")}
	c.want(exitInput, []string{"has no class 12A9", "12A1, 12A2", "không có lớp 12A9", "--offline"}, args...)
	if _, err := os.Stat(out); err == nil {
		t.Error("a form was written for a class that does not exist")
	}
	c.want(exitFine, nil, append(args, "--offline")...)
	c.services.held = nil
	c.want(exitFine, []string{": 0"}, "template", "--class", "12A1", "--school", "01/01000701", "--out", filepath.Join(t.TempDir(), "a.xlsx"))
	c.services.held = []*studentpb.Record{joined("2", "12A1")}
	c.want(exitFine, []string{": 1"}, "template", "--class", "12A1", "--school", "01/01000701", "--out", filepath.Join(t.TempDir(), "b.xlsx"))
}

// The comments of the headers are whole sentences, ask for what the lists hold, and say how a pupil leaves the roster.
func TestTemplateComments(t *testing.T) {
	c := newCLI(t)
	for kind, least := range map[string]int{"profile": 11, "results": 30} {
		out := filepath.Join(t.TempDir(), kind+".xlsx")
		c.want(exitFine, nil, "template", "--kind", kind, "--class", "12A1", "--offline", "--out", out)
		f, err := excelize.OpenFile(out)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		told := map[string]string{}
		for _, sheet := range f.GetSheetList() {
			comments, err := f.GetComments(sheet)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range comments {
				header, _ := f.GetCellValue(sheet, c.Cell)
				told[header] = c.Text
				if strings.ContainsAny(c.Text, "{}") {
					t.Errorf("%s %s: %s", sheet, c.Cell, c.Text)
				}
			}
			least -= len(comments)
		}
		if least > 0 {
			t.Errorf("%s lacks %d comments", kind, least)
		}
		if reason := told["Lý do chưa có số ĐDCN"]; kind == "profile" && (!strings.Contains(reason, "ID_NONE_REASON") || strings.Contains(reason, "ID_SHAPE")) {
			t.Errorf("the reason for no number is explained with %q", reason)
		}
		if kind == "profile" && (!strings.Contains(told["Dân tộc"], "Chọn tên dân tộc") || !strings.Contains(told["Quốc tịch"], "Chọn tên nước") ||
			!strings.Contains(told["Trạng thái HS"], workbook.Leaving.En)) {
			t.Errorf("the comments say %q", told)
		}
	}
}
