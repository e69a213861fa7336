package server

import (
	"context"
	"fmt"
	"slices"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
	"google.golang.org/protobuf/proto"
)

// history plays pupils who change, share a number, move to another school, are settled and asked about again.
func history(w *world) {
	w.people.know(an, binh, chi, dung)
	a := w.asking()
	w.send(schoolA, an, binh, chi)
	w.ask(a)
	w.send(schoolA, an.with(func(c *child) { c.BirthDate.Day++ }), numbered(chi, dung))
	w.send(schoolC, dung)
	w.ask(a)
	w.settle(schoolA, "an", "officer1", "officer2")
	w.settle(schoolA, "chi", "officer1")
	w.again("recheck", func() error {
		_, err := w.Recheck(context.Background(), &pb.RecheckRequest{Pupils: []string{"an", "binh", "dung"}})
		if fault.Is(err, fault.NotFound) { // the database hides one: the officer asks again
			return store.NotShown("test")
		}
		return err
	})
	w.ask(a)
	w.send(schoolA, an)
	w.send(schoolB, binh)
	w.send(schoolB, chi)
	w.ask(a)
}

// state is what came of the pupils of history, as schools, officers and exam registration see it.
func (w *world) state() []string {
	var out []string
	for _, c := range []child{an, binh, chi, dung} {
		j := w.judged(c.ref)
		out = append(out, fmt.Sprintf("%s %v at %s/%s of %d, seen %x, decided %q", c.ref, j.GetOutcome(), j.GetProvince(), j.GetSchool(), j.GetRevision(), j.GetSeen(), w.decision(c.ref)))
	}
	shared := map[string]*pb.SharedNumber{}
	for _, m := range w.all("identity.*.*", 0) {
		ev := new(pb.IdentitiesJudged)
		if err := proto.Unmarshal(m.Data, ev); err != nil {
			w.t.Fatal(err)
		}
		for _, n := range ev.GetShared() {
			if key := n.GetPupil() + " " + n.GetNumber(); n.GetBasis() >= shared[key].GetBasis() {
				shared[key] = n
			}
		}
	}
	for _, n := range shared {
		out = append(out, fmt.Sprint(n.GetPupil(), " shares ", n.GetNumber(), " with ", n.GetOthers()))
	}
	slices.Sort(out)
	return append(out, fmt.Sprint(listed(w.reviews(&pb.ListReviewsRequest{}))))
}

// TestADatabaseThatAnswersLate: a database that hides documents for a while, or shows them as they were, delays matching and changes nothing.
func TestADatabaseThatAnswersLate(t *testing.T) {
	quiet := newWorld(t)
	history(quiet)
	want := quiet.state()
	for seed := range uint64(6) {
		db := &storetest.Hiding{Seed: seed, PerMille: 400, Reads: 2, Spread: 5}
		w := worldOver(t, eventlogtest.NewLog(t, "matching"), func(in store.DB) store.DB {
			db.DB = in
			return db
		})
		w.twice = seed%2 == 1
		history(w)
		if got := w.state(); !slices.Equal(got, want) {
			t.Errorf("seed %d:\n got %q\nwant %q", seed, got, want)
		}
		if db.Hidden() == 0 {
			t.Errorf("seed %d: nothing was hidden", seed)
		}
	}
}

// without is a database that does not show some documents of pupils while it is told so.
type without struct {
	store.DB
	ids map[string]bool
}

func (d *without) Collection(name string) store.Collection {
	if name != pupilsName {
		return d.DB.Collection(name)
	}
	return withoutSome{d.DB.Collection(name), d}
}

type withoutSome struct {
	store.Collection
	of *without
}

func (c withoutSome) Get(ctx context.Context, ids []string) ([]store.Doc, error) {
	docs, err := c.Collection.Get(ctx, ids)
	for i, d := range docs {
		if c.of.ids[d.ID] {
			docs[i] = store.Doc{ID: d.ID}
		}
	}
	return docs, err
}

// TestAHiddenProfileIsNotSettled: a question about a pupil whose profile the database does not show stays in hand; the others of its batch are
// answered, once.
func TestAHiddenProfileIsNotSettled(t *testing.T) {
	db := &without{}
	w := worldOver(t, eventlogtest.NewLog(t, "matching"), func(in store.DB) store.DB {
		db.DB = in
		return db
	})
	w.people.know(an, binh, chi)
	a := w.asking()
	w.send(schoolA, an, binh, chi)
	w.project()
	c := a.consumer("01", false)
	batch := w.all(c.Filter[0], 0)
	db.ids = map[string]bool{w.drive.ID + "/binh": true}
	for range 3 {
		if err := c.Handle(context.Background(), slices.Clone(batch)); !fault.Is(err, fault.Unavailable) {
			t.Fatalf("got %v, want unavailable", err)
		}
	}
	w.project()
	if a, c := w.judged("an").GetOutcome(), w.judged("chi").GetOutcome(); a != confirmed || c != confirmed {
		t.Errorf("the others of the batch: %v and %v, want confirmed", a, c)
	}
	db.ids = nil
	if err := c.Handle(context.Background(), slices.Clone(batch)); err != nil {
		t.Fatal(err)
	}
	w.project()
	if got := w.judged("binh").GetOutcome(); got != confirmed {
		t.Errorf("got %v, want confirmed", got)
	}
	if got := w.people.asked(); len(got) != 3 {
		t.Errorf("asked about %d, want each of 3 once", len(got))
	}
}

// TestAClaimProvesItsProfile: a copy that stopped between a claim and its profile has acknowledged nothing. Who sees the claim needs not wait for the
// message, which may be given to it only later.
func TestAClaimProvesItsProfile(t *testing.T) {
	w := newWorld(t)
	w.send(schoolA, numbered(an, binh))
	stopped := w.all("submission.profile.*.*.*", 0)[0]
	_, claims, _, err := w.profilePatches(stopped)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.numbers.Merge(context.Background(), claims); err != nil {
		t.Fatal(err)
	}
	second := w.send(schoolA, binh)
	if err := w.profiles(context.Background(), w.all("submission.profile.*.*.*", second-1)); err != nil {
		t.Fatal(err)
	}
	w.hand("identities", "identity.*.*", w.identities)
	for _, m := range w.all("identity.*.*", 0) {
		ev := new(pb.IdentitiesJudged)
		if err := proto.Unmarshal(m.Data, ev); err != nil {
			t.Fatal(err)
		}
		for _, n := range ev.GetShared() {
			if n.GetPupil() == "binh" && slices.Equal(n.GetOthers(), []string{"an"}) {
				return
			}
		}
	}
	t.Error("the second of two pupils with one number was not told of the first")
}

// TestAWaitingPupilIsNotForgotten: an answer about the revision before a move that comes after the move leaves the pupil asked about again.
func TestAWaitingPupilIsNotForgotten(t *testing.T) {
	w := newWorld(t)
	w.people.know(an)
	a := w.asking()
	w.send(schoolA, an)
	w.project()
	c := a.consumer("01", false)
	open, _, err := (&line{asker: a, answered: map[uint64]bool{}}).open(context.Background(), w.all(c.Filter[0], 0))
	if err != nil || len(open) != 1 {
		t.Fatal(open, err)
	}
	moved := w.send(schoolC, an) // while the registry thinks
	w.project()
	if err := (&line{asker: a, answered: map[uint64]bool{}}).answer(context.Background(), open); err != nil {
		t.Fatal(err)
	}
	w.read[c.Durable] = 1 << 40
	w.ask(a)
	if got := w.judged("an"); got.GetOutcome() != confirmed || got.GetRevision() != moved {
		t.Errorf("got %v of %d, want confirmed of %d", got.GetOutcome(), got.GetRevision(), moved)
	}
}

// TestUnasked: a pupil who waits although no question is open is counted, and only that one.
func TestUnasked(t *testing.T) {
	w := newWorld(t)
	w.people.know(an, binh)
	a := w.asking()
	count := func(want int64) {
		t.Helper()
		if err := a.lookTwice(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got := a.unasked.get()["01"]; got != want || a.unasked.sum() != want || readLedger(a.gate.sign()).Unasked != want {
			t.Errorf("%d wait unasked, want %d", got, want)
		}
	}
	w.send(schoolA, an, binh)
	w.project()
	if _, err := a.openQuestions(context.Background()); !fault.Is(err, fault.NotFound) {
		t.Errorf("before there are lines: got %v, want not found", err)
	}
	line := func(province string, again bool, handle eventlog.Handler) (settle func()) {
		t.Helper()
		c := a.consumer(province, again)
		c.Handle = handle
		stop := eventlogtest.Run(t, w.log, c)
		return func() {
			t.Helper()
			eventlogtest.Settled(t, w.log, eventlog.Questions, c.Durable)
			stop()
		}
	}
	settled := func(context.Context, []eventlog.Message) error { return nil }
	let := make(chan struct{})
	first := line("01", false, func(context.Context, []eventlog.Message) error { <-let; return nil }) // as if both were settled
	for _, other := range []func(){line("01", true, settled), line("79", false, settled), line("79", true, settled)} {
		other()
	}
	count(0)
	close(let)
	first()
	count(2)
	w.again("recheck", func() error {
		_, err := w.Recheck(context.Background(), &pb.RecheckRequest{Unresolved: true})
		return err
	})
	w.ask(a)
	count(0)
}
