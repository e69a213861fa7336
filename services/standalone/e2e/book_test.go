package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/standalone/node"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"github.com/rasoat/rasoat/services/validation"
	"google.golang.org/protobuf/proto"
)

// changed gives a drive with its text changed, under the same id.
func changed(t *testing.T, d *drive.Drive, old, new string) *drive.Drive {
	t.Helper()
	dir := t.TempDir()
	if err := d.WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "drive.yaml")
	raw, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(raw), old) {
		t.Fatalf("drive.yaml does not hold %q: %v", old, err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(raw), old, new, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := drive.LoadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A drive that changes a severity and adds a rule judges everything stored again, by the rules that check applies at home; each
// judgement names the book that it was made under, in life and after a rebuild; and the old book can come back.
func TestANewBookJudgesAgain(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	dir := t.TempDir()
	s := start(t, options{dir: dir, seed: 4})
	school, classes := s.nation.Schools()[0], s.nation.Classes(0)
	for _, class := range classes {
		for _, sub := range s.classSubmissions(school, class, "") {
			s.send(ctx, t, sub)
		}
	}
	s.settle(ctx, t)
	statuses := func() map[string]reportingpb.Status {
		t.Helper()
		out := map[string]reportingpb.Status{}
		list, err := s.reporting.ListPupils(ctx, &reportingpb.ListPupilsRequest{Scope: school.Province + "/" + school.Code, PageSize: 1000})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range list.GetPupils() {
			out[p.GetPupil()] = p.GetWindows()[1].GetStatus()
		}
		return out
	}
	for ref, status := range statuses() {
		if status != reportingpb.Status_STATUS_VERIFIED {
			t.Fatalf("pupil %s: %v", ref, status)
		}
	}
	old := s.drive
	next := changed(t, old, "severities: {}", `severities: {ID_ELSEWHERE: warning}
rules:
  - code: NO_GIRLS_IN_JUNE
    kind: profile
    severity: error
    field: date_of_birth
    holds: profile.date_of_birth.month != 6
    message: {vi: "Không nhận tháng 6.", en: "Nobody is born in June."}
    remedy: {vi: "Sửa ngày sinh.", en: "Correct the birth date."}
    source: một ví dụ`)
	restart := func(d *drive.Drive, rebuild ...string) {
		t.Helper()
		if err := s.Stop(); err != nil {
			t.Fatal(err)
		}
		s = start(t, options{dir: dir, seed: 4, change: func(c *node.Config) { c.Drive, c.Rebuild = d, rebuild }})
		s.settle(ctx, t)
	}
	agrees := func(when string) {
		t.Helper()
		got := statuses()
		count := map[reportingpb.Status]int{}
		for i := school.First; i < school.End; i++ {
			p := s.nation.Pupil(i).Profile
			want := reportingpb.Status_STATUS_VERIFIED
			for _, f := range validation.Check(next, student.Record{Part: student.ProfilePart, Profile: &p}) {
				switch {
				case f.Severity == validation.Error:
					want = reportingpb.Status_STATUS_REJECTED
				case f.Severity == validation.Warning && want != reportingpb.Status_STATUS_REJECTED:
					want = reportingpb.Status_STATUS_UNEXPLAINED_WARNING
				}
			}
			count[want]++
			if got[s.ref(i)] != want {
				t.Errorf("%s: pupil %d is %v, want %v", when, i, got[s.ref(i)], want)
			}
		}
		if len(count) != 3 {
			t.Errorf("%s: the rules change little: %v", when, count)
		}
	}
	restart(next)
	agrees("by the new book")
	s.dryRun(t, next, school)
	sequence := s.lastSequence(ctx, t, eventlog.Records)
	restart(next, "reporting", "validation")
	agrees("rebuilt")
	if now := s.lastSequence(ctx, t, eventlog.Records); now != sequence {
		t.Errorf("the rebuild published %d messages", now-sequence)
	}
	var books []uint64
	for _, m := range s.messages(ctx, t, eventlog.Verdicts) {
		v := new(validationpb.RecordsJudged)
		if err := proto.Unmarshal(m.Data, v); err != nil {
			t.Fatal(err)
		}
		if want := map[uint64]string{1: old.Digest, 2: next.Digest}[v.GetBook()]; v.GetDriveDigest() != want {
			t.Errorf("a verdict of book %d names the drive %s, want %s", v.GetBook(), v.GetDriveDigest(), want)
		}
		books = append(books, v.GetBook())
	}
	if !slices.Contains(books, 1) || !slices.Contains(books, 2) {
		t.Errorf("books: %v", books)
	}
	restart(old)
	for ref, status := range statuses() {
		if status != reportingpb.Status_STATUS_VERIFIED {
			t.Errorf("by the old book again: pupil %s is %v", ref, status)
		}
	}
}

// dryRun asks the running system what it would find in a school's profiles, and holds it against the rules at home.
func (s *system) dryRun(t *testing.T, d *drive.Drive, school sandbox.SchoolRange) {
	t.Helper()
	ctx := t.Context()
	client := validationpb.NewValidationServiceClient(dial(t, s.GRPCAddr()))
	rules, err := client.ListRules(ctx, &validationpb.ListRulesRequest{})
	if err != nil || !slices.ContainsFunc(rules.GetRules(), func(r *validationpb.Rule) bool { return r.GetCode() == "NO_GIRLS_IN_JUNE" && r.GetOfDrive() }) {
		t.Errorf("ListRules: %v", err)
	}
	before := s.lastSequence(ctx, t, eventlog.Submissions)
	req := &validationpb.CheckRequest{Province: school.Province, School: school.Code}
	var records []student.Record
	for i := school.First; i < school.End; i++ {
		p := s.nation.Pupil(i).Profile
		records = append(records, profileRecord(p))
		req.Records = append(req.Records, wire.ToRecord(profileRecord(p)))
	}
	resp, err := client.Check(ctx, req)
	if err != nil || resp.GetDriveDigest() != d.Digest {
		t.Fatalf("Check: got %v, %v", resp, err)
	}
	got := map[string]int{}
	for _, r := range resp.GetRecords() {
		for _, f := range r.GetFindings() {
			got[f.GetRule()+" "+f.GetField()+" "+f.GetSeverity().String()]++
		}
	}
	for _, found := range validation.CheckAll(d, records) {
		for _, f := range found {
			got[f.Rule+" "+f.Field+" SEVERITY_"+strings.ToUpper(string(f.Severity))]--
		}
	}
	for what, n := range got {
		if n != 0 {
			t.Errorf("the dry run and the rules at home differ by %d in %s", n, what)
		}
	}
	if after := s.lastSequence(ctx, t, eventlog.Submissions); after != before || len(got) == 0 {
		t.Errorf("the dry run stored %d messages and found %d things", after-before, len(got))
	}
}
