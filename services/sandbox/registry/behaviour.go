package registry

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Behaviour is how the registry misbehaves; the zero value is a registry that always answers at once, and well. Shares
// are in thousandths and spread evenly, so that a test can count on them.
type Behaviour struct {
	Away               bool          // every call is UNAVAILABLE, as in a maintenance window
	Delay              time.Duration // added to each call
	CallsPerSecond     int           // beyond them calls are RESOURCE_EXHAUSTED; 0 means no limit
	QuestionsPerSecond int           // beyond them calls are RESOURCE_EXHAUSTED, one with more of them always; 0 means no limit
	FailingPerMille    int           // the share of calls that are INTERNAL
	VerifyOnly         bool          // Lookup is PERMISSION_DENIED
	// MalformedPerMille is the share of answered calls that have one answer fewer than questions: the first is missing,
	// and every other stands beside a wrong question.
	MalformedPerMille int
	// OtherPersonPerMille is the share of answered lookups in which one answer is about a person who was not asked about.
	OtherPersonPerMille int
}

// Counters is what has happened since the start.
type Counters struct {
	Calls     int64 // of RegistryService
	Refused   int64 // of those, how many got no answer
	OverLimit int64 // of those, how many were more than the limits allow
	Asked     int64 // claims and numbers that the calls brought, answered or not
	Questions int64 // claims and numbers that were answered
	Repeated  int64 // of those, how many had been answered well before, word for word
}

// gate lets calls through, or refuses them, as the behaviour says.
type gate struct {
	now func() time.Time

	mu        sync.Mutex
	behaviour Behaviour
	calls     *rate.Limiter
	questions *rate.Limiter
	counters  Counters
	failing   share
	malformed share
	others    share
	answered  memory
}

func newGate(b Behaviour, now func() time.Time) *gate {
	g := &gate{now: now, answered: newMemory()}
	g.set(b)
	return g
}

func (g *gate) set(b Behaviour) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.calls == nil || b.CallsPerSecond != g.behaviour.CallsPerSecond {
		g.calls = rate.NewLimiter(rate.Limit(b.CallsPerSecond), b.CallsPerSecond)
	}
	if g.questions == nil || b.QuestionsPerSecond != g.behaviour.QuestionsPerSecond {
		g.questions = rate.NewLimiter(rate.Limit(b.QuestionsPerSecond), b.QuestionsPerSecond)
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
	delay, err := g.decide(lookup, questions)
	if err == nil && delay > 0 {
		err = wait(ctx, delay)
	}
	if err != nil {
		g.mu.Lock()
		g.counters.Refused++
		g.mu.Unlock()
	}
	return err
}

// decide counts a call and judges it by the behaviour of this moment.
func (g *gate) decide(lookup bool, questions int) (time.Duration, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.counters.Calls++
	g.counters.Asked += int64(questions)
	b := g.behaviour
	switch {
	case b.Away:
		return 0, status.Error(codes.Unavailable, "the registry is away")
	case lookup && b.VerifyOnly:
		return 0, status.Error(codes.PermissionDenied, "lookup is not granted: verify instead")
	case b.CallsPerSecond > 0 && !g.calls.AllowN(g.now(), 1):
		g.counters.OverLimit++
		return 0, status.Error(codes.ResourceExhausted, "too many calls in this second")
	case b.QuestionsPerSecond > 0 && !g.questions.AllowN(g.now(), questions):
		g.counters.OverLimit++
		return 0, status.Error(codes.ResourceExhausted, "too many questions in this second")
	case g.failing.due(b.FailingPerMille):
		return 0, status.Error(codes.Internal, "the registry failed")
	}
	return b.Delay, nil
}

// spoilt says what is wrong with the answers of one call: the first may be missing, and one, by its place, may be about
// another person; −1 for none.
type spoilt struct {
	short bool
	other int
}

// answer counts the questions of a call that is being answered, by their keys, and says how its answers are to be
// spoilt. A question whose answer is spoilt has to be asked again, and is not remembered.
func (g *gate) answer(lookup bool, questions []uint64) spoilt {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := spoilt{other: -1}
	if len(questions) == 0 {
		return out
	}
	out.short = g.malformed.due(g.behaviour.MalformedPerMille)
	if lookup && g.others.due(g.behaviour.OtherPersonPerMille) {
		out.other = int(g.counters.Calls) % len(questions)
	}
	g.counters.Questions += int64(len(questions))
	for i, q := range questions {
		if g.answered.has(q) {
			g.counters.Repeated++
		} else if !out.short && i != out.other {
			g.answered.add(q)
		}
	}
	return out
}

// share spreads a share evenly: it holds what is owed, in thousandths.
type share int

// due reports whether this one is of the share.
func (s *share) due(perMille int) bool {
	if *s += share(perMille); *s < 1000 {
		return false
	}
	*s -= 1000
	return true
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
