package server

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// notesOf reads the notes of a subject.
func (s *service) notesOf(t *testing.T, token string) []*pb.ProgressNoted {
	t.Helper()
	var out []*pb.ProgressNoted
	err := s.log.Replay(context.Background(), eventlog.Progress, []string{"progress." + token}, 1, 1<<40, func(m eventlog.Message) error {
		ev, err := readNote(m)
		out = append(out, ev)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// rowsWith makes rows in which some pupils of each school are verified and the others of ten are missing.
func rowsWith(s *service, verified ...int64) []*pb.SchoolProgress {
	var out []*pb.SchoolProgress
	for i, sc := range s.on.Schools {
		r := s.blank(sc)
		for _, c := range r.GetWindows() {
			c.Expected, c.Verified, c.Missing = 10, verified[i], 10-verified[i]
		}
		out = append(out, r)
	}
	return out
}

// TestNotes: an hour is noted once whoever tries, unchanged provinces are left out, and the history of each scope is read from that.
func TestNotes(t *testing.T) {
	s, ctx := serve(t), context.Background()
	s.quickSnapshot(t)
	hour := func(n int) time.Time { return time.Date(2023, 4, 20, n, 0, 0, 0, time.UTC) }
	for n, verified := range [][]int64{{0, 0, 0}, {1, 0, 0}, {1, 0, 0}, {1, 2, 5}} {
		var tried sync.WaitGroup
		for range 3 {
			tried.Go(func() {
				if err := s.note(ctx, hour(n), rowsWith(s, verified...)); err != nil {
					t.Error(err)
				}
			})
		}
		tried.Wait()
		if err := s.note(ctx, hour(n), rowsWith(s, 9, 9, 9)); err != nil { // a holder that comes late to an hour that is noted
			t.Fatal(err)
		}
	}
	// What changes nothing in a province is not noted, so the late holder's rows stand where an hour had none.
	for token, want := range map[string]int{"01": 4, "79": 4, noteNation: 4} {
		if got := len(s.notesOf(t, token)); got != want {
			t.Errorf("%s: got %d notes, want %d", token, got, want)
		}
	}
}

// TestHistory reads notes back.
func TestHistory(t *testing.T) {
	s, ctx := serve(t), context.Background()
	hour := func(n int) time.Time { return time.Date(2023, 4, 20, n, 0, 0, 0, time.UTC) }
	for n, verified := range [][]int64{{0, 0, 0}, {1, 0, 0}, {1, 0, 0}, {1, 2, 5}} {
		if err := s.note(ctx, hour(n), rowsWith(s, verified...)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		scope string
		since int
		want  string
	}{
		{"", -1, "0:0/30 1:1/30 3:8/30"},
		{"01", -1, "0:0/20 1:1/20 3:3/20"},
		{"01/01000701", -1, "0:0/10 1:1/10"},
		{"01/01000702", -1, "0:0/10 3:2/10"},
		{"79/79000701", 2, "3:5/10"},
	} {
		req := &pb.GetHistoryRequest{Scope: c.scope}
		if c.since >= 0 {
			req.Since = timestamppb.New(hour(c.since))
		}
		resp, err := s.GetHistory(ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, h := range resp.GetHours() {
			got = append(got, fmt.Sprintf("%d:%d/%d", h.GetAt().AsTime().Hour(), h.GetWindows()[0].GetVerified(), h.GetWindows()[0].GetExpected()))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q since %d: got %v, want %s", c.scope, c.since, got, c.want)
		}
	}
	if _, err := s.GetHistory(ctx, &pb.GetHistoryRequest{Scope: "02"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("a province that there is not: got %v", err)
	}
}

// TestHistoryOfTheFirstHour: before the first hour has ended, and after a note of zeros, the history says how the scope stands.
func TestHistoryOfTheFirstHour(t *testing.T) {
	s, ctx := serve(t), context.Background()
	s.quickSnapshot(t)
	now, err := s.log.Now(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 8 {
		s.pupil(t, testSchool, fmt.Sprintf("p%d", i), "12A1", nil)
	}
	s.settle(t)
	s.pass(t, 1)
	s.fresh(t)
	look := func(scope string, hours int) {
		t.Helper()
		h, err := s.GetHistory(ctx, &pb.GetHistoryRequest{Scope: scope})
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.GetProgress(ctx, &pb.GetProgressRequest{Scope: scope})
		if err != nil {
			t.Fatal(err)
		}
		got, want := h.GetPresent().GetWindows()[0], p.GetTotals()[0]
		if len(h.GetHours()) != hours || !proto.Equal(got, want) || scope != "01/01000702" && got.GetExpected() < 8 {
			t.Errorf("%q: %d hours, at present %v, want %v", scope, len(h.GetHours()), got, want)
		}
		if at, next := h.GetPresent().GetAt().AsTime(), h.GetNextAt().AsTime(); !next.After(at) || next.Sub(at) > s.noteEvery {
			t.Errorf("%q: at %v the next note is due at %v", scope, at, next)
		}
	}
	for _, scope := range []string{"", "01", "01/01000701", "01/01000702"} {
		look(scope, 0)
	}
	if err := s.note(ctx, now.Truncate(s.noteEvery), rowsWith(s, 0, 0, 0)); err != nil {
		t.Fatal(err)
	}
	look("", 1)
}

// TestForecastAndUrgent: from a note of four hours ago, the counts of now, and a close that was moved.
func TestForecastAndUrgent(t *testing.T) {
	s, ctx := serve(t), context.Background()
	s.quickSnapshot(t)
	w := s.on.Windows[0]
	now, err := s.log.Now(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.note(ctx, now.Add(-4*time.Hour), rowsWith(s, 0, 0, 0)); err != nil {
		t.Fatal(err)
	}
	for i := range 8 {
		s.pupil(t, testSchool, fmt.Sprintf("p%d", i), "12A1", nil)
	}
	s.put(t, "decision.windows.nation", wire.TypeWindows, &intakepb.WindowsExtended{Drive: s.on.ID, Extensions: []*intakepb.Extension{
		{Window: w.ID, Closes: timestamppb.New(w.Closes.Add(5 * time.Hour))}, {Window: w.ID, Closes: timestamppb.New(w.Closes.Add(time.Hour))}}})
	s.put(t, "decision.windows.79", wire.TypeWindows, &intakepb.WindowsExtended{Drive: s.on.ID, Extensions: []*intakepb.Extension{
		{Scope: "79", Window: w.ID, Closes: timestamppb.New(w.Closes.Add(3 * time.Hour))}}})
	s.settle(t)
	s.pass(t, 1)
	for scope, moved := range map[string]time.Duration{"": time.Hour, "01": time.Hour, "79/79000701": 3 * time.Hour} {
		f, err := s.GetForecast(ctx, &pb.GetForecastRequest{Scope: scope, Window: w.ID})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := f.GetCloses().AsTime(), w.Closes.Add(moved); !got.Equal(want) || f.GetMethodVi() == "" || f.GetMethodEn() == "" {
			t.Errorf("%q closes: got %v, want %v", scope, got, want)
		}
	}
	f, err := s.GetForecast(ctx, &pb.GetForecastRequest{Scope: "01", Window: w.ID})
	if err != nil {
		t.Fatal(err)
	}
	first, second := f.GetSchools()[0], f.GetSchools()[1]
	if first.GetDone() != 8 || first.GetRemaining() != 32 || first.GetPaceHundredths() < 195 || first.GetPaceHundredths() > 200 || first.GetDoneAt() == nil {
		t.Errorf("eight pupils in four hours: got %v", first)
	}
	if second.GetDone() != 0 || second.GetRemaining() != 40 || second.GetPaceHundredths() != 0 || !second.GetWillMiss() || second.GetDoneAt() != nil {
		t.Errorf("nobody: got %v", second)
	}
	if _, err := s.Remind(ctx, &pb.RemindRequest{Scope: "01/01000702", Window: w.ID}); err != nil {
		t.Fatal(err)
	}
	u, err := s.ListUrgent(ctx, &pb.ListUrgentRequest{Window: w.ID, Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	if len(u.GetSchools()) != 2 || u.GetSchools()[0].GetForecast().GetSchool() != "01000702" || u.GetSchools()[0].GetReasonVi() != "chưa gửi học sinh nào" ||
		u.GetSchools()[0].GetRemindedAt() == nil || u.GetSchools()[1].GetRemindedAt() != nil || u.GetOrderVi() == "" {
		t.Errorf("whom to call: got %v", u)
	}
	if _, err := s.GetForecast(ctx, &pb.GetForecastRequest{Window: "third"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("a window that there is not: got %v", err)
	}
}
