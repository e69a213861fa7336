package server

import (
	"context"
	"fmt"
	"testing"

	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
	"github.com/rasoat/rasoat/services/student/wire"
)

// TestADatabaseThatAnswersLate: a database hides some documents for a while, or shows them as they were. Every pupil has a record in the end, whom
// the registry refuses later has it taken back, and a school is counted whole: a caller is answered so, or that it is unavailable.
func TestADatabaseThatAnswersLate(t *testing.T) {
	const pupils = 24
	db := &storetest.Hiding{DB: storetest.NewMemory(), Seed: 3, PerMille: 250, Reads: 1, Spread: 3}
	s := serveOver(t, testDrive, db)
	ref := func(i int) string { return fmt.Sprintf("p%02d", i) }
	for i := range pupils {
		s.pupil(t, testSchool, ref(i), "12A1", nil)
	}
	s.settle(t)
	for i := range pupils {
		if s.standing(t, ref(i)).GetVerified() == nil {
			t.Errorf("%s has no record", ref(i))
		}
	}
	for i := range pupils {
		s.put(t, "identity.01.01000701", wire.TypeIdentities, &matchingpb.IdentitiesJudged{Drive: testDrive.ID, Judgements: []*matchingpb.Judgement{
			{Pupil: ref(i), Revision: 1 << 40, IdentityHash: []byte(ref(i)), Outcome: matchingpb.Outcome_OUTCOME_MISMATCHED},
		}})
	}
	s.settle(t)
	for i := range pupils {
		if s.standing(t, ref(i)).GetWithdrawn() == nil {
			t.Errorf("the record of %s stands", ref(i))
		}
	}
	if db.Hidden() == 0 {
		t.Error("nothing was hidden")
	}
	ctx := access.With(context.Background(), access.Caller{Subject: "lan"})
	for range 20 {
		resp, err := s.GetProgress(ctx, &pb.GetProgressRequest{Scope: testSchool, Current: true})
		if fault.Is(err, fault.Unavailable) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := resp.GetSchools()[0].GetWindows()[0]; got.GetExpected() != pupils || got.GetMismatched() != pupils {
			t.Errorf("counted %d of %d pupils, %d mismatched", got.GetExpected(), pupils, got.GetMismatched())
		}
	}
	for i := range pupils {
		for {
			_, err := s.Explain(ctx, &pb.ExplainRequest{Scope: testSchool, Pupil: ref(i)})
			if err == nil {
				break
			}
			if !fault.Is(err, fault.Unavailable) {
				t.Fatalf("%s: got %v, want to be told to come back", ref(i), err)
			}
		}
	}
}

// TestAHiddenPupilIsDerivedAgain: of a batch of which one pupil is not shown, nothing is acknowledged and nothing lost.
func TestAHiddenPupilIsDerivedAgain(t *testing.T) {
	db := &storetest.Hiding{DB: storetest.NewMemory(), PerMille: 1000, Reads: 1}
	s := &service{Server: copyOn(db)}
	from := s.sources()[0]
	m := eventlog.Message{Subject: "submission.profile.01.01000701.s", Type: wire.TypeSubmission, Sequence: 5, Data: encode(t, submission(testSchool, record("an", profile, "an")))}
	unavailable := 0
	for {
		err := s.handle(from)(context.Background(), []eventlog.Message{m})
		if err == nil {
			break
		}
		if !fault.Is(err, fault.Unavailable) {
			t.Fatal(err)
		}
		unavailable++
	}
	if unavailable == 0 {
		t.Error("a pupil who is not shown was taken for done")
	}
}

// lateRoster is a database of which only the roster answers late.
type lateRoster struct {
	store.DB
	late store.DB
}

func (d lateRoster) Collection(name string) store.Collection {
	if name == rosterName {
		return d.late.Collection(name)
	}
	return d.DB.Collection(name)
}

// TestAWrongCountIsCorrected: a count that misses a pupil, because the roster was read in part, does not stay although nothing changes any more.
func TestAWrongCountIsCorrected(t *testing.T) {
	ctx := context.Background()
	memory := storetest.NewMemory()
	writer := copyOn(memory)
	p := newProjection()
	const pupils = 20
	for i := range pupils {
		m := eventlog.Message{Type: wire.TypeSubmission, Sequence: uint64(i + 1), Data: encode(t, submission(testSchool, record(fmt.Sprint("p", i), roster, "12A1")))}
		if err := writer.submission(p, m); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.merge(ctx, p); err != nil {
		t.Fatal(err)
	}
	if err := writer.deriveAndMark(ctx, p); err != nil {
		t.Fatal(err)
	}
	s := copyOn(lateRoster{memory, &storetest.Hiding{DB: memory, Seed: 5, PerMille: 150, Reads: 1}})
	w := newSummariser(s, 1, func() bool { return true })
	w.every = 0
	var counts []int64
	for range 4 {
		if err := w.pass(ctx); err != nil {
			t.Fatal(err)
		}
		summaries, err := memory.Collection(summariesName).Get(ctx, s.ids[:1])
		if err != nil {
			t.Fatal(err)
		}
		counts = append(counts, s.decodeSummary(summaries[0]).GetWindows()[0].GetExpected())
	}
	if counts[len(counts)-1] != pupils || counts[0] == pupils {
		t.Errorf("counted %v, want too few at first and %d in the end", counts, pupils)
	}
}
