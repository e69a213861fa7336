package server

import (
	"slices"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/student"
)

func verifying(hypotheses bool) func(*drive.Drive) {
	return func(d *drive.Drive) { d.Registry, d.Asking.Hypotheses = drive.RegistryVerify, hypotheses }
}

// TestVerify asks a registry that says only yes or no, with and without hypotheses. What the school reported stands in every case.
func TestVerify(t *testing.T) {
	swapped := chi.with(func(c *child) { c.BirthDate = student.Date{Year: 2005, Month: 7, Day: 5} })
	spaced := binh.with(func(c *child) { c.FullName = "Trần  Thị Bình" })
	both := girl("both", "001305000114", "Hoàng  Thị Thúy", "2005-03-04")
	newTone := girl("", "001305000114", "Hoàng Thị Thuý", "2005-03-04")
	unlike := dung.with(func(c *child) { c.FullName = "Phạm Thị Dũng" })
	type want struct {
		outcome pb.Outcome
		asked   []string // what was tried, in order; "!" before the one that held
	}
	tests := []struct {
		hypotheses bool
		want       map[string]want
	}{
		{false, map[string]want{
			"an": {confirmed, []string{"!"}}, "chi": {mismatched, []string{""}}, "binh": {mismatched, []string{""}}, "both": {mismatched, []string{""}}, "dung": {mismatched, []string{""}},
		}},
		{true, map[string]want{
			"an": {confirmed, []string{"!"}}, "chi": {mismatched, []string{"", "!day_month_swapped"}},
			"binh": {confirmed, []string{"", "day_month_swapped", "!lookalike"}},
			"both": {confirmed, []string{"", "day_month_swapped", "lookalike", "!tone_new"}},
			"dung": {mismatched, []string{"", "day_month_swapped"}},
		}},
	}
	for _, tt := range tests {
		w := newWorld(t, verifying(tt.hypotheses))
		w.people.know(an, binh, chi, dung, newTone)
		w.send(schoolA, an, swapped, spaced, both, unlike)
		w.ask(w.asking())
		for ref, want := range tt.want {
			got := w.judged(ref)
			var asked []string
			for _, a := range got.GetAsked() {
				if a.GetWay() != pb.Way_WAY_VERIFY {
					t.Errorf("%s was asked about by %v", ref, a.GetWay())
				}
				asked = append(asked, map[bool]string{true: "!"}[a.GetYes()]+a.GetHypothesis())
			}
			if got.GetOutcome() != want.outcome || !slices.Equal(asked, want.asked) {
				t.Errorf("hypotheses %v, %s: got %v after %q, want %v after %q", tt.hypotheses, ref, got.GetOutcome(), asked, want.outcome, want.asked)
			}
			if len(asked) > 1+matching.MaxHypotheses {
				t.Errorf("%s was asked about %d times", ref, len(asked))
			}
			if (got.GetProposal() != nil) != (ref == "chi" && tt.hypotheses) {
				t.Errorf("hypotheses %v, %s: the proposal is %v", tt.hypotheses, ref, got.GetProposal().GetKind())
			}
		}
		if got := w.judged("chi").GetProposal(); tt.hypotheses && (got.GetPersonal().GetReported() != "2005-07-05" || got.GetPersonal().GetProposed() != "2005-05-07") {
			t.Errorf("the proposal is %s of %v", got.GetKind(), got.GetField())
		}
		if got := causes(w.judged("chi")); len(got) != map[bool]int{true: 1}[tt.hypotheses] {
			t.Errorf("hypotheses %v: the causes are %v", tt.hypotheses, got)
		}
		if len(w.people.lookups) != 0 || len(w.people.verifies) != map[bool]int{false: 1, true: 4}[tt.hypotheses] {
			t.Errorf("hypotheses %v: %d calls", tt.hypotheses, w.people.calls())
		}
	}
}
