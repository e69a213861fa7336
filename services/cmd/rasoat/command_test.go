package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/workbook"
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"
)

// mustWorkbook writes a profiles workbook of two pupils, the second of an ethnic group that nobody knows.
func mustWorkbook(t *testing.T) string {
	t.Helper()
	pupils := []workbook.Pupil{
		{Profile: student.Profile{Code: "1", Class: "12A1", FullName: "Nguyễn Văn An", BirthDate: student.Date{Year: 2005, Month: 3, Day: 4}, Gender: student.Male, Ethnicity: "01", Nationality: "VN"}},
		{Profile: student.Profile{Code: "2", Class: "12A1", FullName: "Trần Thị Bình", BirthDate: student.Date{Year: 2005, Month: 3, Day: 4}, Gender: student.Female, Ethnicity: "99", Nationality: "VN"}},
	}
	var b bytes.Buffer
	if err := workbook.WriteProfiles(&b, drive.Default(), pupils); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "hoso.xlsx")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSubmitCommand(t *testing.T) {
	c := newCLI(t)
	path := mustWorkbook(t)
	c.want(exitFine, []string{"Đọc được", "CELL_ETHNICITY", "DANH MUC!G3"}, "submit", path, "--school", "01/01000701", "--dry-run")
	if len(c.services.receipts) != 0 {
		t.Error("a dry run handed something in")
	}
	c.want(exitFine, []string{"Accepted", "rasoat status 01/01000701"}, "submit", path, "--school", "01/01000701", "--lang", "en")
	first := len(c.services.receipts)
	c.want(exitFine, nil, "submit", path, "--school", "01/01000701")
	if first != 2 || len(c.services.receipts) != first {
		t.Errorf("%d submissions, and %d after the same again", first, len(c.services.receipts))
	}
	c.want(exitFine, []string{"--new="}, "submit", path, "--school", "01/01000701", "--new")
	if len(c.services.receipts) != 2*first {
		t.Errorf("--new left %d submissions", len(c.services.receipts))
	}
	for _, secret := range []string{"Nguyễn", "Bình", "2005"} {
		if _, out, errOut := c.run("submit", path, "--school", "01/01000701"); strings.Contains(out+errOut, secret) {
			t.Errorf("%q was printed", secret)
		}
	}
	c.in = `{"enrolment":{"code":"1","class":"12A1","state":"ENROLMENT_STATE_JOINED","since":{"year":2022}}}` + "\nnonsense\n"
	code, out, _ := c.run("submit", "-", "--school", "01/01000701", "--json")
	var got struct {
		Files []fileJSON
		Exit  int
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != exitFindings || got.Exit != code || len(got.Files) != 1 {
		t.Fatalf("exit %d, %v: %s", code, err, out)
	}
	if f := got.Files[0]; f.Accepted != 1 || f.Unreadable != 1 || len(f.Receipts) != 1 || len(f.Problems) != 1 || f.Problems[0].Where != "-:2" {
		t.Errorf("got %+v", f)
	}
}

func TestSubmitExitCodes(t *testing.T) {
	c := newCLI(t)
	path := mustWorkbook(t)
	school := []string{"--school", "01/01000701"}
	text := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(text, []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	submit := func(code int, texts []string, args ...string) {
		t.Helper()
		c.want(code, texts, append(append([]string{"submit"}, args...), school...)...)
	}
	submit(exitInput, []string{".csv", ".xlsx"}, text)
	submit(exitInput, []string{"nowhere.xlsx"}, "nowhere.xlsx")
	for _, file := range []string{"nowhere.xlsx", text} { // of nothing that was read there is no table and no cell to correct
		if _, out, _ := c.run("submit", file, "--school", "01/01000701"); out != "" {
			t.Errorf("%s: %s", file, out)
		}
	}
	submit(exitInput, []string{"Accepted", ".csv"}, text, path) // the other file goes on
	submit(exitInput, []string{"No file was named"})
	submit(exitInput, []string{"There is no flag"}, path, "--nonsense")
	submit(exitInput, []string{"--lang"}, path, "--lang", "fr")
	submit(exitInput, []string{"drive.yaml"}, path, "--drive-dir", t.TempDir())
	c.want(exitInput, []string{"01/01000701"}, "submit", path, "--school", "Chu Văn An")
	c.want(exitInput, nil, "nonsense")

	c.services.refusal = &intakepb.Refusal{Code: "invalid", MessageEn: "no", Problems: []*studentpb.Problem{{Path: "records[1].profile.ethnicity", Rule: "X", MessageEn: "bad", RemedyEn: "mend"}}}
	submit(exitFindings, []string{"DANH MUC!G3  bad", "→ mend"}, path)
	c.services.refusal = &intakepb.Refusal{Code: "conflict", MessageVi: "đã dùng", MessageEn: "taken"}
	submit(exitConflict, []string{"taken"}, path)

	var out, errOut bytes.Buffer
	code := command(t.Context(), []string{"submit", path, "--school", "01/01000701", "--server", "127.0.0.1:1", "--wait", "300ms"}, streams{nil, &out, &errOut})
	if code != exitUnavailable || !strings.Contains(errOut.String(), "cannot be reached") {
		t.Errorf("exit %d without a service: %s", code, errOut.String())
	}
}

func TestStatusCommand(t *testing.T) {
	c := newCLI(t)
	counts := func(rejected int64) *reportingpb.Counts {
		return &reportingpb.Counts{Window: "first", Expected: 10 + rejected, Verified: 10, Rejected: rejected}
	}
	c.services.progress = &reportingpb.GetProgressResponse{Conserved: true, Totals: []*reportingpb.Counts{counts(0)},
		Schools: []*reportingpb.SchoolProgress{{Province: "01", School: "01000701", Name: "Trường A", Declared: 10, Windows: []*reportingpb.Counts{counts(0)}}}}
	c.want(exitFine, []string{"01/01000701", "Trường A", "Verified"}, "status")
	c.want(exitFine, []string{"Total"}, "status", "01", "--totals", "--lang", "en")
	c.want(exitFine, []string{`"conserved":true`}, "status", "--json")
	c.services.progress.Totals[0] = counts(3)
	c.want(exitFindings, nil, "status")
	c.services.progress = &reportingpb.GetProgressResponse{}
	c.want(exitFindings, []string{"ALARM"}, "status")
	c.want(exitInput, nil, "status", "Hà Nội")
	c.want(exitInput, nil, "status", "01", "--pupils")
	c.want(exitInput, nil, "status", "01/01000701", "--in", "a.xlsx")
	c.want(exitInput, nil, "status", "01", "02")
}

func TestStatusOfPupils(t *testing.T) {
	c := newCLI(t)
	path := mustWorkbook(t)
	c.want(exitFine, nil, "submit", path, "--school", "01/01000701")
	finding := &validationpb.Finding{Rule: "ETHNICITY_UNKNOWN", Severity: validationpb.Severity_SEVERITY_ERROR, Field: "ethnicity",
		Personal: &validationpb.FindingDetail{MessageVi: "không có", MessageEn: "not in the catalogue", RemedyEn: "choose"}}
	c.services.pupils = []*reportingpb.ListPupilsResponse{
		{NextPageToken: "next", Pupils: []*reportingpb.Pupil{{Pupil: "ref2", Class: "12A1", Windows: []*reportingpb.WindowStatus{{Window: "first", Status: reportingpb.Status_STATUS_REJECTED}},
			Parts: []*reportingpb.PartState{{Part: studentpb.Part_PART_PROFILE, Revision: 1, Judged: true, Findings: []*validationpb.Finding{finding}}, {Part: studentpb.Part_PART_RESULTS_10}}}}},
		{Pupils: []*reportingpb.Pupil{{Pupil: "ref1", Class: "12A1", Identity: &reportingpb.IdentityState{
			Outcome: matchingpb.Outcome_OUTCOME_MISMATCHED, Fields: []matchingpb.Field{matchingpb.Field_FIELD_DATE_OF_BIRTH}, MessageEn: "differs",
			SharedWith: []string{"refx"}, AlsoEnrolledAt: []string{"01000702"}}}}},
	}
	c.want(exitFindings, []string{"ref2", "hồ sơ, dân tộc / profile, ethnic group", "not in the catalogue", "→ choose", "kết quả lớp 10", "has not come", "ref1", "the same number as pupil refx", "01000702", ": 2"},
		"status", "01/01000701", "--pupils")
	if len(c.services.asked) != 2 || len(c.services.asked[0].GetStatuses()) == 0 {
		t.Errorf("asked %v", c.services.asked)
	}
	c.want(exitFindings, []string{"hoso.xlsx DANH MUC!G3", "hoso.xlsx DANH MUC!E2", "hoso.xlsx DANH MUC!P2"}, "status", "01/01000701", "--pupils", "--in", path, "--lang", "en")
	c.want(exitFindings, []string{`"rule":"ETHNICITY_UNKNOWN"`}, "status", "01/01000701", "--pupils", "--json", "--all")
	status := []string{"status", "01/01000701", "--pupils", "--in", path}
	if _, out, errOut := c.run(status...); strings.Contains(out+errOut, "differ from") {
		t.Errorf("everything is held as the file has it:\n%s%s", out, errOut)
	}
	for i, r := range c.services.held {
		if p := r.GetProfile(); p.GetCode() == "1" {
			newer := proto.CloneOf(r)
			newer.GetProfile().FullName = "Nguyễn Văn Ân"
			c.services.held[i] = newer
		}
	}
	c.want(exitFindings, []string{": 1 bản ghi khác", "records differ from what the system holds", "hoso.xlsx DANH MUC!E2"}, status...)
}

// Every command tells how it is used and what its exit codes mean.
func TestHelp(t *testing.T) {
	root := (&app{}).root()
	var check func(c *cobra.Command)
	check = func(c *cobra.Command) {
		if c.Example == "" || c.Short == "" || c.HasParent() && !c.HasSubCommands() && !strings.Contains(c.Long, "exit codes") {
			t.Errorf("%s lacks an example, a description or its exit codes", c.CommandPath())
		}
		for _, sub := range c.Commands() {
			check(sub)
		}
	}
	check(root)
}

// The command line is a client only.
func TestLinksNoServer(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for dep := range strings.FieldsSeq(string(out)) {
		if strings.Contains(dep, "nats-server") || strings.Contains(dep, "modernc.org") || strings.Contains(dep, "mongo-driver") ||
			strings.HasPrefix(dep, "github.com/rasoat/rasoat/services/") && strings.HasSuffix(dep, "/server") {
			t.Errorf("the command links %s", dep)
		}
	}
}
