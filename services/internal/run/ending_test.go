package run_test

import (
	"context"
	"io"
	"testing"

	"github.com/rasoat/rasoat/services/internal/run"
)

// The first signal ends a program that waits in a read which does not notice it.
func TestEnding(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	in, w := io.Pipe()
	defer w.Close()
	code := run.Ending(ctx, 1, func() int {
		cancel()
		_, _ = in.Read(make([]byte, 1)) // nobody writes
		return run.ExitFine
	})
	if code != run.ExitFailed {
		t.Errorf("got %d, want %d", code, run.ExitFailed)
	}
	if code := run.Ending(context.Background(), 0, func() int { return run.ExitConflict }); code != run.ExitConflict {
		t.Errorf("a program that ends by itself: got %d, want its own code", code)
	}
}
