package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
)

// codeWords are words of the contracts that nobody but a program should read.
var codeWords = regexp.MustCompile(`\b(first|second|results/1[0-2]|profile|enrolment|semester[12]|identity\.|subjects\[|[a-z]+\.(min_len|max_len|pattern))|\{[a-z]+\}`)

// wantWords runs a command in Vietnamese and looks for code words in what it says.
func wantWords(t *testing.T, c *cli, code int, texts []string, args ...string) {
	t.Helper()
	args = append(args, "--lang", "vi")
	c.want(code, texts, args...)
	_, out, _ := c.run(args...)
	if found := codeWords.FindString(out); found != "" {
		t.Errorf("%v says the code word %q:\n%s", args, found, out)
	}
}

func withTitles(c *cli) {
	c.services.drive = &intakepb.GetDriveResponse{Id: "2022-2023-12", Windows: []*intakepb.DriveWindow{
		{Window: "first", NameVi: "Đợt 1: thông tin cá nhân", NameEn: "Window 1: personal data"},
		{Window: "second", NameVi: "Đợt 2: học kỳ 2", NameEn: "Window 2: semester 2"},
	}}
}

// A list of pupils has the titles of windows and the names of parts, fields and subjects; a pupil who shares a number is
// named by the ministry's code in the caller's own school, and by the reference alone elsewhere.
func TestPupilsInWords(t *testing.T) {
	c := newCLI(t)
	withTitles(c)
	c.services.held = []*studentpb.Record{
		{Content: &studentpb.Record_Profile{Profile: &studentpb.Profile{Code: "0100000001"}}},
		{Content: &studentpb.Record_Profile{Profile: &studentpb.Profile{Code: "0100000002"}}},
	}
	finding := &validationpb.Finding{Rule: "YEAR_MARK", Severity: validationpb.Severity_SEVERITY_ERROR, Field: "subjects[GDQPAN].semester1",
		Personal: &validationpb.FindingDetail{MessageVi: "sai"}}
	c.services.pupils = []*reportingpb.ListPupilsResponse{{Pupils: []*reportingpb.Pupil{{
		Pupil: "ref0100000001", Class: "12A1",
		Windows: []*reportingpb.WindowStatus{{Window: "first", Status: reportingpb.Status_STATUS_REJECTED}},
		Parts: []*reportingpb.PartState{
			{Part: studentpb.Part_PART_RESULTS_10, Revision: 1, Findings: []*validationpb.Finding{finding}},
			{Part: studentpb.Part_PART_RESULTS_12_1},
		},
		Returned: []*reportingpb.Return{{Window: "second", Parts: []studentpb.Part{studentpb.Part_PART_PROFILE}, Reason: "khác học bạ"}},
		Identity: &reportingpb.IdentityState{Outcome: matchingpb.Outcome_OUTCOME_CONFIRMED, SharedWith: []string{"ref0100000002", "refstranger"}},
	}}}}
	wantWords(t, c, exitFindings, []string{
		"Đợt 1: có lỗi", "kết quả lớp 10, môn Giáo dục quốc phòng và an ninh, học kỳ 1", "kết quả học kỳ 1 lớp 12  chưa gửi", "Sở trả lại ở đợt 2: khác học bạ",
		"cùng số với học sinh 0100000002 ref0100000002", "cùng số với học sinh refstranger",
	}, "status", "01/01000701", "--pupils")
}

// The table of progress has the titles too; a window whose title cannot be had keeps its code.
func TestProgressInWords(t *testing.T) {
	c := newCLI(t)
	c.services.progress = &reportingpb.GetProgressResponse{Conserved: true, Totals: []*reportingpb.Counts{{Window: "first", Expected: 40, Verified: 40}}}
	c.want(exitFine, []string{"Đợt first"}, "status", "--lang", "vi")
	withTitles(c)
	wantWords(t, c, exitFine, []string{"Đợt 1"}, "status")
}

// A complaint of the contract names its column, and no constraint.
func TestCheckNamesTheColumn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pupils.ndjson")
	record := `{"enrolment":{"code":"0100000007","state":"ENROLMENT_STATE_JOINED","since":{"year":2022,"month":9,"day":5}}}`
	if err := os.WriteFile(path, []byte(record), 0o600); err != nil {
		t.Fatal(err)
	}
	c := newCLI(t)
	c.want(exitFindings, []string{"Lớp còn trống\n"}, "check", path, "--lang", "vi")
	c.want(exitFindings, []string{`"rule":"string.min_len"`}, "check", path, "--json")
}

// The rules are told without the marks of their templates.
func TestRulesInWords(t *testing.T) {
	c := newCLI(t)
	wantWords(t, c, exitFine, []string{"(giá trị đã gửi)"}, "rules", "ETHNICITY_UNKNOWN", "YEAR_MARK", "--full")
	if _, out, _ := c.run("rules", "--full"); strings.ContainsAny(out, "{}") {
		t.Errorf("a template is shown:\n%s", out)
	}
}
