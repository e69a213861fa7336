package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/intake"
	"github.com/rasoat/rasoat/services/student/wire"
	"github.com/xuri/excelize/v2"
	"google.golang.org/protobuf/encoding/protojson"
)

// changed writes the workbook of mustWorkbook with some cells changed; "" empties a cell.
func changed(t *testing.T, cells map[string]any) string {
	t.Helper()
	path := mustWorkbook(t)
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for cell, value := range cells {
		if err := f.SetCellValue("DANH MUC", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	return path
}

// checked runs check --json and gives its findings by cell.
func checked(t *testing.T, c *cli, path string) map[string][]findingJSON {
	t.Helper()
	_, out, _ := c.run("check", path, "--json")
	found := map[string][]findingJSON{}
	for line := range strings.Lines(out) {
		var f findingJSON
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatal(err)
		}
		found[f.Where] = append(found[f.Where], f)
	}
	return found
}

// Of every cell that the reading warns of and a rule judges, submit and check give one remedy, and check one finding.
func TestOneRemedyForOneCell(t *testing.T) {
	c := newCLI(t)
	path := changed(t, map[string]any{
		"G2": "Người sao Hỏa", "I2": "Thành phố Hà Nội", "J2": "Quận Không Có", "P2": "17205000123", "H3": "Atlantis", "P3": "1.72E+10",
	})
	_, out, _ := c.run("submit", path, "--school", "01/01000701", "--dry-run", "--json")
	var got struct{ Files []fileJSON }
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	found := checked(t, c, path)
	warned := got.Files[0].Problems
	if len(warned) < 6 {
		t.Errorf("submit warns of %d cells: %+v", len(warned), warned)
	}
	for _, p := range warned {
		if len(found[p.Where]) != 1 || found[p.Where][0].RemedyEn != p.RemedyEn || found[p.Where][0].RemedyVi != p.RemedyVi {
			t.Errorf("%s: submit says %s %q, check says %+v", p.Where, p.Rule, p.RemedyEn, found[p.Where])
		}
	}
}

// A record that every door refuses for its form is refused by check in the same words.
func TestCheckRefusesWhatIntakeRefuses(t *testing.T) {
	c := newCLI(t)
	mark := int32(80)
	for rule, record := range map[string]*studentpb.Record{
		"DATE_INVALID": {Content: &studentpb.Record_Profile{Profile: &studentpb.Profile{Code: "1", DateOfBirth: &studentpb.Date{Year: 2005, Month: 2, Day: 30}}}},
		"REASON_REQUIRED": {Content: &studentpb.Record_Enrolment{Enrolment: &studentpb.Enrolment{
			Code: "1", Class: "12A1", State: studentpb.EnrolmentState_ENROLMENT_STATE_LEFT, Since: &studentpb.Date{Year: 2022}}}},
		"PART_STRADDLES": {Content: &studentpb.Record_Results{Results: &studentpb.Results{Code: "1", Part: studentpb.Part_PART_RESULTS_12_1,
			Subjects: []*studentpb.Subject{{Code: "TOAN", Year: &studentpb.Score{MarkTenths: &mark}}}}}},
	} {
		line, err := protojson.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "a.ndjson")
		if err := os.WriteFile(path, line, 0o600); err != nil {
			t.Fatal(err)
		}
		want := intake.Structure(wire.FromRecord(record))
		found := checked(t, c, path)["a.ndjson:1 "+want[0].Path]
		if len(want) != 1 || len(found) != 1 || found[0].Rule != rule || want[0].Rule != rule || found[0].RemedyEn != want[0].Remedy.En || found[0].MessageVi != want[0].Text.Vi {
			t.Errorf("%s: check says %+v, intake says %+v", rule, found, want)
		}
	}
}

// What is missing is marked at its own cell: by check, in the marked workbook, and by status --in.
func TestMissingIsMarkedAtItsCell(t *testing.T) {
	c := newCLI(t)
	path := changed(t, map[string]any{"E2": "", "F2": "", "Q3": ""})
	found := checked(t, c, path)
	for cell, rule := range map[string]string{"P2": "PROFILE_REQUIRED", "E2": "PROFILE_REQUIRED", "F2": "PROFILE_REQUIRED", "I2": "RESIDENCE_REQUIRED", "P3": "PROFILE_REQUIRED"} {
		if at := found["DANH MUC!"+cell]; len(at) == 0 || at[0].Rule != rule {
			t.Errorf("%s: got %+v, want %s", cell, at, rule)
		}
	}
	if len(found["DANH MUC!C2"])+len(found["DANH MUC!C3"]) > 0 {
		t.Errorf("the cells of the pupil codes are marked: %+v %+v", found["DANH MUC!C2"], found["DANH MUC!C3"])
	}
	marked := filepath.Join(t.TempDir(), "marked.xlsx")
	c.want(exitFindings, nil, "check", path, "--annotate", marked)
	f, err := excelize.OpenFile(marked)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	comments, err := f.GetComments("DANH MUC")
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]bool{}
	for _, c := range comments {
		at[c.Cell] = true
	}
	if !at["P2"] || !at["I2"] || at["C2"] {
		t.Errorf("comments stand at %v", at)
	}

	c.want(exitFine, nil, "submit", path, "--school", "01/01000701")
	missing := &validationpb.Finding{Rule: "PROFILE_REQUIRED", Severity: validationpb.Severity_SEVERITY_ERROR, Field: "identity", Personal: &validationpb.FindingDetail{MessageEn: "no number"}}
	c.services.pupils = []*reportingpb.ListPupilsResponse{{Pupils: []*reportingpb.Pupil{{Pupil: "ref1", Class: "12A1",
		Parts: []*reportingpb.PartState{{Part: studentpb.Part_PART_PROFILE, Revision: 1, Findings: []*validationpb.Finding{missing}}}}}}}
	c.want(exitFindings, []string{"hoso.xlsx DANH MUC!P2"}, "status", "01/01000701", "--pupils", "--in", path)
}
