package server

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/matching"
	"github.com/sony/gobreaker/v2"
	"golang.org/x/time/rate"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// How the circuit breaker judges the registry.
const (
	failuresToOpen = 3               // in a row
	openFor        = 5 * time.Second // until one question is let through to see, where Config sets nothing else
	// underWay is how many calls there are at once at the most: a slow registry is not made slower by more.
	underWay = 16
)

// gate lets questions through to the registry, in turn, as many as the drive allows and only while the registry is well. There is one at work in
// all copies of the service: the holder of the lease has it.
type gate struct {
	drive *drive.Drive
	now   func() time.Time
	still func() bool   // whether the lease is in hand
	open  time.Duration // how long the breaker stays open

	mu       sync.Mutex
	turns    matching.Turns
	granted  map[*matching.Turn]chan struct{}
	tell     map[*matching.Turn]func(error) // the breaker, of those under way
	limit    *rate.Limiter
	breaker  *gobreaker.TwoStepCircuitBreaker[struct{}]
	openedAt time.Time
	heldTo   time.Time // the registry asked for patience
	hold     time.Duration
	day      string
	spent    int // of the day
	reserved int // of the day: signed for, and stored
	signing  int // of the day: in the signature under way
	answers  meter
	unasked  int64 // pupils whom nobody will ask about, for the signature
	wake     chan struct{}
	ended    chan struct{} // closed when run ends
}

// newGate makes the gate of a holder that inherits what was spent. Its budget of the second is empty at first: the last holder may have used
// it a moment ago.
func newGate(d *drive.Drive, open time.Duration, now func() time.Time, still func() bool, inherited ledger) *gate {
	g := &gate{
		drive: d, open: open, now: now, still: still, granted: map[*matching.Turn]chan struct{}{}, tell: map[*matching.Turn]func(error){}, limit: rate.NewLimiter(rate.Inf, d.Asking.PerCall),
		day: inherited.Day, spent: inherited.Spent, reserved: inherited.Spent, answers: meter{now: now}, wake: make(chan struct{}, 1),
		ended: make(chan struct{}),
	}
	if n := d.Asking.PerSecond; n > 0 {
		g.limit = rate.NewLimiter(rate.Limit(n), d.Asking.PerCall)
		g.limit.AllowN(now(), d.Asking.PerCall)
	}
	g.breaker = gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		Name: "registry", Timeout: open,
		ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= failuresToOpen },
		OnStateChange: func(_ string, _, to gobreaker.State) {
			if to == gobreaker.StateOpen {
				g.openedAt = now()
			}
		},
		IsExcluded: func(err error) bool {
			return errors.Is(err, context.Canceled) || errors.Is(err, errAlone) || status.Code(err) == codes.Canceled
		},
	})
	return g
}

// enter waits for a turn to ask about some pupils; done has to be told how it ended. It fails when ctx ends.
func (g *gate) enter(ctx context.Context, lane matching.Lane, pupils int) (done func(error), err error) {
	g.mu.Lock()
	turn := g.turns.Enter(lane, pupils)
	granted := make(chan struct{})
	g.granted[turn] = granted
	g.mu.Unlock()
	g.nudge()
	select {
	case <-granted:
	case <-ctx.Done():
		return nil, g.leave(turn, ctx.Err())
	case <-g.ended:
		return nil, g.leave(turn, context.Canceled)
	}
	return func(err error) { g.done(turn, err) }, nil
}

// leave gives up a turn, with the error that says why.
func (g *gate) leave(turn *matching.Turn, err error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, waiting := g.granted[turn]; waiting {
		delete(g.granted, turn)
		g.turns.Leave(turn, false)
	} else {
		g.breakerDone(turn, err)
	}
	return err
}

// noteUnasked has the next signature tell of pupils whom nobody will ask about.
func (g *gate) noteUnasked(n int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.unasked = n
}

func (g *gate) nudge() {
	select {
	case g.wake <- struct{}{}:
	default:
	}
}

// done takes in how a call ended.
func (g *gate) done(turn *matching.Turn, err error) {
	g.mu.Lock()
	switch {
	case err == nil:
		g.answers.add(turn.Pupils)
		g.hold = 0
	case status.Code(err) == codes.ResourceExhausted:
		// It has another idea of the budget than we: wait longer each time, so that many do not come back at once.
		g.hold = min(max(2*g.hold, g.open/5), 6*g.open)
		g.heldTo = g.now().Add(g.hold/2 + rand.N(g.hold))
	}
	g.breakerDone(turn, err)
	g.mu.Unlock()
	g.nudge()
}

// breakerDone tells the breaker; to be asked for patience is no failure.
func (g *gate) breakerDone(turn *matching.Turn, err error) {
	if status.Code(err) == codes.ResourceExhausted {
		err = nil
	}
	if tell := g.tell[turn]; tell != nil {
		delete(g.tell, turn)
		tell(err)
	}
}

// run serves the turns until ctx ends.
func (g *gate) run(ctx context.Context) error {
	defer close(g.ended)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		wait := g.serve()
		timer.Reset(wait)
		select {
		case <-ctx.Done():
		case <-g.wake:
		case <-timer.C:
		}
	}
	return nil
}

// idle is how long the gate waits when nothing tells it that it is time.
const idle = time.Second

// serve grants every turn that may be granted now and tells how long to wait for the next.
func (g *gate) serve() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	for {
		turn := g.turns.Next()
		if turn == nil {
			return idle
		}
		if len(g.tell) >= underWay {
			return idle // until one has ended
		}
		now := g.now()
		if _, until := g.closed(now, turn.Pupils); until.After(now) {
			return min(until.Sub(now), idle)
		}
		if !g.still() {
			return idle // whoever waits is told by the end of its context
		}
		tell, err := g.breaker.Allow()
		if err != nil {
			return max(time.Millisecond, min(g.openedAt.Add(g.open).Sub(now), idle))
		}
		g.limit.AllowN(now, turn.Pupils)
		g.spent += turn.Pupils
		g.tell[turn] = tell
		g.turns.Leave(turn, true)
		close(g.granted[turn])
		delete(g.granted, turn)
	}
}

// closed tells why so many pupils cannot be asked about now, and until when.
func (g *gate) closed(now time.Time, pupils int) (pb.RegistryState, time.Time) {
	day, ends := g.drive.Day(now)
	if day != g.day {
		g.day, g.spent, g.reserved, g.signing = day, 0, 0, 0
	}
	if open, next := g.drive.Open(now); !open {
		return pb.RegistryState_REGISTRY_STATE_MAINTENANCE, next
	}
	if most := g.drive.Asking.PerDay; most > 0 && g.spent+pupils > min(g.reserved, most) {
		if g.spent+pupils > most {
			return pb.RegistryState_REGISTRY_STATE_SPENT, ends
		}
		return pb.RegistryState_REGISTRY_STATE_WELL, now.Add(10 * time.Millisecond) // until the next signature
	}
	if g.heldTo.After(now) {
		return pb.RegistryState_REGISTRY_STATE_AWAY, g.heldTo
	}
	if g.drive.Asking.PerSecond > 0 {
		r := g.limit.ReserveN(now, pupils)
		wait := r.DelayFrom(now)
		r.CancelAt(now)
		return pb.RegistryState_REGISTRY_STATE_WELL, now.Add(wait)
	}
	return pb.RegistryState_REGISTRY_STATE_WELL, now
}
