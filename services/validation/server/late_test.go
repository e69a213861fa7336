package server

import (
	"context"
	"fmt"
	"log/slog"
	"testing"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

// TestADatabaseThatAnswersLate: parts that concern each other come in two submissions, and the database hides some of the pupils, or shows them as
// they were. The handler is unavailable meanwhile; every pair is judged in the end, by the newest of both parts.
func TestADatabaseThatAnswersLate(t *testing.T) {
	const pupils = 40
	ctx := context.Background()
	log := eventlogtest.NewLog(t, "validation")
	d := drive.Sample([]drive.School{{Province: "01", Code: "01000701", Name: "THPT số 1 Ba Đình", Kind: drive.THPT, Expected: 40}})
	db := &storetest.Hiding{DB: storetest.NewMemory(), Seed: 1, PerMille: 300, Reads: 2, Spread: 3}
	s := New(Config{Drive: d}, Deps{Log: log, Store: db, Logger: slog.New(slog.DiscardHandler)})
	var batch []eventlog.Message
	send := func(part studentpb.Part) uint64 {
		ev := &intakepb.SubmissionAccepted{Drive: d.ID}
		for i := range pupils {
			ev.Records = append(ev.Records, &intakepb.AcceptedRecord{
				Pupil: fmt.Sprint("p", i), Part: part, ContentHash: []byte(part.String()),
				Personal: &studentpb.Record{Content: &studentpb.Record_Results{Results: &studentpb.Results{Part: part}}},
			})
		}
		data, err := proto.Marshal(ev)
		if err != nil {
			t.Fatal(err)
		}
		at, err := log.Append(ctx, eventlog.Event{Subject: fmt.Sprint("submission.results.01.01000701.s", len(batch)), Type: wire.TypeSubmission, Data: data})
		if err != nil {
			t.Fatal(err)
		}
		m, err := log.Read(ctx, eventlog.Submissions, at.Sequence)
		if err != nil {
			t.Fatal(err)
		}
		batch = append(batch, m)
		return at.Sequence
	}
	refused := 0
	handle := eventlogtest.Twice(s.judge(1), 1)
	judge := func() {
		for ; ; refused++ {
			if err := handle(ctx, batch[len(batch)-1:]); err == nil {
				return
			} else if !fault.Is(err, fault.Unavailable) {
				t.Fatal(err)
			}
		}
	}
	basis := send(studentpb.Part_PART_RESULTS_10)
	judge()
	send(studentpb.Part_PART_RESULTS_11)
	judge()
	basis += send(studentpb.Part_PART_RESULTS_11)
	judge()
	newest := map[string]uint64{}
	last, err := log.Last(ctx, "verdict.results.01.01000701")
	if err != nil {
		t.Fatal(err)
	}
	for seq := uint64(1); seq <= last.Sequence; seq++ {
		m, err := log.Read(ctx, eventlog.Verdicts, seq)
		if err != nil {
			t.Fatal(err)
		}
		ev := new(pb.RecordsJudged)
		if err := proto.Unmarshal(m.Data, ev); err != nil {
			t.Fatal(err)
		}
		for _, v := range ev.GetShared() {
			newest[v.GetPupil()] = max(newest[v.GetPupil()], v.GetBasis())
		}
	}
	for i := range pupils {
		if p := fmt.Sprint("p", i); newest[p] != basis {
			t.Errorf("%s: the pair is judged by %d, want %d", p, newest[p], basis)
		}
	}
	if db.Hidden() == 0 || refused == 0 {
		t.Errorf("%d documents hidden, %d times unavailable: the test disturbs nothing", db.Hidden(), refused)
	}
}
