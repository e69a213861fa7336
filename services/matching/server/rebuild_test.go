package server

import (
	"context"
	"slices"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

// mixed lives through a history of profiles that change, numbers that are shared and let go, settlements and re-checks.
func mixed(w *world) {
	e, f := girl("e", "001305000105", "Vũ Thị Em", "2005-05-05"), girl("f", "001305000106", "Vũ Thị Gấm", "2005-05-06")
	w.people.know(an, binh, chi, dung, e)
	w.people.cancelled[f.Identity.Number] = true
	w.send(schoolA, an, binh.with(func(c *child) { c.Gender = student.Male }), chi)
	w.send(schoolC, dung, f, e.with(func(c *child) { c.Identity.Kind, c.Identity.Number = student.NoNumber, "" }))
	w.settled()
	w.send(schoolB, numbered(girl("g", "", "Hồ Thị Lan", "2005-02-02"), an), numbered(girl("h", "", "Hồ Thị Mai", "2005-02-02"), chi))
	w.send(schoolA, an.with(func(c *child) { c.FullName = "Nguyễn Thị Ân" }))
	w.settled()
	w.send(schoolB, girl("h", "001305000107", "Hồ Thị Mai", "2005-02-02"))
	w.settled()
	for _, one := range []struct{ scope, ref, officer string }{
		{schoolA, "binh", "officer1"}, {schoolA, "binh", "officer2"}, {schoolC, "f", "officer1"}, {schoolC, "e", "officer1"},
	} {
		if _, err := w.Settle(acting(one.officer), settling(one.scope, one.ref, one.officer, w.judged(one.ref).GetSeen())); err != nil {
			w.t.Fatal(err)
		}
	}
	if _, err := w.Recheck(context.Background(), &pb.RecheckRequest{Scope: "79"}); err != nil {
		w.t.Fatal(err)
	}
	w.settled()
}

// TestRebuild throws everything away and has it back: the same documents and reviews, and nobody is asked anything.
func TestRebuild(t *testing.T) {
	w := newWorld(t)
	stop := w.run()
	mixed(w)
	stop()
	docs, reviews := w.documents(), listed(w.reviews(&pb.ListReviewsRequest{}))
	if want := []string{"an DUPLICATE", "g DUPLICATE", "h NOT_FOUND", "f SUPERSEDED"}; !slices.Equal(reviews, want) {
		t.Errorf("before: got %v, want %v", reviews, want)
	}
	calls, questions, identities := w.people.calls(), w.all("question.*.*.*", 0), w.all("identity.*.*", 0)

	if err := w.Rebuild(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := w.documents(); !slices.Equal(got, docs) {
		t.Errorf("after the rebuild: %d facets, want the %d from before", len(got), len(docs))
	}
	w.run()
	w.settled()
	if got := w.documents(); !slices.Equal(got, docs) {
		t.Errorf("after it ran: %d facets, want the %d from before", len(got), len(docs))
	}
	if got := listed(w.reviews(&pb.ListReviewsRequest{})); !slices.Equal(got, reviews) {
		t.Errorf("the reviews are %v, want %v", got, reviews)
	}
	if got := listed(w.reviews(&pb.ListReviewsRequest{Outcomes: []pb.Outcome{decidedOn}})); !slices.Equal(got, []string{"binh SETTLED", "e SETTLED"}) {
		t.Errorf("settled are %v", got)
	}
	if got := w.people.calls() - calls; got != 0 {
		t.Errorf("the registry was asked %d times", got)
	}
	if got := len(w.all("question.*.*.*", 0)) - len(questions); got != 0 {
		t.Errorf("%d questions were opened", got)
	}
	last := identities[len(identities)-1].Sequence
	known := map[string]bool{}
	for _, m := range w.all("identity.*.*", 0) {
		ev := new(pb.IdentitiesJudged)
		if err := proto.Unmarshal(m.Data, ev); err != nil {
			t.Fatal(err)
		}
		if m.Sequence > last && len(ev.GetJudgements())+len(ev.GetDecisions()) > 0 {
			t.Errorf("%d judgements and %d decisions were appended", len(ev.GetJudgements()), len(ev.GetDecisions()))
		}
		for _, n := range ev.GetShared() {
			if m.Sequence > last && !known[n.String()] {
				t.Errorf("news of a shared number of %s was appended", n.GetPupil())
			}
			known[n.String()] = true
		}
	}
}

// TestRebuildOfNothing is no error, and neither is one after messages that nobody can read.
func TestRebuildOfNothing(t *testing.T) {
	w := newWorld(t)
	if err := w.Rebuild(context.Background()); err != nil {
		t.Error(err)
	}
	w.send(schoolA, an)
	w.project()
	for _, ev := range []eventlog.Event{
		{Subject: "submission.profile.01.01000701.bad", Type: wire.TypeSubmission}, {Subject: "submission.results.01.01000701.other", Type: wire.TypeSubmission},
		{Subject: "identity.01.01000701", Type: wire.TypeIdentities}, {Subject: "decision.settle.01.01000701", Type: wire.TypeSettled},
		{Subject: "decision.settle.01.01000701", Type: "another.v1"},
	} {
		ev.Data = []byte{0xff}
		if _, err := w.log.Append(context.Background(), ev); err != nil {
			t.Fatal(err)
		}
	}
	docs := w.documents()
	if err := w.Rebuild(context.Background()); err != nil {
		t.Error(err)
	}
	if got := w.documents(); !slices.Equal(got, docs) {
		t.Errorf("got %d facets, want the %d from before", len(got), len(docs))
	}
}

// TestARebuildLosesNoQuestion has a process die between a pupil's waiting and the question, and everything rebuilt before it is started again.
func TestARebuildLosesNoQuestion(t *testing.T) {
	w := newWorld(t)
	w.people.know(an, binh)
	w.send(schoolA, an)
	w.project()
	waiting := &pb.IdentitiesJudged{Drive: w.drive.ID, Judgements: []*pb.Judgement{proto.CloneOf(w.judged("an"))}}
	lost := newWorld(t)
	lost.people.know(an, binh)
	lost.send(schoolA, an)
	lost.put("identity.01.01000701", wire.TypeIdentities, waiting)
	if err := lost.Rebuild(context.Background()); err != nil {
		t.Fatal(err)
	}
	lost.ask(lost.asking())
	if got := lost.judged("an").GetOutcome(); got != pb.Outcome_OUTCOME_CONFIRMED {
		t.Errorf("got %s, want CONFIRMED", got)
	}
	lost.send(schoolA, binh)
	lost.ask(lost.asking())
	if got := lost.questions(false); !slices.Equal(got, []string{"an", "binh"}) {
		t.Errorf("asked about %v, want each once", got)
	}
}
