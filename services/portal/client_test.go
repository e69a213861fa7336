package portal

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
)

func submit(t *testing.T, c *Client, source Source) (*Summary, error) {
	t.Helper()
	ctx := eventually.Context(t)
	var s Summary
	err := c.Submit(ctx, Batches(source, sender, s.Note), &s)
	return &s, err
}

func TestSubmit(t *testing.T) {
	const pupils = 5000
	random := rand.New(rand.NewPCG(1, 2))
	once := func(n int, what misdeed) func(int, *intakepb.Submission) misdeed {
		return func(seen int, _ *intakepb.Submission) misdeed {
			if seen == n {
				return what
			}
			return behave
		}
	}
	tests := []struct {
		name       string
		misbehave  func(int, *intakepb.Submission) misdeed
		reconnects bool
		silent     bool // an answer never comes
	}{
		{"all is well", nil, false, false},
		{"the connection breaks", once(7, breakOff), true, false},
		{"the service crashes", once(7, crash), true, false},
		{"an answer is lost", once(7, lose), true, true},
		{"the last answer is lost", once(25, lose), true, true},
		{"the log is away for a moment", once(3, sayUnavailable), true, false},
		{"a defect", once(3, sayInternal), true, false},
		{"everything at once", func(n int, _ *intakepb.Submission) misdeed {
			return []misdeed{behave, behave, behave, behave, behave, behave, lose, breakOff, crash, sayUnavailable}[random.IntN(10)]
		}, true, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := &fakeIntake{misbehave: tt.misbehave}
			_, c := mustStart(t, f)
			if tt.silent {
				c.AnswerTimeout = 150 * time.Millisecond
			}
			var last Progress
			c.Report = func(p Progress) { last = p }
			s, err := submit(t, c, rosterOf(pupils))
			if err != nil {
				t.Fatal(err)
			}
			if s.Accepted != pupils || s.Refused != 0 || f.records != pupils {
				t.Errorf("accepted %d, refused %d, the service has %d records of %d", s.Accepted, s.Refused, f.records, pupils)
			}
			if s.Batches != len(f.taken) || len(s.Receipts) != s.Batches {
				t.Errorf("%d batches, %d receipts, %d taken", s.Batches, len(s.Receipts), len(f.taken))
			}
			if (s.Reconnects > 0) != tt.reconnects {
				t.Errorf("reconnected %d times", s.Reconnects)
			}
			if last.Answered != s.Batches || last.Accepted != pupils || last.Down != nil || last.Done != 1 {
				t.Errorf("the last report was %+v", last)
			}
		})
	}
}

// A service that goes away for good is given up after a while; one that comes back is found.
func TestServiceAway(t *testing.T) {
	f := &fakeIntake{}
	n, c := mustStart(t, f)
	n.down()
	c.GiveUpAfter = 50 * time.Millisecond
	s, err := submit(t, c, rosterOf(100))
	if !fault.Is(err, fault.Unavailable) || s.Batches != 0 {
		t.Fatalf("got %v after %d batches, want unavailable", err, s.Batches)
	}
	c.GiveUpAfter = 0
	back := false
	c.Report = func(p Progress) {
		if p.Down != nil && !back {
			back = true
			n.up(f)
		}
	}
	if s, err = submit(t, c, rosterOf(100)); err != nil || s.Accepted != 100 {
		t.Errorf("got %v and %d accepted", err, s.Accepted)
	}
}

// What was interrupted is done again under the same ids, and nothing is taken twice.
func TestInterruptedSubmitResumes(t *testing.T) {
	f := &fakeIntake{}
	_, c := mustStart(t, f)
	ctx, cancel := context.WithCancel(t.Context())
	c.Report = func(p Progress) {
		if p.Answered == 5 {
			cancel()
		}
	}
	var s Summary
	if err := c.Submit(ctx, Batches(rosterOf(5000), sender, s.Note), &s); !fault.Is(err, fault.Unavailable) || !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want an interruption", err)
	}
	c.Report = nil
	again, err := submit(t, c, rosterOf(5000))
	if err != nil || again.Accepted != 5000 || f.records != 5000 {
		t.Errorf("got %v, %d accepted, %d records in the log", err, again.Accepted, f.records)
	}
	first := len(f.taken)
	other := sender
	other.New = "2"
	if err := c.Submit(t.Context(), Batches(rosterOf(5000), other, s.Note), &s); err != nil || len(f.taken) != 2*first {
		t.Errorf("got %v and %d ids, want %d new ones", err, len(f.taken), first)
	}
}

func TestRefusals(t *testing.T) {
	results := func(yield func(Entry, error) bool) {
		r := &pb.Record{Content: &pb.Record_Results{Results: &pb.Results{Code: "1", Subjects: []*pb.Subject{{Code: "TOAN"}, {Code: "VATLI"}}}}}
		if yield(Entry{Records: []*pb.Record{r}, Origin: Place("a.ndjson:1")}, nil) {
			yield(Entry{Records: []*pb.Record{{}}, Origin: Place("a.ndjson:2")}, nil)
		}
	}
	f := &fakeIntake{misbehave: func(int, *intakepb.Submission) misdeed { return refuse }}
	_, c := mustStart(t, f)
	s, err := submit(t, c, results)
	if err != nil {
		t.Fatal(err)
	}
	if s.Refused != 1 || s.Unreadable != 1 || len(s.Problems) != 2 || s.Problems[0].Path != "a.ndjson:2" ||
		s.Problems[1].Path != "a.ndjson:1 results.subjects[VATLI].year.mark_tenths" {
		t.Errorf("got %+v", s)
	}
	f.misbehave = func(int, *intakepb.Submission) misdeed { return refuseFirst }
	if s, err = submit(t, c, rosterOf(10)); err != nil || s.Accepted != 9 || s.Refused != 1 || len(s.Problems) != 1 {
		t.Fatalf("got %v and %+v", err, s)
	}
	if p := s.Problems[0]; p.Path != "row 0 enrolment.since" || p.Remedy.En != "mend" || p.Submission != s.Receipts[0].ID {
		t.Errorf("got %+v", p)
	}
	f.misbehave = func(int, *intakepb.Submission) misdeed { return late }
	if s, err = submit(t, c, rosterOf(11)); err != nil || s.Late != 11 {
		t.Errorf("got %v and %d late", err, s.Late)
	}
	for id := range f.taken {
		f.taken[id] = [32]byte{}
	}
	f.misbehave = nil
	if s, err = submit(t, c, rosterOf(11)); err != nil || s.Conflicts != 1 || s.Refused != 11 {
		t.Errorf("got %v and %+v", err, s)
	}
}

// A service that fails on one batch whatever is done is not asked for ever.
func TestPoison(t *testing.T) {
	f := &fakeIntake{misbehave: func(int, *intakepb.Submission) misdeed { return sayInternal }}
	_, c := mustStart(t, f)
	if _, err := submit(t, c, rosterOf(10)); !fault.Is(err, fault.Internal) {
		t.Errorf("got %v, want internal", err)
	}
}

// What was read before a broken source still gets its answers.
func TestBrokenSource(t *testing.T) {
	broken := errors.New("broken")
	source := func(yield func(Entry, error) bool) {
		for e, err := range rosterOf(450) {
			if !yield(e, err) {
				return
			}
		}
		yield(Entry{}, broken)
	}
	f := &fakeIntake{}
	_, c := mustStart(t, f)
	s, err := submit(t, c, source)
	if !errors.Is(err, broken) || s.Accepted == 0 || s.Accepted != f.records {
		t.Errorf("got %v, %d accepted, %d in the log", err, s.Accepted, f.records)
	}
}

func BenchmarkSubmit(b *testing.B) {
	f := &fakeIntake{}
	_, c := mustStart(b, f)
	for b.Loop() {
		var s Summary
		if err := c.Submit(b.Context(), Batches(rosterOf(20_000), sender, s.Note), &s); err != nil || s.Accepted != 20_000 {
			b.Fatal(err, s.Accepted)
		}
	}
	b.ReportMetric(float64(20_000*b.N)/b.Elapsed().Seconds(), "records/s")
}
