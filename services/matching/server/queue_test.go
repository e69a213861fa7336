package server

import (
	"context"
	"slices"
	"testing"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

const (
	well        = pb.RegistryState_REGISTRY_STATE_WELL
	isAway      = pb.RegistryState_REGISTRY_STATE_AWAY
	maintenance = pb.RegistryState_REGISTRY_STATE_MAINTENANCE
	isSpent     = pb.RegistryState_REGISTRY_STATE_SPENT
)

func (w *world) queue() *pb.GetQueueResponse {
	w.t.Helper()
	q, err := w.GetQueue(context.Background(), &pb.GetQueueRequest{})
	if err != nil {
		w.t.Fatal(err)
	}
	return q
}

// TestTheQueue counts exactly what waits, by province, while the registry is closed, and nothing when it was asked.
func TestTheQueue(t *testing.T) {
	// 09:00 in Hanoi.
	w := newWorld(t, func(d *drive.Drive) {
		d.Asking.PerSecond, d.Asking.PerCall, d.Asking.Maintenance = 10, 10, []drive.Span{{From: 8 * 60, Until: 10 * 60}}
	})
	w.people.know(an, binh, chi, dung)
	if q := w.queue(); len(q.GetProvinces()) != 0 || q.GetRegistry() != well || !q.GetDoneAt().AsTime().Equal(w.now()) || q.GetBudgetASecond() != 10 {
		t.Errorf("before anything: %v", q)
	}
	w.run()
	w.send(schoolA, an, binh)
	w.send(schoolB, chi)
	w.send(schoolC, dung)
	eventually.True(t, "four wait", func() bool { return w.queue().GetWaiting() == 4 })
	if _, err := w.Recheck(context.Background(), &pb.RecheckRequest{Scope: schoolB}); err != nil {
		t.Fatal(err)
	}
	opens := w.now().Add(time.Hour)
	eventually.True(t, "the queue tells when it is done", func() bool {
		q := w.queue()
		return q.GetRechecks() == 1 && q.GetRegistry() == maintenance && q.GetResumesAt().AsTime().Equal(opens) && q.GetDoneAt().AsTime().Equal(opens.Add(500*time.Millisecond))
	})
	want := []*pb.ProvinceQueue{{Province: "01", Waiting: 3, Rechecks: 1}, {Province: "79", Waiting: 1}}
	if got := w.queue(); got.GetWaiting() != 4 || !slices.EqualFunc(got.GetProvinces(), want, func(a, b *pb.ProvinceQueue) bool { return proto.Equal(a, b) }) {
		t.Errorf("got %v, want %v", got.GetProvinces(), want)
	}
	if got := w.people.calls(); got != 0 {
		t.Errorf("%d calls while the registry is closed", got)
	}
	w.clock.add(time.Hour + 10*time.Second)
	eventually.True(t, "all are asked", func() bool {
		q := w.queue()
		return q.GetWaiting()+q.GetRechecks() == 0 && q.GetRegistry() == well && q.GetRate() > 0
	})
	if q := w.queue(); len(q.GetProvinces()) != 0 || q.GetResumesAt() != nil || !q.GetDoneAt().AsTime().Equal(w.now()) {
		t.Errorf("after all: %v", q)
	}
	w.settled()
	if got := w.judged("chi").GetOutcome(); got != confirmed {
		t.Errorf("got %v, want confirmed", got)
	}
}

// TestTheQueueOfOneWhoIsAway has no end that anybody could tell.
func TestTheQueueOfOneWhoIsAway(t *testing.T) {
	w := newWorld(t, func(d *drive.Drive) { d.Asking.PerSecond = 1000 })
	w.people.away = status.Error(codes.Unavailable, "away")
	w.run()
	w.send(schoolA, an, binh)
	w.send(schoolC, dung)
	eventually.True(t, "the registry is seen to be away", func() bool {
		w.clock.add(time.Second)
		q := w.queue()
		return q.GetRegistry() == isAway && q.GetWaiting() == 3
	})
	if q := w.queue(); q.GetDoneAt() != nil || q.GetResumesAt() != nil || q.GetRate() != 0 {
		t.Errorf("got %v, want no end", q)
	}
	if got := w.judged("an").GetOutcome(); got != waiting {
		t.Errorf("got %v, want to wait", got)
	}
}

// TestDoneAt estimates by the rate or the budget, over as many days as the day's budget takes.
func TestDoneAt(t *testing.T) {
	now := time.Date(2023, 4, 10, 2, 0, 0, 0, time.UTC) // 09:00 in Hanoi
	midnight := time.Date(2023, 4, 10, 17, 0, 0, 0, time.UTC)
	const day = 24 * time.Hour
	tests := []struct {
		name      string
		asking    drive.Asking
		ledger    ledger
		questions int64
		want      time.Time // zero: nobody can tell
	}{
		{"nothing", drive.Asking{}, ledger{State: isAway}, 0, now},
		{"no limit and no rate", drive.Asking{}, ledger{State: well}, 5, time.Time{}},
		{"by the budget", drive.Asking{PerSecond: 100}, ledger{State: well}, 1000, now.Add(10 * time.Second)},
		{"by the rate", drive.Asking{PerSecond: 100}, ledger{State: well, Rate: 50}, 1000, now.Add(20 * time.Second)},
		{"away", drive.Asking{PerSecond: 100}, ledger{State: isAway, Rate: 50}, 1000, time.Time{}},
		{"closed", drive.Asking{PerSecond: 100}, ledger{State: maintenance, Resumes: now.Add(time.Hour)}, 1000, now.Add(time.Hour + 10*time.Second)},
		{"open since", drive.Asking{PerSecond: 100}, ledger{State: maintenance, Resumes: now.Add(-time.Hour)}, 1000, now.Add(10 * time.Second)},
		{"within the day", drive.Asking{PerSecond: 100, PerDay: 2000}, ledger{State: well, Spent: 1000}, 1000, now.Add(10 * time.Second)},
		{"a few on the next day", drive.Asking{PerSecond: 100, PerDay: 2000}, ledger{State: well, Spent: 1500}, 1000, midnight.Add(5 * time.Second)},
		{"spent", drive.Asking{PerSecond: 100, PerDay: 2000}, ledger{State: isSpent, Spent: 2000, Resumes: midnight}, 2000, midnight.Add(20 * time.Second)},
		{"a third day", drive.Asking{PerSecond: 100, PerDay: 2000}, ledger{State: isSpent, Spent: 2000, Resumes: midnight}, 5000, midnight.Add(2*day + 10*time.Second)},
		{"on the brink of a day", drive.Asking{PerSecond: 100, PerDay: 2000}, ledger{State: well, Spent: 1000}, 5000, midnight.Add(day + 20*time.Second)},
	}
	for _, tt := range tests {
		s := &Server{drive: testDrive(func(d *drive.Drive) { d.Asking = tt.asking }), now: func() time.Time { return now }}
		got, ok := s.doneAt(tt.ledger, tt.questions)
		if ok == tt.want.IsZero() || ok && !got.Equal(tt.want) {
			t.Errorf("%s: got %v, %v; want %v", tt.name, got, ok, tt.want)
		}
	}
}
