package e2e

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
	"google.golang.org/protobuf/proto"
)

type (
	submission    = intakepb.Submission
	submitRequest = intakepb.SubmitRequest
)

func equal(a, b proto.Message) bool { return proto.Equal(a, b) }

// TestTakenOnce pushes one batch again: through the same door, through another, after a restart, and with another content.
func TestTakenOnce(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	dir := t.TempDir()
	s := start(t, options{dir: dir, seed: 1})
	school := s.nation.Schools()[0]
	sub := s.classSubmissions(school, s.nation.Classes(0)[0], "")[1]
	first := s.send(ctx, t, sub)
	if again := s.send(ctx, t, sub); !equal(first, again) {
		t.Errorf("the same batch again: got %v, want %v", again, first)
	}
	if got := s.portalAnswer(ctx, t, sub, 1); !equal(first, got.GetReceipt()) {
		t.Errorf("the same batch through PORTAL: got %v, want the receipt of the first", got)
	}
	other := proto.CloneOf(sub)
	other.Records = other.Records[1:]
	if _, err := s.intake.Submit(ctx, &submitRequest{Submission: other}); !fault.Is(err, fault.Conflict) {
		t.Errorf("another content under the same id: got %v, want a conflict", err)
	}
	if got := s.portalAnswer(ctx, t, other, 2); got.GetRefusal().GetCode() != "conflict" {
		t.Errorf("another content through PORTAL: got %v, want a conflict", got)
	}
	got, err := s.intake.GetSubmission(ctx, &intakepb.GetSubmissionRequest{Province: school.Province, School: school.Code, SubmissionId: sub.GetId()})
	if err != nil || !equal(got.GetReceipt(), first) {
		t.Errorf("GetSubmission: got %v, %v", got, err)
	}
	s.settle(ctx, t)
	list, err := s.intake.ListSubmissions(ctx, &intakepb.ListSubmissionsRequest{Province: school.Province, School: school.Code})
	if err != nil || len(list.GetReceipts()) != 1 || !equal(list.GetReceipts()[0], first) {
		t.Errorf("ListSubmissions: got %v, %v", list, err)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	s = start(t, options{dir: dir, seed: 1})
	if again := s.send(ctx, t, sub); !equal(first, again) {
		t.Errorf("the same batch after a restart: got %v, want %v", again, first)
	}
	if n := len(s.messages(ctx, t, eventlog.Submissions)); n != 1 {
		t.Errorf("SUBMISSIONS holds %d messages, want 1", n)
	}
}

// portalAnswer publishes a submission to PORTAL and waits for the n-th receipt of that school.
func (s *system) portalAnswer(ctx context.Context, t *testing.T, sub *submission, n int) *intakepb.PortalReceipt {
	t.Helper()
	data, err := proto.Marshal(sub)
	if err != nil {
		t.Fatal(err)
	}
	return s.publish(ctx, t, "portal.submit."+sub.GetProvince()+"."+sub.GetSchool(), data, n)
}

func (s *system) publish(ctx context.Context, t *testing.T, subject string, data []byte, n int) *intakepb.PortalReceipt {
	t.Helper()
	nc, err := nats.Connect(s.NATSURL())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if _, err := nc.RequestWithContext(ctx, subject, data); err != nil {
		t.Fatal(err)
	}
	out := new(intakepb.PortalReceipt)
	wait(ctx, t, "a receipt in RECEIPTS", func() bool {
		m, err := s.Log().Read(ctx, eventlog.Receipts, uint64(n))
		if err != nil {
			return false
		}
		return proto.Unmarshal(m.Data, out) == nil
	})
	return out
}

// TestBadInput sends what must be refused, through the real door; each answer says where, why and what to do.
func TestBadInput(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := start(t, options{seed: 2})
	school := s.nation.Schools()[0]
	p := s.nation.Pupil(school.First)
	profile := func() student.Record { return profileRecord(p.Profile) }
	otherSchool := s.submission(school, "x1", student.KindProfile, profile())
	otherSchool.Records[0].GetProfile().School = "99999999"
	wrongDate := p.Profile
	wrongDate.BirthDate = student.Date{Year: 2005, Month: 2, Day: 30}
	many := make([]student.Record, 201)
	for i := range many {
		many[i] = profile()
	}
	unknown := s.submission(school, "x2", student.KindProfile, profile())
	unknown.School = "99999999"
	tests := []struct {
		name string
		sub  *submission
		rule string
		path string
	}{
		{"empty batch", s.submission(school, "e", student.KindProfile), "BATCH_EMPTY", "records"},
		{"201 records", s.submission(school, "m", student.KindProfile, many...), "BATCH_SIZE", "records"},
		{"another school's pupil", otherSchool, "OTHER_SCHOOL", "records[0].school"},
		{"unknown school", unknown, "SCHOOL_UNKNOWN", "school"},
		{"30 February", s.submission(school, "d", student.KindProfile, profileRecord(wrongDate)), "DATE_INVALID", "records[0].profile.date_of_birth"},
		{"bad id", s.submission(school, "a b", student.KindProfile, profile()), "", "submission.id"},
	}
	for _, tt := range tests {
		_, err := s.intake.Submit(ctx, &submitRequest{Submission: tt.sub})
		var e *fault.Error
		if !errors.As(err, &e) || e.Kind != fault.Invalid || len(e.Fields) == 0 {
			t.Errorf("%s: got %v, want Invalid with fields", tt.name, err)
			continue
		}
		f := e.Fields[0]
		if tt.rule != "" && f.Rule != tt.rule || f.Path != tt.path || f.Text.Vi == "" || f.Text.En == "" || f.Remedy.Vi == "" || f.Remedy.En == "" {
			t.Errorf("%s: got %+v, want %s at %s in both languages with a remedy", tt.name, f, tt.rule, tt.path)
		}
	}

	// A record twice in a batch: the first is taken, the second is told, and the receipt lists both.
	twice := s.submission(school, "twice", student.KindProfile, profile(), profile())
	resp, err := s.intake.Submit(ctx, &submitRequest{Submission: twice})
	if err != nil || resp.GetReceipt().GetAccepted() != 1 || resp.GetReceipt().GetRefusedRecords()[0].GetProblems()[0].GetRule() != "RECORD_TWICE" {
		t.Errorf("a record twice: got %v, %v", resp, err)
	}

	// Not protobuf, in PORTAL: a refusal that says what to do, and a dead letter with the origin.
	answer := s.publish(ctx, t, "portal.submit."+school.Province+"."+school.Code, []byte("\xff\xfenot protobuf"), 1)
	if r := answer.GetRefusal(); r.GetCode() != "invalid" || !strings.Contains(r.GetMessageEn(), "protobuf") || r.GetMessageVi() == "" {
		t.Errorf("not protobuf: got %v", answer)
	}
	wait(ctx, t, "the dead letter", func() bool { return len(s.messages(ctx, t, eventlog.DeadLetters)) == 1 })
	if dead := s.messages(ctx, t, eventlog.DeadLetters)[0]; !bytes.Contains(dead.Data, []byte("not protobuf")) {
		t.Errorf("the dead letter lost the message: %v", dead.Header)
	}
}

// TestDoubleClaim lets another school enrol a pupil: a double claim that stops the record at both, and no refusal; it ends
// when one school lets go.
func TestDoubleClaim(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := start(t, options{seed: 5})
	schools := s.nation.Schools()
	if len(schools) < 2 {
		t.Fatal("the nation has one school only")
	}
	s.eachSubmission("", func(sub *submission) { s.send(ctx, t, sub) })
	entry := s.nation.Pupil(0).Enrolment
	claim := student.Record{Part: student.Enrolment, Enrolled: &entry}
	s.send(ctx, t, s.submission(schools[1], "claim", student.KindRoster, claim))
	s.settle(ctx, t)
	if got := s.totals(ctx, t).GetDuplicate(); got != 2 {
		t.Errorf("claimed by two schools: %d duplicates, want one at each", got)
	}
	if got := s.records(ctx, t)[s.ref(0)]; got.GetWithdrawn() == nil {
		t.Errorf("claimed by two schools: got %s, want a withdrawal", summary(got))
	}
	s.eachPupil(ctx, t, func(p *reportingpb.Pupil) {
		if p.GetPupil() == s.ref(0) && len(p.GetIdentity().GetAlsoEnrolledAt()) != 1 {
			t.Errorf("a school is not told who else enrols the pupil: %v", p.GetIdentity())
		}
	})
	entry.State, entry.Reason = student.Transferred, "chuyển trường"
	s.send(ctx, t, s.submission(schools[1], "letgo", student.KindRoster, claim))
	s.settle(ctx, t)
	if got := s.records(ctx, t)[s.ref(0)]; got.GetVerified() == nil {
		t.Errorf("after one school let go: got %s, want a verified record", summary(got))
	}
}

// TestPushAgain sends everything a second time under new ids: nothing new in RECORDS.
func TestPushAgain(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := start(t, options{seed: 6, faults: 100})
	s.eachSubmission("a-", func(sub *submission) { s.send(ctx, t, sub) })
	s.settle(ctx, t)
	before := s.lastSequence(ctx, t, eventlog.Records)
	_, calls := s.registry.Behaviour()
	s.eachSubmission("b-", func(sub *submission) { s.send(ctx, t, sub) })
	s.settle(ctx, t)
	if after := s.lastSequence(ctx, t, eventlog.Records); after != before {
		t.Errorf("RECORDS grew from sequence %d to %d", before, after)
	}
	if _, again := s.registry.Behaviour(); again != calls {
		t.Errorf("the registry was asked again about identities that are known: %+v, before %+v", again, calls)
	}
	s.compareWithLog(ctx, t)
}
