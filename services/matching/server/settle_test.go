package server

import (
	"context"
	"slices"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
	"google.golang.org/protobuf/proto"
)

// TestOfficersNeeded: one officer settles what the registry cannot say anything about; where it said no, two different ones are needed.
func TestOfficersNeeded(t *testing.T) {
	w := newWorld(t)
	w.people.know(binh)
	w.people.cancelled[dung.Identity.Number] = true
	w.send(schoolA, an.with(func(c *child) { c.Identity.Kind, c.Identity.Number = student.NoNumber, "" }),
		binh.with(func(c *child) { c.Gender = student.Male }), chi, dung)
	w.ask(w.asking())
	for ref, outcome := range map[string]pb.Outcome{"an": needsPerson, "binh": mismatched, "chi": notFound, "dung": superseded} {
		if got := w.judged(ref).GetOutcome(); got != outcome {
			t.Fatalf("%s: got %v, want %v", ref, got, outcome)
		}
		for i, officer := range []string{"officer1", "officer1", "officer2"} {
			missing := int32(0)
			if ref != "an" {
				missing = []int32{1, 1, 0}[i]
			}
			resp := w.settle(schoolA, ref, officer)
			if resp.GetOfficersMissing() != missing || resp.GetSequence() == 0 || resp.GetStoredAt() == nil {
				t.Errorf("%s after %d: %d are missing, want %d", ref, i+1, resp.GetOfficersMissing(), missing)
			}
			if got := w.isSettled(ref); got != (missing == 0) {
				t.Errorf("%s after %d: settled %v", ref, i+1, got)
			}
		}
	}
	for _, r := range w.reviews(&pb.ListReviewsRequest{Outcomes: []pb.Outcome{decidedOn}}) {
		needed := map[bool]int32{true: 1, false: 2}[r.GetJudgement().GetPupil() == "an"]
		if len(r.GetSettlements()) != 2 || r.GetOfficersNeeded() != needed {
			t.Errorf("%s: %d settlements, %d needed", r.GetJudgement().GetPupil(), len(r.GetSettlements()), r.GetOfficersNeeded())
		}
		if one := r.GetSettlements()[0]; one.GetReason() == "" || one.GetStoredAt() == nil || one.GetEvidence() != pb.Evidence_EVIDENCE_BIRTH_CERTIFICATE {
			t.Errorf("%s: the settlement lacks something", r.GetJudgement().GetPupil())
		}
	}
}

// TestWithdraw: an officer takes back his own decision, and nobody else's.
func TestWithdraw(t *testing.T) {
	w := newWorld(t)
	w.send(schoolA, an)
	w.ask(w.asking())
	w.settle(schoolA, "an", "officer1", "officer2")
	settled := w.decision("an")
	back := func(officer string) (*pb.SettleResponse, error) {
		req := settling(schoolA, "an", officer, w.judged("an").GetSeen())
		req.Withdraw = true
		resp, err := w.Settle(acting(req.GetOfficer()), req)
		w.project()
		return resp, err
	}
	if _, err := back("officer3"); !fault.Is(err, fault.Invalid) || !w.isSettled("an") {
		t.Errorf("got %v, settled %v; want invalid and settled", err, w.isSettled("an"))
	}
	resp, err := back("officer1")
	if err != nil || resp.GetOfficersMissing() != 1 || w.isSettled("an") || w.decision("an") == settled {
		t.Errorf("got %v, %d missing, settled %v; want one missing", err, resp.GetOfficersMissing(), w.isSettled("an"))
	}
	if _, err := back("officer1"); !fault.Is(err, fault.Invalid) {
		t.Errorf("twice: got %v, want invalid", err)
	}
	w.settle(schoolA, "an", "officer1")
	if !w.isSettled("an") {
		t.Error("not settled by the officer who changed his mind again")
	}
}

// TestASettlementLapses with the facts that it rests on, and comes back with them.
func TestASettlementLapses(t *testing.T) {
	w := newWorld(t)
	a := w.asking()
	changed := an.with(func(c *child) { c.FullName = "Nguyễn Thị Ân" })
	w.send(schoolA, an)
	w.ask(a)
	w.settle(schoolA, "an", "officer1", "officer2")
	seen := w.judged("an").GetSeen()
	recheck := func() {
		if _, err := w.Recheck(context.Background(), &pb.RecheckRequest{}); err != nil {
			t.Fatal(err)
		}
		w.ask(a)
	}
	for _, step := range []struct {
		name    string
		do      func()
		settled bool
	}{
		{"settled", func() {}, true},
		{"another name", func() { w.send(schoolA, changed); w.ask(a) }, false},
		{"the name as it was", func() { w.send(schoolA, an); w.ask(a) }, true},
		{"the same profile once more, in another class", func() { w.send(schoolA, an.with(func(c *child) { c.Class = "12A2" })); w.ask(a) }, true},
		{"the registry has another person", func() { w.people.know(changed); recheck() }, false},
		{"the registry says the same again", func() { w.people.persons = newPeople().persons; recheck() }, true},
		{"asked again, and nothing new", recheck, true},
	} {
		if step.do(); w.isSettled("an") != step.settled {
			t.Errorf("%s: settled %v", step.name, !step.settled)
		}
		_, err := w.Settle(acting("officer3"), settling(schoolA, "an", "officer3", seen))
		if step.settled != (err == nil) || err != nil && !fault.Is(err, fault.Conflict) {
			t.Errorf("%s: to settle what was seen at first gives %v", step.name, err)
		}
		w.project()
	}
}

// TestASettlementIsOfItsCause: when the registry says no for another reason, the officers have not seen it.
func TestASettlementIsOfItsCause(t *testing.T) {
	w := newWorld(t)
	a := w.asking()
	w.people.know(an.with(func(c *child) { c.Gender = student.Male }))
	w.send(schoolA, an)
	w.ask(a)
	w.settle(schoolA, "an", "officer1", "officer2")
	if !w.isSettled("an") {
		t.Error("not settled by two")
	}
	w.people.know(an.with(func(c *child) { c.BirthDate.Day++ }))
	if _, err := w.Recheck(context.Background(), &pb.RecheckRequest{}); err != nil {
		t.Fatal(err)
	}
	w.ask(a)
	if got := w.judged("an"); got.GetOutcome() != mismatched || w.isSettled("an") {
		t.Errorf("got %v, settled %v; want another mismatch that nobody has settled", got.GetOutcome(), w.isSettled("an"))
	}
}

// acting is a call of an account.
func acting(account string) context.Context {
	return access.With(context.Background(), access.Caller{Subject: account})
}

// TestWhoCannotSettle has the errors of Settle.
func TestWhoCannotSettle(t *testing.T) {
	w := newWorld(t)
	w.people.know(an)
	a := w.asking()
	w.send(schoolA, an, binh, chi.with(func(c *child) { c.Identity.Kind, c.Identity.Number = student.Passport, "B1234567" }))
	w.ask(a)
	w.send(schoolB, dung) // waits: nobody asks
	w.project()
	stale := proto.CloneOf(w.judged("binh"))
	tests := []struct {
		name       string
		scope, ref string
		seen       []byte
		want       fault.Kind
	}{
		{"confirmed", schoolA, "an", w.judged("an").GetSeen(), fault.Invalid},
		{"a passport", schoolA, "chi", w.judged("chi").GetSeen(), fault.Invalid},
		{"waiting", schoolB, "dung", w.judged("dung").GetSeen(), fault.Invalid},
		{"nobody", schoolA, "nobody", stale.GetSeen(), fault.NotFound},
		{"of another school", schoolB, "binh", stale.GetSeen(), fault.NotFound},
		{"something else seen", schoolA, "binh", make([]byte, 16), fault.Conflict},
	}
	for _, tt := range tests {
		if _, err := w.Settle(acting("officer1"), settling(tt.scope, tt.ref, "officer1", tt.seen)); !fault.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
	// Whose decision it is, the token says.
	req := settling(schoolA, "binh", "officer1", stale.GetSeen())
	if _, err := w.Settle(acting("officer2"), req); !fault.Is(err, fault.Denied) {
		t.Errorf("in another's name: got %v, want denied", err)
	}
	if _, err := w.Settle(context.Background(), req); !fault.Is(err, fault.Invalid) {
		t.Errorf("without a token: got %v, want invalid", err)
	}
	// The profile has changed, and its judgement is not there yet.
	w.send(schoolA, numbered(binh, dung))
	w.hand("profiles", "submission.profile.*.*.*", w.profiles)
	if _, err := w.Settle(acting("officer1"), settling(schoolA, "binh", "officer1", stale.GetSeen())); !fault.Is(err, fault.Conflict) {
		t.Errorf("a profile that changed: got %v, want conflict", err)
	}
	if got := w.all("decision.>", 0); len(got) != 0 {
		t.Errorf("%d decisions in the log, want none", len(got))
	}
}

// TestDecisionsInAnyOrder: a copy that reads the decisions before anything else, and in reverse, says the same of them.
func TestDecisionsInAnyOrder(t *testing.T) {
	w := newWorld(t)
	w.send(schoolA, an)
	w.ask(w.asking())
	w.settle(schoolA, "an", "officer1", "officer2", "officer1")
	want, before := w.decision("an"), w.all("identity.*.*", 0)
	o := w.another()
	batch := w.all("decision.>", 0)
	slices.Reverse(batch)
	for _, m := range batch {
		if err := o.decisions(context.Background(), []eventlog.Message{m}); err != nil {
			t.Fatal(err)
		}
	}
	more := w.all("identity.*.*", before[len(before)-1].Sequence)
	if got := w.decision("an"); got != want || len(more) != len(batch) {
		t.Errorf("got %s in %d events, want %s in %d", got, len(more), want, len(batch))
	}
	o.project()
	if !o.isSettled("an") {
		t.Error("not settled where the decisions came first")
	}
}
