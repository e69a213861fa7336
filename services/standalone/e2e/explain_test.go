package e2e

import (
	"testing"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
)

// TestExplain: reporting puts the way of a pupil together from all four services, through the door that everybody uses.
func TestExplain(t *testing.T) {
	t.Parallel()
	s, ctx := start(t, options{seed: 5}), t.Context()
	school, class := s.nation.Schools()[0], s.nation.Classes(0)[0]
	profiles := ""
	for _, sub := range s.classSubmissions(school, class, "") {
		r := s.send(ctx, t, sub)
		if sub.GetRecords()[0].GetProfile() != nil {
			profiles = r.GetSubmissionId()
		}
	}
	s.settle(ctx, t)
	progress := reportingpb.NewProgressServiceClient(dial(t, s.GRPCAddr()))
	scope := school.Province + "/" + school.Code
	got, err := progress.Explain(ctx, &reportingpb.ExplainRequest{Scope: scope, Pupil: s.ref(class.First)})
	if err != nil || len(got.GetUnavailable()) > 0 {
		t.Fatalf("unavailable %v, %v", got.GetUnavailable(), err)
	}
	kinds := map[string]int{}
	for _, e := range got.GetEvents() {
		kinds[e.GetService()+" "+e.GetKind()]++
		if e.GetPupil() != s.ref(class.First) || e.GetMessageVi() == "" || e.GetMessageEn() == "" {
			t.Errorf("got %v", e)
		}
	}
	for _, want := range []string{"intake received", "validation judged", "matching asked", "matching answered"} {
		if kinds[want] == 0 {
			t.Errorf("nothing was %s: %v", want, kinds)
		}
	}
	if want := len(student.Parts); kinds["intake received"] != want {
		t.Errorf("%d parts received, want %d", kinds["intake received"], want)
	}
	of, err := progress.Explain(ctx, &reportingpb.ExplainRequest{Scope: scope, SubmissionId: profiles})
	if err != nil || len(of.GetUnavailable()) > 0 || len(of.GetEvents()) <= len(got.GetEvents()) {
		t.Errorf("%d steps of the submission, unavailable %v, %v", len(of.GetEvents()), of.GetUnavailable(), err)
	}
	other := s.nation.Schools()[1]
	if _, err := progress.Explain(ctx, &reportingpb.ExplainRequest{Scope: other.Province + "/" + other.Code, Pupil: s.ref(class.First)}); !fault.Is(err, fault.NotFound) {
		t.Errorf("another school: got %v, want not found", err)
	}
	// From the beginning, every pupil's parts are told.
	watch, err := progress.WatchOutcomes(ctx, &reportingpb.WatchOutcomesRequest{Scopes: []string{scope}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for i := class.First; i < class.End; i++ {
		want[s.ref(i)] = true
	}
	var last string
	for len(want) > 0 {
		m, err := watch.Recv()
		if err != nil {
			t.Fatalf("%d pupils were not told of: %v", len(want), err)
		}
		if m.GetFound().GetPart() != 0 {
			delete(want, m.GetFound().GetPupil())
		}
		last = m.GetResumeToken()
	}
	if _, err := progress.WatchOutcomes(ctx, &reportingpb.WatchOutcomesRequest{Scopes: []string{scope}, ResumeToken: last}); err != nil {
		t.Errorf("going on at %q: %v", last, err)
	}
}
