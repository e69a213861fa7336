package server

import (
	"context"
	"slices"
	"testing"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
)

// run runs the service as a program does until the function that it gives is called, or the test ends.
func (w *world) run() (stop func()) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := eventually.Received(w.t, "the service stops", ended); err != nil {
			w.t.Errorf("run: %v", err)
		}
	}
	w.t.Cleanup(stop)
	return stop
}

// settled waits until everything that was sent is projected and asked.
func (w *world) settled() {
	w.t.Helper()
	for range 2 { // an answer may open a question
		eventlogtest.Settled(w.t, w.log, eventlog.Submissions, "matching-profiles")
		eventlogtest.Settled(w.t, w.log, eventlog.Decisions, "matching-decisions")
		eventlogtest.Settled(w.t, w.log, eventlog.Identities, durableIdentities)
		for _, province := range w.provinces {
			eventlogtest.Settled(w.t, w.log, eventlog.Questions, Durable(province, false), Durable(province, true))
		}
		eventlogtest.Settled(w.t, w.log, eventlog.Identities, durableIdentities)
	}
}

// TestTwoCopies share the work: nobody is asked about twice, and when the one that asks ends the other goes on, within the same budget of the day.
func TestTwoCopies(t *testing.T) {
	const perDay = 6
	w := newWorld(t, func(d *drive.Drive) { d.Asking = drive.Asking{PerCall: 2, PerDay: perDay} })
	w.people.know(an, binh, chi, dung)
	stop := w.run()
	w.send(schoolA, an, binh)
	w.settled()
	other := w.copyOn(w.db)
	other.run()
	w.send(schoolA, chi)
	w.settled()
	if got := len(w.people.asked()); got != 3 {
		t.Errorf("asked about %d, want each of 3 once", got)
	}
	stop()
	w.send(schoolC, dung, girl("g", "001305000106", "Vũ Thị Gấm", "2005-05-06"), girl("h", "001305000107", "Hồ Thị Mai", "2005-02-02"), girl("i", "001305000108", "Hồ Thị Lan", "2005-02-02"))
	eventually.True(t, "the other copy has what is left of the day", func() bool {
		q := w.queue()
		return q.GetRegistry() == pb.RegistryState_REGISTRY_STATE_SPENT && q.GetWaiting() > 0 && q.GetSpentToday() == perDay
	})
	if got := len(w.people.asked()); got < 3 || got > perDay {
		t.Errorf("asked about %d on one day, want at most %d", got, perDay)
	}
	w.clock.add(24 * time.Hour)
	w.settled()
	got := w.people.asked()
	if slices.Sort(got); len(got) != 7 || len(slices.Compact(got)) != 7 {
		t.Errorf("asked about %d in all, want each of 7 once", len(got))
	}
	if got := w.judged("dung").GetOutcome(); got != confirmed {
		t.Errorf("got %v, want confirmed", got)
	}
}
