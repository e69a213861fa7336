package eventlog_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
)

// TestALeaseHasOneHolder lets copies compete. Those that end give the lease back; those whose connection is cut lose it after a term; and at
// no time do two believe that they hold it.
func TestALeaseHasOneHolder(t *testing.T) {
	s := eventlogtest.Start(t)
	var holders, holds atomic.Int64
	const term = 800 * time.Millisecond
	type copyOf struct {
		cut  func()
		stop context.CancelFunc
		done chan error
		has  atomic.Bool
	}
	begin := func(i int) *copyOf {
		nc := s.Conn(t)
		ctx, cancel := context.WithCancel(limited(t))
		c := &copyOf{cut: nc.Close, stop: cancel, done: make(chan error, 1)}
		l := eventlogtest.OpenLog(t, nc, eventlog.Config{Service: fmt.Sprintf("copy%d", i)})
		go func() {
			c.done <- l.Hold(ctx, eventlog.Lease{
				Name: "asking", Term: term, Sign: func() []byte { return []byte(fmt.Sprint(holds.Load())) },
				Hold: func(ctx context.Context, held eventlog.Held) error {
					if n := holds.Add(1); n > 1 && len(held.Inherited) == 0 {
						t.Errorf("holder %d inherited nothing", n)
					}
					c.has.Store(true)
					defer c.has.Store(false)
					working := false
					tick := time.NewTicker(time.Millisecond)
					defer tick.Stop()
					for ; ctx.Err() == nil; <-tick.C {
						if still := held.Still(); still != working {
							working = still
							if working && holders.Add(1) > 1 {
								t.Error("two hold the lease")
							} else if !working {
								holders.Add(-1)
							}
						}
					}
					if working {
						holders.Add(-1)
					}
					return nil
				},
			})
		}()
		return c
	}
	copies := make([]*copyOf, 3)
	for i := range copies {
		copies[i] = begin(i)
	}
	holder := func() *copyOf {
		var h *copyOf
		eventlogtest.Eventually(t, "somebody holds the lease", func() bool {
			for _, c := range copies {
				if c != nil && c.has.Load() {
					h = c
				}
			}
			return h != nil
		})
		return h
	}
	forget := func(h *copyOf) {
		for i, c := range copies {
			if c == h {
				copies[i] = nil
			}
		}
	}
	first := holder()
	forget(first)
	began := time.Now()
	first.stop() // gives it back
	if err := <-first.done; err != nil {
		t.Error(err)
	}
	second := holder()
	if took := time.Since(began); took > term {
		t.Errorf("a lease that was given back was taken after %v", took)
	}
	forget(second)
	second.cut() // is cut off, and does not know when
	third := holder()
	eventlogtest.Eventually(t, "the one that was cut off has stopped", func() bool { return !second.has.Load() })
	if signed, err := eventlogtest.OpenLog(t, s.Conn(t), eventlog.Config{Service: "looker"}).Signed(limited(t), "asking"); err != nil || len(signed) == 0 {
		t.Errorf("what the holder signs: %q, %v", signed, err)
	}
	third.stop()
	if err := <-third.done; err != nil {
		t.Error(err)
	}
	second.stop()
}
