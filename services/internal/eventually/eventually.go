// Package eventually is how tests wait. A test waits for an event and never for a time: what it proves holds on a slow
// machine beside noisy neighbours too. Only tests import it.
package eventually

import (
	"context"
	"testing"
	"time"
)

// Patience bounds every wait, so that a test whose event never comes ends and says which one it was. It is so long that it
// decides nothing on a machine that is merely slow.
const Patience = 10 * time.Minute

// Context returns a context for the calls of a test. It outlives tb.Context, so that cleanup can use it.
func Context(tb testing.TB) context.Context {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), Patience)
	tb.Cleanup(cancel)
	return ctx
}

// True waits until something is true. It asks again and again: where there is an event, wait with Received.
func True(tb testing.TB, what string, ask func() bool) {
	tb.Helper()
	const first, most = time.Millisecond, 25 * time.Millisecond
	limit := time.After(Patience)
	for pause := first; !ask(); pause = min(2*pause, most) {
		select {
		case <-limit:
			tb.Fatalf("%s: not within %v", what, Patience)
		case <-time.After(pause):
		}
	}
}

// Received returns the next value of a channel; the zero value when the channel was closed.
func Received[T any](tb testing.TB, what string, from <-chan T) T {
	tb.Helper()
	select {
	case got := <-from:
		return got
	case <-time.After(Patience):
		tb.Fatalf("%s: not within %v", what, Patience)
		panic("unreachable")
	}
}
