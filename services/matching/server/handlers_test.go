package server

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// Outcomes, short.
const (
	waiting     = pb.Outcome_OUTCOME_WAITING
	confirmed   = pb.Outcome_OUTCOME_CONFIRMED
	mismatched  = pb.Outcome_OUTCOME_MISMATCHED
	notFound    = pb.Outcome_OUTCOME_NOT_FOUND
	superseded  = pb.Outcome_OUTCOME_SUPERSEDED
	needsPerson = pb.Outcome_OUTCOME_NEEDS_PERSON
	passport    = pb.Outcome_OUTCOME_NOT_APPLICABLE
	duplicate   = pb.Outcome_OUTCOME_DUPLICATE
	decidedOn   = pb.Outcome_OUTCOME_SETTLED
)

var (
	an   = girl("an", "001305000101", "Nguyễn Thị An", "2005-03-05")
	binh = girl("binh", "001305000102", "Trần Thị Bình", "2005-04-06")
	chi  = girl("chi", "001305000103", "Lê Thị Chi", "2005-05-07")
	dung = girl("dung", "001305000104", "Phạm Thị Dung", "2005-06-08")
)

// numbered returns a pupil with another number.
func numbered(c child, from child) child {
	return c.with(func(c *child) { c.Identity.Number = from.Identity.Number })
}

// TestEveryOrder gives every handler a mixed history, each message twice and in reverse, and copies that read it one message at a time in random
// order: what is known of each pupil in the end is the same.
func TestEveryOrder(t *testing.T) {
	w := newWorld(t)
	w.twice = true
	w.people.know(an, binh, chi, dung)
	a := w.asking()
	w.send(schoolA, an, binh, chi)
	w.ask(a)
	w.send(schoolA, an.with(func(c *child) { c.BirthDate.Day++ }), numbered(chi, dung))
	w.send(schoolC, dung)
	w.ask(a)
	w.settle(schoolA, "an", "officer1", "officer2")
	w.settle(schoolA, "chi", "officer1")
	w.project()
	if _, err := w.Recheck(context.Background(), &pb.RecheckRequest{}); err != nil {
		t.Fatal(err)
	}
	w.ask(a)
	w.send(schoolA, an)
	w.ask(a)
	decided := w.decision("an")
	for ref, outcome := range map[string]pb.Outcome{"an": confirmed, "binh": confirmed, "chi": mismatched, "dung": confirmed} {
		if got := w.judged(ref).GetOutcome(); got != outcome {
			t.Errorf("%s: got %v, want %v", ref, got, outcome)
		}
	}
	for seed := range uint64(3) {
		o := w.another()
		r := rand.New(rand.NewPCG(seed, 3))
		type delivery struct {
			m      eventlog.Message
			handle eventlog.Handler
		}
		var all []delivery
		for _, from := range []struct {
			filter string
			handle eventlog.Handler
		}{{"submission.profile.*.*.*", o.profiles}, {"identity.*.*", o.identities}, {"decision.settle.*.*", o.decisions}} {
			for _, m := range w.all(from.filter, 0) {
				all = append(all, delivery{m, from.handle}, delivery{m, from.handle})
			}
		}
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, d := range all {
			if err := d.handle(context.Background(), []eventlog.Message{d.m}); err != nil {
				t.Fatal(err)
			}
		}
		// What the copy added in its confusion is read by both, and the questions are answered.
		o.project()
		o.ask(o.asking())
		w.project()
		for _, ref := range []string{"an", "binh", "chi", "dung"} {
			if a, b := w.judged(ref), o.judged(ref); a.GetOutcome() != b.GetOutcome() || string(a.GetSeen()) != string(b.GetSeen()) || a.GetRevision() != b.GetRevision() {
				t.Errorf("seed %d, %s: got %v of %d, want %v of %d", seed, ref, b.GetOutcome(), b.GetRevision(), a.GetOutcome(), a.GetRevision())
			}
		}
		if a, b := w.documents(), o.documents(); !slices.Equal(a, b) {
			t.Errorf("seed %d: got %v, want %v", seed, b, a)
		}
	}
	if got := w.decision("an"); got != decided || got == "" || w.decision("chi") == "" {
		t.Errorf("the decision about the first is %s, want %s", got, decided)
	}
}

// TestALateJudgement: h1, then h2, then h1 again before h2's judgement is projected, leaves the pupil asked again.
func TestALateJudgement(t *testing.T) {
	w := newWorld(t)
	w.people.know(an)
	a := w.asking()
	w.send(schoolA, an)
	w.ask(a)
	other := an.with(func(c *child) { c.FullName = "Nguyễn Thị Ánh" })
	w.send(schoolA, other)
	w.hand("profiles", "submission.profile.*.*.*", w.profiles)
	third := w.send(schoolA, an)
	w.hand("profiles", "submission.profile.*.*.*", w.profiles)
	before := w.people.calls()
	w.ask(a)
	if got := w.judged("an"); got.GetOutcome() != confirmed || got.GetRevision() != third {
		t.Errorf("got %v of revision %d, want confirmed of %d", got.GetOutcome(), got.GetRevision(), third)
	}
	if got := w.people.calls() - before; got != 1 {
		t.Errorf("asked %d times, want once: the question about what was in between is void", got)
	}
}

// TestAQuestionSurvives: the log refuses what follows from a profile in part, the question or that the pupil waits. Whoever is given the message after
// that, as for the first time, writes what is missing, and the pupil is asked about once.
func TestAQuestionSurvives(t *testing.T) {
	for _, refused := range []string{"question.>", "identity.>"} {
		s := eventlogtest.Start(t, func(o *server.Options) {
			o.Users = []*server.User{{Username: "all"}, {Username: "mute", Permissions: &server.Permissions{Publish: &server.SubjectPermission{Deny: []string{refused}}}}}
		})
		w := worldOn(t, eventlogtest.OpenLog(t, s.Conn(t, nats.UserInfo("all", "")), eventlog.Config{Service: "matching"}))
		w.people.know(an, binh)
		well := w.log
		mute := eventlogtest.OpenLog(t, s.Conn(t, nats.UserInfo("mute", "")), eventlog.Config{Service: "matching"})
		w.send(schoolA, an, binh)
		batch := w.all("submission.profile.*.*.*", 0)
		w.Server.log = mute
		if err := w.profiles(context.Background(), batch); !fault.Is(err, fault.Unavailable) {
			t.Fatalf("%s: got %v, want unavailable", refused, err)
		}
		w.Server.log = well
		w.hand("identities", "identity.*.*", w.identities)
		if err := w.profiles(context.Background(), batch); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(w.questions(false), "an") || !slices.Contains(w.questions(false), "binh") {
			t.Errorf("%s: got the questions %v, want one about each", refused, w.questions(false))
		}
		w.ask(w.asking())
		if got := w.judged("an").GetOutcome(); got != confirmed || w.people.calls() != 1 {
			t.Errorf("%s: got %v after %d calls, want confirmed after one", refused, got, w.people.calls())
		}
		asked := len(w.questions(false))
		if err := w.profiles(context.Background(), batch); err != nil || len(w.questions(false)) != asked {
			t.Errorf("%s: delivered once more: %v, %v; want nothing new", refused, w.questions(false), err)
		}
	}
}
