package server

import (
	"slices"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
)

// TestOneHasTheNumber: two pupils claim one number, and officers decide whose it is. Only one of them can have it, and the decision binds to who claims it.
func TestOneHasTheNumber(t *testing.T) {
	w := newWorld(t)
	w.twice = true
	w.people.know(an)
	a := w.asking()
	w.send(schoolA, an)
	w.ask(a)
	w.send(schoolC, numbered(chi, an))
	w.ask(a)
	review := func(ref string) *pb.Review {
		t.Helper()
		for _, r := range w.reviews(&pb.ListReviewsRequest{Outcomes: []pb.Outcome{pb.Outcome_OUTCOME_DUPLICATE, decidedOn, mismatched}}) {
			if r.GetJudgement().GetPupil() == ref {
				return r
			}
		}
		return nil
	}
	settle := func(school, ref, officer string, seen []byte, withdraw bool) (*pb.SettleResponse, error) {
		t.Helper()
		req := settling(school, ref, officer, seen)
		req.Withdraw = withdraw
		resp, err := w.Settle(acting(req.GetOfficer()), req)
		w.project()
		return resp, err
	}
	anSeen, chiSeen := review("an").GetJudgement().GetSeen(), review("chi").GetJudgement().GetSeen()
	if !slices.Equal(anSeen, wire.SeenShared(w.judged("an").GetSeen(), []string{"chi"})) {
		t.Error("what is seen of an does not say who shares the number")
	}
	if _, err := settle(schoolA, "an", "lan", w.judged("an").GetSeen(), false); !fault.Is(err, fault.Invalid) {
		t.Errorf("a confirmed identity, without having seen who shares the number: got %v, want invalid", err)
	}
	if resp, err := settle(schoolA, "an", "lan", anSeen, false); err != nil || resp.GetOfficersMissing() != 0 || review("an").GetOutcome() != decidedOn {
		t.Fatalf("got %v, %v, the review says %v", resp, err, review("an").GetOutcome())
	}
	if got := review("chi").GetOutcome(); got != pb.Outcome_OUTCOME_DUPLICATE {
		t.Errorf("the other: got %v, want DUPLICATE", got)
	}
	if _, err := settle(schoolC, "chi", "hoa", chiSeen, false); !fault.Is(err, fault.Conflict) {
		t.Errorf("both: got %v, want conflict", err)
	}
	if _, err := settle(schoolA, "an", "lan", anSeen, true); err != nil || review("an").GetOutcome() != pb.Outcome_OUTCOME_DUPLICATE {
		t.Errorf("taken back: got %v, the review says %v", err, review("an").GetOutcome())
	}
	for i, officer := range []string{"hoa", "minh"} { // the registry does not know chi by that number
		if resp, err := settle(schoolC, "chi", officer, chiSeen, false); err != nil || resp.GetOfficersMissing() != int32(1-i) {
			t.Errorf("got %v, %v, want %d missing", resp, err, 1-i)
		}
	}
	if review("chi").GetOutcome() != decidedOn || review("an").GetOutcome() != pb.Outcome_OUTCOME_DUPLICATE {
		t.Errorf("got chi %v, an %v", review("chi").GetOutcome(), review("an").GetOutcome())
	}
	// The identity as such is settled with it: once nobody shares the number, nobody has to decide again.
	w.send(schoolA, an.with(func(c *child) { c.Identity.Number = dung.Identity.Number }))
	w.ask(a)
	if got := review("chi"); got.GetOutcome() != decidedOn || len(got.GetSharedWith()) != 0 || !w.isSettled("chi") {
		t.Errorf("alone: got %v with %v", got.GetOutcome(), got.GetSharedWith())
	}
	if _, err := settle(schoolA, "an", "lan", anSeen, false); !fault.Is(err, fault.Conflict) {
		t.Errorf("facts that have changed: got %v, want conflict", err)
	}
}
