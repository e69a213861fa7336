package server

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// TestSnapshot: who asks while the store is ill is told, who asks afterwards is answered, and nobody once the service stops.
func TestSnapshot(t *testing.T) {
	c, ctx := newSnapshot(), context.Background()
	c.every = time.Millisecond
	var ill atomic.Bool
	ill.Store(true)
	look := func(context.Context, *view) (*view, error) {
		if ill.Load() {
			return nil, fault.New(fault.Unavailable, "test", "hỏng", "ill")
		}
		return &view{at: time.Now()}, nil
	}
	if _, err := c.get(ctx, look); !fault.Is(err, fault.Unavailable) {
		t.Errorf("ill: got %v", err)
	}
	ill.Store(false)
	eventually.True(t, "it is well again", func() bool { _, err := c.get(ctx, look); return err == nil })
	first, next, err := c.wait(ctx, look)
	if err != nil {
		t.Fatal(err)
	}
	<-next
	ill.Store(true) // what was read a moment ago is given meanwhile
	if v, err := c.get(ctx, look); err != nil || v == first {
		t.Errorf("ill for a moment: got %v, %v", v, err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	other := newSnapshot()
	t.Cleanup(other.stop)
	if _, err := other.get(gone, func(ctx context.Context, _ *view) (*view, error) { <-ctx.Done(); return nil, ctx.Err() }); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a caller who went: got %v", err)
	}
	c.stop()
	if _, err := c.get(ctx, look); !fault.Is(err, fault.Unavailable) {
		t.Errorf("stopped: got %v", err)
	}
}
