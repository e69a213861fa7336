package registry

import (
	"context"
	"sync"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/sandbox/v1"
	"golang.org/x/time/rate"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Behaviour is how the registry misbehaves; the zero value is a registry that always answers at once.
type Behaviour struct {
	Away            bool          // every call is UNAVAILABLE
	Delay           time.Duration // added to each call
	CallsPerSecond  int           // beyond them calls are RESOURCE_EXHAUSTED; 0 means no limit
	FailingPerMille int           // the share of calls that are INTERNAL, in thousandths
	VerifyOnly      bool          // Lookup is PERMISSION_DENIED
}

// Counters is what has happened since the start.
type Counters struct {
	Calls     int64 // of RegistryService
	Refused   int64 // of those, how many got no answer
	Questions int64 // claims and numbers that were answered
}

// gate lets calls through, or refuses them, as the behaviour says.
type gate struct {
	now func() time.Time

	mu        sync.Mutex
	behaviour Behaviour
	limit     *rate.Limiter
	counters  Counters
	owed      int // of failing calls, in thousandths
}

func newGate(b Behaviour, now func() time.Time) *gate {
	g := &gate{now: now}
	g.set(b)
	return g
}

func (g *gate) set(b Behaviour) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.limit == nil || b.CallsPerSecond != g.behaviour.CallsPerSecond {
		g.limit = rate.NewLimiter(rate.Limit(b.CallsPerSecond), b.CallsPerSecond)
	}
	g.behaviour = b
}

func (g *gate) get() (Behaviour, Counters) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.behaviour, g.counters
}

// enter lets one call of so many questions through. Its errors have the codes that Behaviour names, or that of ctx
// when ctx ends during the delay.
func (g *gate) enter(ctx context.Context, lookup bool, questions int) error {
	delay, err := g.decide(lookup)
	if err == nil && delay > 0 {
		err = wait(ctx, delay)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if err != nil {
		g.counters.Refused++
		return err
	}
	g.counters.Questions += int64(questions)
	return nil
}

// decide counts a call and judges it by the behaviour of this moment.
func (g *gate) decide(lookup bool) (time.Duration, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.counters.Calls++
	b := g.behaviour
	switch {
	case b.Away:
		return 0, status.Error(codes.Unavailable, "the registry is away")
	case lookup && b.VerifyOnly:
		return 0, status.Error(codes.PermissionDenied, "lookup is not granted: verify instead")
	case b.CallsPerSecond > 0 && !g.limit.AllowN(g.now(), 1):
		return 0, status.Error(codes.ResourceExhausted, "too many calls in this second")
	}
	// Failures are spread evenly, so that a test can count on their share.
	if g.owed += b.FailingPerMille; g.owed >= 1000 {
		g.owed -= 1000
		return 0, status.Error(codes.Internal, "the registry failed")
	}
	return b.Delay, nil
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return status.FromContextError(ctx.Err()).Err()
	}
}

func fromBehaviour(b *pb.Behaviour) Behaviour {
	return Behaviour{
		Away: b.GetAway(), Delay: time.Duration(b.GetDelayMs()) * time.Millisecond, CallsPerSecond: int(b.GetCallsPerSecond()),
		FailingPerMille: int(b.GetFailingPerMille()), VerifyOnly: b.GetVerifyOnly(),
	}
}

func toBehaviour(b Behaviour) *pb.Behaviour {
	return &pb.Behaviour{
		Away: b.Away, DelayMs: int32(b.Delay.Milliseconds()), CallsPerSecond: int32(b.CallsPerSecond),
		FailingPerMille: int32(b.FailingPerMille), VerifyOnly: b.VerifyOnly,
	}
}

// check reports a behaviour that nothing can have.
func (b Behaviour) check() error {
	if b.Delay < 0 || b.CallsPerSecond < 0 || b.FailingPerMille < 0 || b.FailingPerMille > 1000 {
		return status.Error(codes.InvalidArgument, "a behaviour has no negative number, and at most 1000 failing calls in 1000")
	}
	return nil
}
