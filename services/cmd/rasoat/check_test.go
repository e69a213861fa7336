package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/portal"
	"github.com/rasoat/rasoat/services/workbook"
	"github.com/xuri/excelize/v2"
)

// generated writes the workbooks of the first school of a nation and gives their folder.
func generated(t *testing.T, c *cli, args ...string) (school, driveDir string) {
	t.Helper()
	out := t.TempDir()
	c.want(exitFine, nil, append([]string{"generate", "--out", out, "--pupils", "400", "--schools", "1", "--seed", "3"}, args...)...)
	found, err := filepath.Glob(filepath.Join(out, "[0-9]*", "*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("got %v, %v", found, err)
	}
	return found[0], filepath.Join(out, "drive")
}

func TestCheckCommand(t *testing.T) {
	c := newCLI(t)
	clean, d := generated(t, c, "--faults", "0", "--pupils", "150")
	for _, name := range []string{"hoso.xlsx", "ketqua.xlsx"} {
		c.want(exitFine, []string{"0"}, "check", filepath.Join(clean, name), "--drive-dir", d)
	}
	dir, d := generated(t, c, "--faults", "400", "--truth")
	results := filepath.Join(dir, "ketqua.xlsx")
	code, out, _ := c.run("check", results, "--drive-dir", d, "--json")
	if code != exitFindings {
		t.Errorf("exit code %d", code)
	}
	for line := range strings.Lines(out) {
		var f findingJSON
		if err := json.Unmarshal([]byte(line), &f); err != nil || f.Rule == "" || f.MessageVi == "" || f.MessageEn == "" || f.Where == "" || !strings.HasPrefix(f.Pupil, "#") {
			t.Errorf("%v: %s", err, line)
		}
	}
	c.want(exitInput, []string{"--annotate"}, "check", "-", "--annotate", "x.xlsx")
	c.want(exitInput, nil, "check", filepath.Join(dir, "nothing.xlsx"))
	c.want(exitInput, nil, "check", filepath.Join(dir, "truth.jsonl.xlsx"))
	bad := filepath.Join(t.TempDir(), "bad.xlsx")
	if err := os.WriteFile(bad, []byte("không phải bảng tính"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.want(exitInput, nil, "check", bad)
	c.want(exitInput, nil, "check")

	_, masked, _ := c.run("check", filepath.Join(dir, "hoso.xlsx"), "--drive-dir", d, "--info", "--problems", "0")
	_, shown, _ := c.run("check", filepath.Join(dir, "hoso.xlsx"), "--drive-dir", d, "--show-values", "--json")
	if strings.Contains(masked, "Nguyễn") || !strings.Contains(shown, "fix") {
		t.Error("values are not masked, or not shown when asked for")
	}
}

// told is a rule that speaks of a pupil.
type told struct{ code, rule string }

// truthOf reads the truth beside a school's workbooks: of which pupils which rule has something to find in a kind of part.
func truthOf(t *testing.T, dir, part string) map[told]bool {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "truth.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[told]bool{}
	for line := range bytes.Lines(raw) {
		var truth struct{ Code, Rule, Part string }
		if err := json.Unmarshal(line, &truth); err != nil {
			t.Fatal(err)
		}
		if truth.Rule != "" && strings.HasPrefix(truth.Part, part) {
			out[told{truth.Code, truth.Rule}] = true
		}
	}
	return out
}

// Of a school with more than thirty faults, exactly the faulty cells are marked, by the truth of the sandbox and not by what check says of
// itself; and everything else in the workbook is as it was.
func TestAnnotate(t *testing.T) {
	c := newCLI(t)
	dir, d := generated(t, c, "--faults", "1000", "--truth")
	marked := filepath.Join(t.TempDir(), "marked.xlsx")
	most := 0
	for name, part := range map[string]string{"hoso.xlsx": "profile", "ketqua.xlsx": "results"} {
		path := filepath.Join(dir, name)
		c.want(exitFindings, []string{marked}, "check", path, "--drive-dir", d, "--force", "--annotate", marked)
		_, out, _ := c.run("check", path, "--drive-dir", d, "--json", "--show-values")
		truth, cells, found := truthOf(t, dir, part), map[string]bool{}, map[told]bool{}
		for line := range strings.Lines(out) {
			var f findingJSON
			if err := json.Unmarshal([]byte(line), &f); err != nil {
				t.Fatal(err)
			}
			if f.Severity == "info" {
				continue
			}
			cells[f.Where] = true
			found[told{f.Pupil, f.Rule}] = true
			if !truth[told{f.Pupil, f.Rule}] {
				t.Errorf("%s: %s is marked with %s, and the truth knows nothing of it", name, f.Where, f.Rule)
			}
		}
		for want := range truth {
			if !found[want] {
				t.Errorf("%s: a fault of %s is not marked", name, want.rule)
			}
		}
		most = max(most, len(truth))
		t.Logf("%s: %d faults, %d cells", name, len(truth), len(cells))
		sameButMarks(t, path, marked, cells)
	}
	if most < 20 {
		t.Errorf("no workbook has more than %d faults", most)
	}
}

// sameButMarks compares two workbooks cell by cell.
func sameButMarks(t *testing.T, before, after string, marked map[string]bool) {
	t.Helper()
	a, err := excelize.OpenFile(before)
	if err != nil {
		t.Fatal(err)
	}
	b, err := excelize.OpenFile(after)
	if err != nil {
		t.Fatal(err)
	}
	left := map[string]bool{}
	for cell := range marked {
		left[cell] = true
	}
	for _, sheet := range a.GetSheetList() {
		old, err := a.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		now, err := b.GetRows(sheet)
		if err != nil || len(now) != len(old) {
			t.Fatalf("%s: %d rows, now %d, %v", sheet, len(old), len(now), err)
		}
		comments := map[string]bool{}
		list, err := b.GetComments(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range list {
			comments[x.Cell] = true
		}
		for r := range old {
			for k := range old[r] {
				cell, _ := excelize.CoordinatesToCellName(k+1, r+1)
				if k < len(now[r]) && now[r][k] != old[r][k] {
					t.Errorf("%s!%s changed", sheet, cell)
				}
				is := filled(t, b, sheet, cell) && comments[cell]
				if is != marked[sheet+"!"+cell] {
					t.Errorf("%s!%s: marked %v, want %v", sheet, cell, is, !is)
				}
				delete(left, sheet+"!"+cell)
			}
		}
	}
	for cell := range left { // an empty cell behind the last of its row
		at := strings.LastIndexByte(cell, '!')
		if !filled(t, b, cell[:at], cell[at+1:]) {
			t.Errorf("%s is not marked", cell)
		}
	}
}

var fills = []string{"FFC7CE", "FFEB9C", "DDEBF7"}

func filled(t *testing.T, f *excelize.File, sheet, cell string) bool {
	t.Helper()
	id, err := f.GetCellStyle(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	style, err := f.GetStyle(id)
	if err != nil || len(style.Fill.Color) == 0 {
		return false
	}
	for _, colour := range fills {
		if strings.HasSuffix(style.Fill.Color[0], colour) {
			return true
		}
	}
	return false
}

func TestRulesCommand(t *testing.T) {
	c := newCLI(t)
	c.want(exitFine, []string{"YEAR_MARK", "MARKS_SHIFTED"}, "rules")
	c.want(exitFine, []string{"điều 10"}, "rules", "YEAR_MARK", "--full")
	c.want(exitFine, []string{`"code":"RATING"`}, "rules", "RATING", "--json")
	c.want(exitInput, []string{"NOBODY"}, "rules", "NOBODY")
}

func TestSubmitShowsWhatItWouldDo(t *testing.T) {
	c := newCLI(t)
	path := mustWorkbook(t)
	b, err := workbook.Open(path, drive.Default(), workbook.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for entry, err := range portal.FromWorkbook(b) {
		if err != nil {
			t.Fatal(err)
		}
		c.services.held = append(c.services.held, entry.Records...)
	}
	_ = b.Close()
	c.want(exitFine, []string{"unchanged"}, "submit", path, "--school", "01/01000701", "--lang", "en", "--preview")
	for _, r := range c.services.held {
		if p := r.GetProfile(); p.GetCode() == "1" {
			p.Residence = &studentpb.Residence{Province: "01"} // the file has none
			p.Gender = studentpb.Gender_GENDER_FEMALE
		}
	}
	c.want(exitFindings, []string{"--allow-erase", "DANH MUC!"}, "submit", path, "--school", "01/01000701")
	if len(c.services.receipts) != 0 {
		t.Error("a file that erases something was handed in")
	}
	c.want(exitFine, []string{"giới tính / gender", "GENDER_FEMALE"}, "submit", path, "--school", "01/01000701", "--preview", "--diff", "--show-values", "--allow-erase")
	c.want(exitFine, nil, "submit", path, "--school", "01/01000701", "--allow-erase")
	if len(c.services.receipts) == 0 {
		t.Error("nothing was handed in")
	}
}

func TestAcknowledgeCommand(t *testing.T) {
	c := newCLI(t)
	warning := func(rule, values string) *validationpb.Finding {
		return &validationpb.Finding{Rule: rule, Severity: validationpb.Severity_SEVERITY_WARNING, Values: []byte(values)}
	}
	c.services.pupils = []*reportingpb.ListPupilsResponse{{Pupils: []*reportingpb.Pupil{{Pupil: "p1", Class: "12A1", Parts: []*reportingpb.PartState{{
		Part: studentpb.Part_PART_RESULTS_10, Findings: []*validationpb.Finding{warning("RATING", "open"), warning("RATING", "done"), warning("YEAR_MARK", "other")},
		Explanations: []*reportingpb.Explanation{{Values: []byte("done")}},
	}}}}}}
	c.want(exitInput, []string{"--reason"}, "acknowledge", "01/01000701", "--rule", "RATING")
	c.want(exitFine, []string{"1"}, "acknowledge", "01/01000701", "--rule", "RATING", "--reason", "Học bạ ghi như vậy")
	if len(c.services.answered) != 1 || string(c.services.answered[0].GetValues()) != "open" || c.services.answered[0].GetPart() != studentpb.Part_PART_RESULTS_10 {
		t.Errorf("got %v", c.services.answered)
	}
	c.want(exitInput, []string{"01/01000701 has no such pupil"}, "acknowledge", "01/01000701", "--rule", "RATING", "--reason", "x", "--pupil", "nosuch")
}

// Each file of rule faults shows its rule, and the command finds it.
func TestGenerateRuleFaults(t *testing.T) {
	c := newCLI(t)
	out := t.TempDir()
	c.want(exitFine, nil, "generate", "--out", out, "--pupils", "120", "--rule-faults")
	raw, err := os.ReadFile(filepath.Join(out, "rules", "truth.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string]bool{}
	for line := range bytes.Lines(raw) {
		var w wrong
		if err := json.Unmarshal(line, &w); err != nil || w.Line < 1 || len(w.Field) == 0 {
			t.Fatalf("%v: %s", err, line)
		}
		rules[w.Rule] = true
	}
	if len(rules) < 60 {
		t.Errorf("%d rules", len(rules))
	}
	for _, rule := range []string{"ID_SHIFTED", "MARKS_COPIED", "HISTORY_ORDER", "NAME_LEGACY"} {
		c.want(exitFindings, []string{"[" + rule + "]"}, "check", filepath.Join(out, "rules", rule+".ndjson"), "--drive-dir", filepath.Join(out, "drive"), "--problems", "0")
	}
}
