package server

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/grpc"
)

// reminders counts those of a school.
func (s *service) reminders(t *testing.T, subject string) (n int, last *pb.ReminderSent) {
	t.Helper()
	err := s.log.Replay(context.Background(), eventlog.Progress, []string{subject}, 1, 1<<40, func(m eventlog.Message) error {
		n++
		var err error
		last, err = decode(m, new(pb.ReminderSent))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n, last
}

// TestRemind: many callers at once, each school is reminded once of a state, of each window by itself, and once more when the state is another.
func TestRemind(t *testing.T) {
	s, ctx := serve(t), by("so01", "01")
	first, second := s.on.Windows[0].ID, s.on.Windows[1].ID
	atOnce := func(window string) (reminded, already int32) {
		var r, a atomic.Int32
		var calls sync.WaitGroup
		for range 4 {
			calls.Go(func() {
				resp, err := s.Remind(ctx, &pb.RemindRequest{Scope: "01", Window: window, Note: "Trường gửi sớm"})
				if err != nil {
					t.Error(err)
				}
				r.Add(resp.GetReminded())
				a.Add(resp.GetAlready())
			})
		}
		calls.Wait()
		return r.Load(), a.Load()
	}
	for _, window := range []string{first, second} {
		if r, a := atOnce(window); r != 2 || a != 6 {
			t.Errorf("window %s: %d reminded, %d already; want 2 and 6", window, r, a)
		}
	}
	if r, a := atOnce(first); r != 0 || a != 8 {
		t.Errorf("the first again, after the second: %d reminded, %d already; want 0 and 8", r, a)
	}
	s.pupil(t, testSchool, "an", "12A1", nil)
	s.settle(t)
	if r, a := atOnce(first); r != 1 || a != 7 {
		t.Errorf("another state: %d reminded, %d already; want 1 and 7", r, a)
	}
	n, last := s.reminders(t, "reminder.01.01000701")
	if n != 3 || last.GetCounts().GetVerified() != 1 || last.GetOfficer() != "so01" || last.GetNote() != "Trường gửi sớm" || !last.GetCloses().AsTime().Equal(s.on.Windows[0].Closes) {
		t.Errorf("the school was sent %d, the last %v", n, last)
	}
	if n, _ := s.reminders(t, "reminder.79.79000701"); n != 0 {
		t.Errorf("a school outside the scope was sent %d", n)
	}
	if _, err := s.Remind(ctx, &pb.RemindRequest{Scope: "01/x", Window: first}); !fault.Is(err, fault.NotFound) {
		t.Errorf("a school that there is not: got %v", err)
	}
}

// progressWatcher is a caller of WatchProgress.
type progressWatcher struct {
	grpc.ServerStream
	ctx  context.Context
	rows chan *pb.WatchProgressResponse
}

func (w *progressWatcher) Context() context.Context { return w.ctx }

func (w *progressWatcher) Send(m *pb.WatchProgressResponse) error {
	w.rows <- m
	return nil
}

// TestWatchProgress: first every row, then what has changed and no more.
func TestWatchProgress(t *testing.T) {
	s := serve(t)
	s.quickSnapshot(t)
	s.pass(t, 1)
	ctx, cancel := context.WithCancel(eventually.Context(t))
	w := &progressWatcher{ctx: ctx, rows: make(chan *pb.WatchProgressResponse)}
	ended := make(chan error, 1)
	go func() { ended <- s.WatchProgress(&pb.WatchProgressRequest{Scope: "01"}, w) }()
	next := func() *pb.WatchProgressResponse {
		t.Helper()
		select {
		case m := <-w.rows:
			return m
		case err := <-ended:
			t.Fatalf("it ended: %v", err)
			return nil
		}
	}
	if m := next(); len(m.GetSchools()) != 2 || !m.GetConserved() || len(m.GetTotals()) != 2 || m.GetAsOf() == nil {
		t.Errorf("first: got %v", m)
	}
	s.pupil(t, "79/79000701", "binh", "12B", nil) // not watched
	s.pupil(t, testSchool, "an", "12A1", nil)
	s.settle(t)
	s.pass(t, 1)
	if m := next(); len(m.GetSchools()) != 1 || m.GetSchools()[0].GetSchool() != "01000701" || m.GetTotals()[0].GetExpected() != 1 {
		t.Errorf("then: got %v", m)
	}
	cancel()
	if err := <-ended; !fault.Is(err, fault.Unavailable) {
		t.Errorf("it ended with %v", err)
	}
}
