package eventlogtest

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventually"
)

// Twice gives a handler that does everything twice and out of order: the batch as it came, the batch
// in reverse, and each message by itself in random order. What comes out must be the same as with the
// handler alone. seed makes the order repeatable.
func Twice(handle eventlog.Handler, seed uint64) eventlog.Handler {
	return func(ctx context.Context, batch []eventlog.Message) error {
		again := slices.Clone(batch)
		if err := handle(ctx, batch); err != nil {
			return err
		}
		slices.Reverse(again)
		if err := handle(ctx, slices.Clone(again)); err != nil {
			return err
		}
		r := rand.New(rand.NewPCG(seed, again[0].Sequence))
		r.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
		for _, m := range again {
			if err := handle(ctx, []eventlog.Message{m}); err != nil {
				return err
			}
		}
		return nil
	}
}

// Run runs a consumer until the test ends, or until the function that it gives is called; both wait for
// it. An error of the consumer fails the test.
func Run(tb testing.TB, l *eventlog.Log, c eventlog.Consumer) (stop func()) {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.Consume(ctx, c) }()
	stopped := false
	stop = func() {
		tb.Helper()
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := eventually.Received(tb, "the consumer "+c.Durable+" of "+c.Stream+" stops", ended); err != nil {
			tb.Errorf("eventlogtest: consume %s as %s: %v", c.Stream, c.Durable, err)
		}
	}
	tb.Cleanup(stop)
	return stop
}

// Settled waits until the durables of a stream have answered for every message.
func Settled(tb testing.TB, l *eventlog.Log, stream string, durables ...string) {
	tb.Helper()
	for _, durable := range durables {
		eventually.True(tb, "durable "+durable+" of "+stream+" settles", func() bool {
			n, err := l.Pending(context.Background(), stream, durable)
			return err == nil && n == 0
		})
	}
}
