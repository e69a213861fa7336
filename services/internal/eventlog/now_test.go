package eventlog_test

import (
	"slices"
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// The clock of the process is ten minutes wrong; the log tells its own, and stores nothing before it.
func TestNowIsTheLogs(t *testing.T) {
	s := eventlogtest.Start(t)
	for _, wrong := range []time.Duration{-10 * time.Minute, 10 * time.Minute} {
		l := s.Log(t, eventlog.Config{Service: "intake", Now: func() time.Time { return time.Now().Add(wrong) }})
		for range 20 {
			before := time.Now()
			now, err := l.Now(eventually.Context(t))
			if err != nil {
				t.Fatal(err)
			}
			at, err := l.Append(eventually.Context(t), eventlog.Event{Subject: "submission.roster.01.s.a", Type: "rasoat.test.v1"})
			if err != nil {
				t.Fatal(err)
			}
			m, err := l.Read(eventually.Context(t), at.Stream, at.Sequence)
			if err != nil {
				t.Fatal(err)
			}
			if now.Before(before) || m.Stored.Before(now) {
				t.Errorf("asked at %v, told %v, stored at %v: want them in this order", before, now, m.Stored)
			}
		}
	}
	l := s.Log(t, eventlog.Config{Service: "intake", Patience: time.Second})
	s.Stop()
	if _, err := l.Now(eventually.Context(t)); !fault.Is(err, fault.Unavailable) {
		t.Errorf("without a broker: got %v, want unavailable", err)
	}
}

func TestSubjects(t *testing.T) {
	l := eventlogtest.NewLog(t, "intake")
	for _, subject := range []string{"decision.unlocks.01.b", "decision.unlocks.01.a", "decision.unlocks.01.a", "decision.unlocks.02.a", "decision.sources.01.a"} {
		if _, err := l.Append(eventually.Context(t), eventlog.Event{Subject: subject, Type: "rasoat.test.v1"}); err != nil {
			t.Fatal(err)
		}
	}
	for filter, want := range map[string][]string{
		"decision.unlocks.01.*": {"decision.unlocks.01.a", "decision.unlocks.01.b"},
		"decision.unlocks.*.a":  {"decision.unlocks.01.a", "decision.unlocks.02.a"},
		"decision.windows.*":    nil,
	} {
		if got, err := l.Subjects(eventually.Context(t), filter); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %v, %v; want %v", filter, got, err, want)
		}
	}
	if _, err := l.Subjects(eventually.Context(t), "nonsense.*"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a filter of no stream: got %v, want invalid", err)
	}
}

func BenchmarkNow(b *testing.B) {
	l := eventlogtest.NewLog(b, "intake")
	for b.Loop() {
		if _, err := l.Now(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLast(b *testing.B) {
	l := eventlogtest.NewLog(b, "intake")
	if _, err := l.Append(b.Context(), eventlog.Event{Subject: "decision.unlocks.01.a", Type: "rasoat.test.v1"}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := l.Last(b.Context(), "decision.unlocks.01.a"); err != nil {
			b.Fatal(err)
		}
	}
}
