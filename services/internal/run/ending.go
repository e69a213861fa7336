package run

import (
	"context"
	"time"
)

// Ending runs f and returns its exit code. After ctx has ended f has grace to come to its end: a read of the standard input, or a
// write to a receiver that reads no more, does not notice a signal, and the first signal has to do.
func Ending(ctx context.Context, grace time.Duration, f func() int) int {
	code := make(chan int, 1)
	go func() { code <- f() }()
	select {
	case c := <-code:
		return c
	case <-ctx.Done():
	}
	select {
	case c := <-code:
		return c
	case <-time.After(grace):
		return ExitFailed
	}
}
