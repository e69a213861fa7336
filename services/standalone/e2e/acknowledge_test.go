package e2e

import (
	"context"
	"slices"
	"testing"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/standalone/node"
	"github.com/rasoat/rasoat/services/student"
	"google.golang.org/protobuf/proto"
)

// warned sends a class whose first pupil has a year mark of grade 10 that is one tenth off, and gives that pupil's results.
func (s *system) warned(ctx context.Context, t *testing.T) student.Results {
	t.Helper()
	school, class := s.nation.Schools()[0], s.nation.Classes(0)[0]
	for _, sub := range s.classSubmissions(school, class, "") {
		s.send(ctx, t, sub)
	}
	r := s.nation.Pupil(class.First).Results[0]
	r.Subjects = slices.Clone(r.Subjects)
	off := *r.Subjects[0].Year.Mark - 1
	r.Subjects[0].Year.Mark = &off
	s.sendResults(ctx, t, "off", r)
	return r
}

func (s *system) sendResults(ctx context.Context, t *testing.T, id string, r student.Results) {
	t.Helper()
	s.send(ctx, t, s.submission(s.nation.Schools()[0], id, student.KindResults, student.Record{Part: r.Part, Results: &r}))
	s.settle(ctx, t)
}

// warnings gives the open warnings of a pupil, and those that are acknowledged.
func (s *system) warnings(ctx context.Context, t *testing.T, ref string) (open []*validationpb.Finding, explained int, status reportingpb.Status) {
	t.Helper()
	school := s.nation.Schools()[0]
	list, err := s.reporting.ListPupils(ctx, &reportingpb.ListPupilsRequest{Scope: school.Province + "/" + school.Code, PageSize: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list.GetPupils() {
		if p.GetPupil() != ref {
			continue
		}
		for _, part := range p.GetParts() {
			explained += len(part.GetExplanations())
			for _, f := range part.GetFindings() {
				known := slices.ContainsFunc(part.GetExplanations(), func(e *reportingpb.Explanation) bool { return string(e.GetValues()) == string(f.GetValues()) })
				if f.GetSeverity() == validationpb.Severity_SEVERITY_WARNING && !known {
					open = append(open, f)
				}
			}
		}
		return open, explained, p.GetWindows()[1].GetStatus()
	}
	t.Fatalf("pupil %s is not listed", ref)
	return nil, 0, 0
}

func (s *system) acknowledge(ctx context.Context, t *testing.T, a *reportingpb.Acknowledgement) *reportingpb.AcknowledgeResponse {
	t.Helper()
	school := s.nation.Schools()[0]
	resp, err := s.reporting.Acknowledge(ctx, &reportingpb.AcknowledgeRequest{Scope: school.Province + "/" + school.Code, Acknowledgements: []*reportingpb.Acknowledgement{a}})
	if err != nil {
		t.Fatal(err)
	}
	s.settle(ctx, t)
	return resp
}

func (s *system) verified(ctx context.Context, t *testing.T, ref string) bool {
	t.Helper()
	return s.records(ctx, t)[ref].GetVerified() != nil
}

// An acknowledgement opens the way of a warned record, survives a restart and a rebuild, stays when an unrelated mark changes, and
// lapses when a mark changes that the warning is about.
func TestAcknowledgement(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	dir := t.TempDir()
	s := start(t, options{dir: dir, seed: 3})
	r := s.warned(ctx, t)
	ref := s.ref(s.nation.Classes(0)[0].First)

	open, explained, status := s.warnings(ctx, t, ref)
	if len(open) != 1 || explained != 0 || status != reportingpb.Status_STATUS_UNEXPLAINED_WARNING || s.verified(ctx, t, ref) {
		t.Fatalf("warned: open %v, explained %d, status %v", open, explained, status)
	}
	answer := &reportingpb.Acknowledgement{Pupil: ref, Part: 3, Rule: open[0].GetRule(), Values: open[0].GetValues(), Reason: "Học bạ đã ghi như vậy"}
	for what, bend := range map[string]func(*reportingpb.Acknowledgement){
		"ACK_UNKNOWN_PUPIL":   func(a *reportingpb.Acknowledgement) { a.Pupil = "nobody" },
		"ACK_NO_SUCH_WARNING": func(a *reportingpb.Acknowledgement) { a.Values = make([]byte, 16) },
		"ACK_REASON":          func(a *reportingpb.Acknowledgement) { a.Reason = "......" },
	} {
		bad := proto.CloneOf(answer)
		bend(bad)
		if resp := s.acknowledge(ctx, t, bad); len(resp.GetRefused()) != 1 || resp.GetRefused()[0].GetRule() != what || resp.GetSequence() != 0 {
			t.Errorf("%s: got %v", what, resp)
		}
	}
	if resp := s.acknowledge(ctx, t, answer); resp.GetAcknowledged() != 1 || resp.GetSequence() == 0 {
		t.Fatalf("acknowledge: got %v", resp)
	}
	if resp := s.acknowledge(ctx, t, answer); resp.GetAcknowledged() != 1 || resp.GetSequence() != 0 {
		t.Errorf("the same again: got %v", resp)
	}
	holds := func(when string) {
		t.Helper()
		open, explained, status := s.warnings(ctx, t, ref)
		if len(open) != 0 || explained != 1 || status != reportingpb.Status_STATUS_VERIFIED || !s.verified(ctx, t, ref) {
			t.Fatalf("%s: open %v, explained %d, status %v", when, open, explained, status)
		}
		list, err := s.reporting.ListAcknowledgements(ctx, &reportingpb.ListAcknowledgementsRequest{Scope: s.nation.Schools()[0].Province})
		if err != nil || len(list.GetAcknowledgements()) != 1 || list.GetAcknowledgements()[0].GetReason() != answer.GetReason() {
			t.Errorf("%s: the province sees %v, %v", when, list, err)
		}
	}
	holds("acknowledged")
	before := s.lastSequence(ctx, t, eventlog.Records)
	for _, rebuild := range [][]string{nil, {"reporting", "validation", "intake"}} {
		if err := s.Stop(); err != nil {
			t.Fatal(err)
		}
		s = start(t, options{dir: dir, seed: 3, change: func(c *node.Config) { c.Rebuild = rebuild }})
		s.settle(ctx, t)
		holds("started again")
	}
	if after := s.lastSequence(ctx, t, eventlog.Records); after != before {
		t.Errorf("a rebuild published %d messages", after-before)
	}

	// An unrelated mark of the same part: both semesters and the year of another subject, and the summaries, stay lawful.
	same := r
	same.Subjects = slices.Clone(r.Subjects)
	swap := &same.Subjects[1] // the year mark is what it was
	first, second := *swap.Semester1.Mark, *swap.Semester2.Mark
	if first >= 3 && second <= 98 {
		first, second = first-2, second+1
	}
	swap.Semester1.Mark, swap.Semester2.Mark = &first, &second
	s.sendResults(ctx, t, "unrelated", same)
	open, explained, _ = s.warnings(ctx, t, ref)
	if explained != 1 || slices.ContainsFunc(open, func(f *validationpb.Finding) bool { return f.GetRule() == answer.GetRule() }) {
		t.Errorf("an unrelated mark changed: open %v, explained %d", open, explained)
	}

	// A mark that the warning is about.
	lapse := same
	lapse.Subjects = slices.Clone(same.Subjects)
	third := *lapse.Subjects[0].Semester1.Mark
	if third++; third > 100 {
		third -= 2
	}
	lapse.Subjects[0].Semester1.Mark = &third
	s.sendResults(ctx, t, "related", lapse)
	open, explained, status = s.warnings(ctx, t, ref)
	if explained != 0 || s.verified(ctx, t, ref) {
		t.Errorf("a mark of the warning changed: open %v, explained %d, status %v", open, explained, status)
	}
	list, err := s.reporting.ListAcknowledgements(ctx, &reportingpb.ListAcknowledgementsRequest{Scope: s.nation.Schools()[0].Province, Lapsed: true})
	if err != nil || len(list.GetAcknowledgements()) != 1 || !list.GetAcknowledgements()[0].GetLapsed() {
		t.Errorf("lapsed: the province sees %v, %v", list, err)
	}

	// The old values come back, and the acknowledgement with them; then it is taken back.
	s.sendResults(ctx, t, "back", r)
	holds("the values came back")
	withdraw := proto.CloneOf(answer)
	withdraw.Withdraw, withdraw.Reason = true, "Xác nhận nhầm học sinh"
	s.acknowledge(ctx, t, withdraw)
	if open, explained, _ := s.warnings(ctx, t, ref); len(open) != 1 || explained != 0 || s.verified(ctx, t, ref) {
		t.Errorf("taken back: open %v, explained %d", open, explained)
	}
}
