package eventlog_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
)

// tenure is the time in which a copy surely had the lease: from after it was first told so to before it was last told so.
type tenure struct{ from, to time.Time }

// contender is a copy that competes for a lease.
type contender struct {
	cut  func()
	stop context.CancelFunc
	done chan error

	mu      sync.Mutex
	holding bool
	tenures []tenure
}

// contend begins a copy. Copies share left, which says whether a holder has left something to the next one.
func contend(t *testing.T, s *eventlogtest.Server, service string, term time.Duration, left *atomic.Bool) *contender {
	t.Helper()
	nc := s.Conn(t)
	ctx, cancel := context.WithCancel(eventually.Context(t))
	c := &contender{cut: nc.Close, stop: cancel, done: make(chan error, 1)}
	l := eventlogtest.OpenLog(t, nc, eventlog.Config{Service: service})
	go func() {
		c.done <- l.Hold(ctx, eventlog.Lease{Name: "asking", Term: term, Sign: func() []byte { return []byte(service) }, Stored: func() { left.Store(true) },
			Hold: func(ctx context.Context, held eventlog.Held) error {
				if left.Load() && len(held.Inherited) == 0 {
					t.Errorf("%s inherited nothing", service)
				}
				c.hold(ctx, held)
				return nil
			}})
	}()
	return c
}

// hold asks again and again whether the lease is in hand, and notes since when and until when it surely was.
func (c *contender) hold(ctx context.Context, held eventlog.Held) {
	c.set(true)
	defer c.set(false)
	var at *tenure
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for ; ctx.Err() == nil; <-tick.C {
		before := time.Now()
		if !held.Still() {
			at = nil
			continue
		}
		c.mu.Lock()
		if at == nil {
			c.tenures = append(c.tenures, tenure{from: time.Now()})
			at = &c.tenures[len(c.tenures)-1]
		}
		at.to = before
		c.mu.Unlock()
	}
}

func (c *contender) set(holding bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.holding = holding
}

func (c *contender) holds() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.holding
}

// ended stops the copy, and waits until it has given back what it holds.
func (c *contender) ended(t *testing.T) {
	t.Helper()
	c.stop()
	if err := eventually.Received(t, "the copy ends", c.done); err != nil {
		t.Error(err)
	}
}

// TestALeaseHasOneHolder lets copies compete. Those that end give the lease back; those whose connection is cut lose it after a term; and at
// no time do two have it.
func TestALeaseHasOneHolder(t *testing.T) {
	s := eventlogtest.Start(t)
	const term = 800 * time.Millisecond
	var left atomic.Bool
	waiting := map[*contender]bool{}
	var all []*contender
	for i := range 3 {
		c := contend(t, s, fmt.Sprintf("copy%d", i), term, &left)
		waiting[c], all = true, append(all, c)
	}
	next := func() (holder *contender) {
		eventually.True(t, "somebody holds the lease", func() bool {
			for c := range waiting {
				if c.holds() {
					holder = c
				}
			}
			return holder != nil
		})
		delete(waiting, holder)
		return holder
	}
	first := next()
	first.ended(t)
	second := next()
	second.cut() // and does not know when
	third := next()
	eventually.True(t, "the one that was cut off has stopped", func() bool { return !second.holds() })
	if signed, err := eventlogtest.OpenLog(t, s.Conn(t), eventlog.Config{Service: "looker"}).Signed(eventually.Context(t), "asking"); err != nil || len(signed) == 0 {
		t.Errorf("what the holder signs: %q, %v", signed, err)
	}
	third.ended(t)
	second.stop()
	_ = eventually.Received(t, "the one that was cut off ends", second.done) // with what, second.stop has said
	for i, a := range all {
		for k, b := range all[:i] {
			for _, x := range a.tenures {
				for _, y := range b.tenures {
					if x.from.Before(y.to) && y.from.Before(x.to) {
						t.Errorf("copies %d and %d held the lease at once: %v and %v", i, k, x, y)
					}
				}
			}
		}
	}
}

// TestALeaseThatIsGivenBackIsFree: who comes next need not wait for the end of the term, which is longer than this test has patience.
func TestALeaseThatIsGivenBackIsFree(t *testing.T) {
	s := eventlogtest.Start(t)
	var left atomic.Bool
	for i := range 3 {
		c := contend(t, s, fmt.Sprintf("copy%d", i), 2*eventually.Patience, &left)
		eventually.True(t, "it holds the lease", c.holds)
		c.ended(t)
	}
}
