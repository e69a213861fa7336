package e2e

import (
	"context"
	"testing"
	"time"

	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/sandbox/registry"
)

// TestIndependence takes the registry away: every result is still judged and every identity waits, which counts against
// nobody. When the registry is back, all settle with no one's help.
func TestIndependence(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := start(t, options{seed: 3, faults: 60})
	s.registry.SetBehaviour(registry.Behaviour{Away: true})
	s.eachSubmission("", func(sub *submission) { s.send(ctx, t, sub) })

	wait(ctx, t, "every part judged and every identity waiting", func() bool {
		good := true
		s.eachPupil(ctx, t, func(p *reportingpb.Pupil) {
			for _, part := range p.GetParts() {
				good = good && (part.GetRevision() == 0 || part.GetJudged())
			}
			o := p.GetIdentity().GetOutcome()
			good = good && o != matchingpb.Outcome_OUTCOME_UNSPECIFIED
			good = good && o != matchingpb.Outcome_OUTCOME_MISMATCHED && o != matchingpb.Outcome_OUTCOME_NOT_FOUND && o != matchingpb.Outcome_OUTCOME_CONFIRMED
		})
		return good
	})
	total := s.totals(ctx, t)
	if total.GetWaiting() == 0 || total.GetVerified() != 0 && total.GetMismatched() != 0 {
		t.Errorf("registry away: got %v", total)
	}

	s.registry.SetBehaviour(registry.Behaviour{})
	s.settle(ctx, t)
	total = s.totals(ctx, t)
	if total.GetWaiting() != 0 || total.GetVerified() == 0 {
		t.Errorf("registry back: got %v, want nobody waiting", total)
	}
	s.compareWithLog(ctx, t)
}

// TestRegistryLimits lets the registry refuse and fail: slower, but the same end, and no outcome that is not the registry's.
func TestRegistryLimits(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := start(t, options{seed: 4, faults: 60})
	s.registry.SetBehaviour(registry.Behaviour{CallsPerSecond: 20, FailingPerMille: 400, Delay: 5 * time.Millisecond})
	s.eachSubmission("", func(sub *submission) { s.send(ctx, t, sub) })
	s.settle(ctx, t)
	if total := s.totals(ctx, t); total.GetWaiting() != 0 {
		t.Errorf("got %v, want nobody waiting", total)
	}
	s.compareWithLog(ctx, t)
}

// eachPupil visits what the officers of every school see.
func (s *system) eachPupil(ctx context.Context, t *testing.T, visit func(*reportingpb.Pupil)) {
	t.Helper()
	for _, school := range s.nation.Schools() {
		token, pages := "", 0
		for pages == 0 || token != "" {
			page, err := s.reporting.ListPupils(ctx, &reportingpb.ListPupilsRequest{Scope: school.Province + "/" + school.Code, PageToken: token, PageSize: 50})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range page.GetPupils() {
				visit(p)
			}
			token, pages = page.GetNextPageToken(), pages+1
		}
	}
}

// totals are the counts of the last window; every row must add up.
func (s *system) totals(ctx context.Context, t *testing.T) *reportingpb.Counts {
	t.Helper()
	p, err := s.reporting.GetProgress(ctx, &reportingpb.GetProgressRequest{Current: true})
	if err != nil {
		t.Fatal(err)
	}
	if !p.GetConserved() {
		t.Errorf("the report does not add up: %v", p)
	}
	return p.GetTotals()[len(p.GetTotals())-1]
}
