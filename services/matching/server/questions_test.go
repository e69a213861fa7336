package server

import (
	"context"
	"slices"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
)

// line hands some questions to a line of an asker that has none in hand.
func (w *world) line(a *asker, again bool, batch ...eventlog.Message) {
	w.t.Helper()
	if err := a.consumer("01", again).Handle(context.Background(), batch); err != nil {
		w.t.Fatal(err)
	}
}

// TestAVoidQuestion: a question about an identity that the pupil no longer has is not asked, nor one about a number that cannot be asked about.
func TestAVoidQuestion(t *testing.T) {
	w := newWorld(t)
	w.people.know(an, binh)
	a := w.asking()
	w.send(schoolA, an, binh)
	w.project()
	old := w.all("question.first.01.*", 0)
	w.send(schoolA, numbered(an, dung), binh.with(func(c *child) { c.Identity.Number = "1305000102" }))
	w.project()
	w.line(a, false, old...)
	if got := w.people.calls(); got != 0 {
		t.Errorf("asked %d times about what changed, want never", got)
	}
	w.ask(a)
	if got := w.people.asked(); !slices.Equal(got, []string{dung.Identity.Number.Reveal()}) {
		t.Errorf("asked about %d numbers, want the new one alone", len(got))
	}
	if w.judged("an").GetOutcome() != notFound || w.judged("binh").GetOutcome() != needsPerson {
		t.Errorf("got %v and %v", w.judged("an").GetOutcome(), w.judged("binh").GetOutcome())
	}
}

// TestAnAnsweredQuestion is not asked again when it is delivered again; a re-check is, until there is an answer that is newer than it.
func TestAnAnsweredQuestion(t *testing.T) {
	w := newWorld(t)
	w.people.know(an)
	a := w.asking()
	w.send(schoolA, an)
	w.ask(a)
	first := w.all("question.first.01.*", 0)
	w.line(a, false, first...)
	if got := w.people.calls(); got != 1 {
		t.Fatalf("asked %d times, want once", got)
	}
	if _, err := w.Recheck(context.Background(), &pb.RecheckRequest{Pupils: []string{"an"}}); err != nil {
		t.Fatal(err)
	}
	w.project()
	again := w.all("question.again.01.*", 0)
	w.line(a, true, again...)
	w.project()
	w.line(a, true, again...)
	if got := w.people.calls(); got != 2 {
		t.Errorf("asked %d times, want twice: the re-check has its answer", got)
	}
	// The identity as it was before: the revision of the profile is newer, the answer stands.
	w.send(schoolA, an)
	w.ask(a)
	if got := w.people.calls(); got != 2 || w.judged("an").GetOutcome() != confirmed {
		t.Errorf("asked %d times about the same identity, want no more", got)
	}
}

// TestOneBatchAsksOnce: a pupil who stands twice in a batch is asked about once.
func TestOneBatchAsksOnce(t *testing.T) {
	w := newWorld(t)
	w.people.know(an)
	w.send(schoolA, an)
	w.project()
	first := w.all("question.first.01.*", 0)
	w.line(w.asking(), false, first[0], first[0])
	if got := w.people.asked(); len(got) != 1 {
		t.Errorf("asked about %d pupils, want 1", len(got))
	}
}

// TestALateQuestion: a copy that has not heard of the answer says that the pupil waits; the answer stands.
func TestALateQuestion(t *testing.T) {
	w := newWorld(t)
	w.people.know(an)
	a := w.asking()
	w.send(schoolA, an)
	w.ask(a)
	o := w.another()
	o.hand("profiles", "submission.profile.*.*.*", o.profiles)
	w.ask(a)
	o.project()
	for _, w := range []*world{w, o} {
		if got := w.judged("an").GetOutcome(); got != confirmed {
			t.Errorf("got %v, want confirmed", got)
		}
	}
	if got := w.people.calls(); got != 1 {
		t.Errorf("asked %d times, want once", got)
	}
}

// TestWhatNeedsNoQuestion is judged at once.
func TestWhatNeedsNoQuestion(t *testing.T) {
	w := newWorld(t)
	w.send(schoolA,
		an.with(func(c *child) { c.Identity.Kind, c.Identity.Number = "passport", "B1234567" }),
		binh.with(func(c *child) { c.Identity.Kind, c.Identity.Number = "none", "" }),
		chi.with(func(c *child) { c.Identity.Number = "79305000103" }))
	w.ask(w.asking())
	for ref, want := range map[string]pb.Outcome{"an": passport, "binh": needsPerson, "chi": needsPerson} {
		if got := w.judged(ref); got.GetOutcome() != want || got.GetMessageVi() == "" || len(got.GetSeen()) != 16 || got.GetSchool() != "01000701" {
			t.Errorf("%s: got %v, want %v", ref, got.GetOutcome(), want)
		}
	}
	if got := w.judged("chi").GetProposal().GetKind(); got != "leading_zero" {
		t.Errorf("proposed %q, want the zero that was lost", got)
	}
	if got := w.questions(false); len(got) != 0 || w.people.calls() != 0 {
		t.Errorf("%d questions, want none", len(got))
	}
}

// TestASharedNumber stands in the review of both who claim it, for as long as both do.
func TestASharedNumber(t *testing.T) {
	w := newWorld(t)
	w.twice = true
	w.people.know(an)
	a := w.asking()
	w.send(schoolA, an)
	w.ask(a)
	w.send(schoolC, numbered(chi, an))
	w.ask(a)
	got := w.reviews(&pb.ListReviewsRequest{})
	if !slices.Equal(listed(got), []string{"an DUPLICATE", "chi DUPLICATE"}) {
		t.Fatalf("got %v, want both", listed(got))
	}
	if got[0].GetJudgement().GetOutcome() != confirmed || got[1].GetJudgement().GetOutcome() != mismatched ||
		!slices.Equal(got[0].GetSharedWith(), []string{"chi"}) || !slices.Equal(got[1].GetSharedWith(), []string{"an"}) {
		t.Errorf("got %v with %v and %v with %v", got[0].GetJudgement().GetOutcome(), got[0].GetSharedWith(), got[1].GetJudgement().GetOutcome(), got[1].GetSharedWith())
	}
	w.people.know(chi)
	w.send(schoolC, chi)
	w.ask(a)
	if got := listed(w.reviews(&pb.ListReviewsRequest{})); len(got) != 0 {
		t.Errorf("got %v after one let go, want nobody", got)
	}
}
