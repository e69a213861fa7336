package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/matching"
)

// TestWhoGivesUpHoldsNobodyUp: a waiter whose context ends leaves the queue, and those behind it go on.
func TestWhoGivesUpHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, testDrive(func(d *drive.Drive) { d.Asking.Maintenance = []drive.Span{{From: 6 * 60, Until: 8 * 60}} }))
		ctx, cancel := context.WithCancel(t.Context())
		first := make(chan error)
		go func() {
			_, err := o.enter(ctx, anywhere, 10)
			first <- err
		}()
		synctest.Wait()
		second := make(chan time.Duration)
		go func() { second <- o.pass(anywhere, 10, nil) }()
		synctest.Wait()
		cancel()
		if err := <-first; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want canceled", err)
		}
		o.mu.Lock()
		waiting := len(o.granted)
		o.mu.Unlock()
		if waiting != 1 {
			t.Errorf("%d wait, want 1", waiting)
		}
		if at := <-second; at != time.Hour {
			t.Errorf("the second was let through after %v, want an hour", at)
		}
	})
}

// TestTheEndFreesEverybody: whoever waits when the lease goes hears of it, and so does whoever comes later.
func TestTheEndFreesEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, testDrive(func(d *drive.Drive) { d.Asking.Maintenance = []drive.Span{{From: 6 * 60, Until: 8 * 60}} }))
		var failed atomic.Int64
		var g sync.WaitGroup
		wait := func() {
			if _, err := o.enter(context.Background(), anywhere, 1); err != nil && fault.Is(away(err), fault.Unavailable) {
				failed.Add(1)
			}
		}
		for range 5 {
			g.Go(wait)
		}
		synctest.Wait()
		o.stop()
		g.Wait()
		wait()
		if got := failed.Load(); got != 6 {
			t.Errorf("%d heard of the end, want all 6", got)
		}
		o.mu.Lock()
		defer o.mu.Unlock()
		if turn := o.turns.Next(); turn != nil {
			t.Errorf("%v is still in the queue", turn)
		}
	})
}

// TestALostLease lets nobody through, though its holder has not heard of it.
func TestALostLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, testDrive())
		o.mu.Lock()
		o.still = func() bool { return false }
		o.mu.Unlock()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if _, err := o.enter(ctx, anywhere, 1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want to wait in vain", err)
		}
	})
}

// TestFirstBeforeAgain: however long re-checks have waited, first questions go first, the nearest deadline of them before all.
func TestFirstBeforeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, testDrive(func(d *drive.Drive) { d.Asking = drive.Asking{PerCall: 10, PerSecond: 10} }))
		soon := time.Now().Add(time.Hour)
		var mu sync.Mutex
		var order []string
		var g sync.WaitGroup
		for i, lane := range []matching.Lane{
			{Province: "02", Again: true, Deadline: soon}, {Province: "02", Again: true, Deadline: soon},
			{Province: "01", Deadline: soon.Add(time.Hour)}, {Province: "79", Deadline: soon.Add(time.Hour)},
			{Province: "01", Deadline: soon.Add(time.Hour)}, {Province: "79", Deadline: soon},
		} {
			g.Go(func() {
				o.pass(lane, 10, nil)
				mu.Lock()
				defer mu.Unlock()
				order = append(order, fmt.Sprint(i))
			})
			synctest.Wait()
		}
		g.Wait()
		if want := []string{"5", "2", "3", "4", "0", "1"}; !slices.Equal(order, want) {
			t.Errorf("got the order %v, want %v", order, want)
		}
	})
}
