package main

import (
	"io"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/workbook"
	"github.com/xuri/excelize/v2"
)

// An earlier file that is handed in once more takes effect, as often as it is; the same again without news in between is received once.
func TestSubmitAnEarlierFile(t *testing.T) {
	c := newCLI(t)
	first, second := changed(t, map[string]any{"D2": "Nguyễn Văn An"}), changed(t, map[string]any{"D2": "Nguyễn Văn Anh"})
	name := func() string {
		for _, r := range c.services.held {
			if p := r.GetProfile(); p.GetCode() == "1" {
				return p.GetFullName()
			}
		}
		return ""
	}
	submissions := 0
	for i, step := range []struct {
		path, holds string
		more        int // the roster changes once, then the profiles alone
	}{
		{first, "Nguyễn Văn An", 2},
		{second, "Nguyễn Văn Anh", 2},
		{first, "Nguyễn Văn An", 1},
		{first, "Nguyễn Văn An", 0},
		{second, "Nguyễn Văn Anh", 1},
		{first, "Nguyễn Văn An", 1},
		{first, "Nguyễn Văn An", 0},
	} {
		c.want(exitFine, nil, "submit", step.path, "--school", "01/01000701")
		submissions += step.more
		if name() != step.holds || len(c.services.receipts) != submissions {
			t.Errorf("step %d: %q is held, of %d submissions, want %q of %d", i, name(), len(c.services.receipts), step.holds, submissions)
		}
	}
}

// What was received before and is not held, nobody knows why, is no success.
func TestSubmitTellsWhatWasNotApplied(t *testing.T) {
	c := newCLI(t)
	c.services.behind = true
	path := mustWorkbook(t)
	args := []string{"submit", path, "--school", "01/01000701"}
	c.want(exitFine, nil, args...)
	c.want(exitFindings, []string{"4 bản ghi đã nhận từ trước", "records were received before; nothing was applied", "--new"}, args...)
	c.want(exitFindings, []string{`"received_before_unapplied":4`}, append(args, "--json")...)
	if len(c.services.receipts) != 2 {
		t.Errorf("%d submissions, want 2", len(c.services.receipts))
	}
	c.want(exitFine, nil, append(args, "--new")...)
}

// A preview lists what it cannot read and ends with 1, as check does.
func TestPreviewTellsWhatItCannotRead(t *testing.T) {
	for name, tt := range map[string]struct {
		cells map[string]any
		says  []string
	}{
		"a date":    {map[string]any{"E2": "31/02/2005"}, []string{"DANH MUC!E2", "CELL_DATE"}},
		"two rows":  {map[string]any{"C3": "1"}, []string{"ROW_TWICE", "✗ DANH MUC!C2", "✗ DANH MUC!C3", "DANH MUC!C2, DANH MUC!C3"}},
		"no code":   {map[string]any{"C2": ""}, []string{"DANH MUC!C2", "ROW_WITHOUT_CODE"}},
		"one state": {map[string]any{"F2": "khác"}, []string{"DANH MUC!F2", "CELL_GENDER"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCLI(t)
			path := changed(t, tt.cells)
			args := []string{"submit", path, "--school", "01/01000701", "--preview"}
			c.want(exitFindings, tt.says, args...)
			c.want(exitFindings, []string{`"unreadable":`, `"where":"DANH MUC!`}, append(args, "--json")...)
			c.want(exitFindings, tt.says, "check", path)
			if len(c.services.receipts) != 0 {
				t.Error("a preview handed something in")
			}
		})
	}
}

// Text that cannot be read is not blank: it erases nothing, and nobody is told to erase.
func TestUnreadIsNotBlank(t *testing.T) {
	home := map[string]any{"I2": "Thành phố Hà Nội", "J2": "Quận Ba Đình", "K2": "Phường Phúc Xá"}
	for cell, text := range map[string]string{"I2": "Tỉnh Hà Bắc", "J2": "Quận Không Có", "K2": "Xã Không Có"} {
		c := newCLI(t)
		c.want(exitFine, nil, "submit", changed(t, home), "--school", "01/01000701")
		cells := map[string]any{cell: text}
		for at, v := range home {
			if at != cell {
				cells[at] = v
			}
		}
		path := changed(t, cells)
		code, out, errOut := c.run("submit", path, "--school", "01/01000701", "--preview")
		if said := out + errOut; code != exitFine || strings.Contains(said, "allow-erase") || !strings.Contains(said, "values erased 0") || !strings.Contains(said, "DANH MUC!"+cell) {
			t.Errorf("%s: exit %d\n%s", text, code, said)
		}
		if found := checked(t, c, path)["DANH MUC!"+cell]; len(found) == 0 || found[0].Rule != "RESIDENCE_UNKNOWN" || !strings.Contains(out, strings.TrimSuffix(found[0].RemedyVi, ".")) {
			t.Errorf("%s: check says %+v, submit\n%s", text, found, out)
		}
	}
}

// A column that is not read leaves out what is held in it: the column is named, and to erase is no way on.
func TestUnreadColumnIsNotBlank(t *testing.T) {
	c := newCLI(t)
	mark := student.Mark(80)
	path := mustFile(t, func(w io.Writer) error {
		return workbook.WriteResults(w, drive.Default(), []workbook.Result{{FullName: "Nguyễn Văn An", Results: student.Results{
			Code: "1", Class: "12A1", Part: student.Results10, SchoolYear: "2020-2021", Programme: student.Upper2006,
			Subjects: []student.Subject{{Code: "TOAN", Year: student.Score{Mark: &mark}}}, Year: student.Term{Rating: student.Good},
		}}})
	})
	c.want(exitFine, nil, "submit", path, "--school", "01/01000701")
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	math, ok := drive.Default().Catalogue.Subject("TOAN")
	if !ok {
		t.Fatal("there is no subject")
	}
	for _, sheet := range f.GetSheetList() {
		cells, err := f.SearchSheet(sheet, math.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, cell := range cells {
			if err := f.SetCellValue(sheet, cell, "Toán hóa"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	code, out, errOut := c.run("submit", path, "--school", "01/01000701")
	if said := out + errOut; code != exitFindings || strings.Contains(said, "allow-erase") || !strings.Contains(said, "COLUMN_UNKNOWN") {
		t.Errorf("exit %d\n%s", code, said)
	}
}
