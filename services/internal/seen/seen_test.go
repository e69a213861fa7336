package seen_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/seen"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
)

func put(tb testing.TB, l *eventlog.Log, n int) {
	tb.Helper()
	var events []eventlog.Event
	for i := range n {
		events = append(events, eventlog.Event{Subject: fmt.Sprintf("verdict.roster.01.s%d", i), Type: "rasoat.test.v1"})
	}
	if err := l.AppendBatch(context.Background(), events); err != nil {
		tb.Fatal(err)
	}
}

func consumer(handle eventlog.Handler) eventlog.Consumer {
	return eventlog.Consumer{Stream: eventlog.Verdicts, Durable: "test-verdicts", Handle: handle}
}

func watch(t *testing.T, l *eventlog.Log, db store.DB, anew func(context.Context) error) error {
	t.Helper()
	return seen.Watch(eventually.Context(t), l, db, anew)
}

// TestNotedBeforeItIsMerged: whatever a handler is given, the store knows already that the stream reaches that far; and one note is for many batches.
func TestNotedBeforeItIsMerged(t *testing.T) {
	l, db := eventlogtest.NewLog(t, "toy"), storetest.NewMemory()
	if err := watch(t, l, db, nil); err != nil {
		t.Fatal(err)
	}
	put(t, l, 300)
	var handled, marks atomic.Int64
	known := map[uint64]bool{}
	c := consumer(func(ctx context.Context, batch []eventlog.Message) error {
		k, err := seen.In(db).Known(ctx)
		if err != nil {
			return err
		}
		mark := k.Seen[eventlog.Verdicts]
		known[mark.Sequence] = true
		marks.Store(int64(len(known)))
		for _, m := range batch {
			if m.Sequence > mark.Sequence {
				t.Errorf("message %d is handled and the store has seen %d", m.Sequence, mark.Sequence)
			}
		}
		handled.Add(int64(len(batch)))
		return nil
	})
	c.MaxMessages = 10
	eventlogtest.Run(t, l, c)
	eventually.True(t, "all are handled", func() bool { return handled.Load() >= 300 })
	if n := marks.Load(); n != 1 {
		t.Errorf("%d notes for messages that all were there, want 1", n)
	}
}

// TestOlderLog: a log that lost what the store has seen, or holds something else there, is refused, until the collections are made anew from it.
func TestOlderLog(t *testing.T) {
	db := storetest.NewMemory()
	full := eventlogtest.NewLog(t, "toy")
	put(t, full, 20)
	if err := watch(t, full, db, nil); err != nil {
		t.Fatal(err)
	}
	stop := eventlogtest.Run(t, full, consumer(func(context.Context, []eventlog.Message) error { return nil }))
	eventlogtest.Settled(t, full, eventlog.Verdicts, "test-verdicts")
	stop()
	if err := watch(t, full, db, nil); err != nil {
		t.Errorf("the same log: %v", err)
	}
	put(t, full, 5)
	if err := watch(t, full, db, nil); err != nil {
		t.Errorf("a newer log: %v", err)
	}
	for name, n := range map[string]int{"shorter": 19, "another": 30, "empty": 0} {
		other := eventlogtest.NewLog(t, "toy")
		if n > 0 {
			put(t, other, n)
		}
		err := watch(t, other, db, nil)
		if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "--rebuild") {
			t.Errorf("%s: got %v, want Conflict with the way out", name, err)
		}
	}
	short := eventlogtest.NewLog(t, "toy")
	put(t, short, 19)
	anew := 0
	if err := watch(t, short, db, func(context.Context) error { anew++; return nil }); err != nil || anew != 1 {
		t.Errorf("anew: got %v after %d times", err, anew)
	}
	if err := watch(t, short, db, nil); err != nil {
		t.Errorf("after the collections were made anew: %v", err)
	}
}

// TestOlderWhileItRuns: the broker loses its streams under a consumer that runs; it ends, and is given nothing of what comes.
func TestOlderWhileItRuns(t *testing.T) {
	dir := t.TempDir()
	broker := eventlogtest.Start(t, func(o *server.Options) { o.StoreDir = dir })
	l, db := broker.Log(t, eventlog.Config{Service: "toy"}), storetest.NewMemory()
	if err := watch(t, l, db, nil); err != nil {
		t.Fatal(err)
	}
	var handled atomic.Int64
	ended := make(chan error, 1)
	go func() {
		ended <- l.Consume(eventually.Context(t), consumer(func(_ context.Context, batch []eventlog.Message) error {
			handled.Add(int64(len(batch)))
			return nil
		}))
	}()
	put(t, l, 20)
	eventually.True(t, "all are handled", func() bool { return handled.Load() == 20 })
	broker.Stop()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	broker.Run()
	put(t, broker.Log(t, eventlog.Config{Service: "other"}), 3)
	if err := eventually.Received(t, "the consumer ends", ended); !fault.Is(err, fault.Conflict) || handled.Load() != 20 {
		t.Errorf("got %v after %d messages, want Conflict after 20", err, handled.Load())
	}
}

// TestRestored: a store into which a restore was broken off is not served; after a restore what was put back counts as given out before.
func TestRestored(t *testing.T) {
	ctx := eventually.Context(t)
	l, db := eventlogtest.NewLog(t, "toy"), storetest.NewMemory()
	s := seen.In(db)
	put(t, l, 5)
	if err := s.Begin(ctx, "b1"); err != nil {
		t.Fatal(err)
	}
	for name, anew := range map[string]func(context.Context) error{"as it is": nil, "anew": func(context.Context) error { return nil }} {
		if err := watch(t, l, db, anew); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s: got %v, want Conflict", name, err)
		}
	}
	if err := s.End(ctx, "b1", map[string]uint64{eventlog.Verdicts: 5}); err != nil {
		t.Fatal(err)
	}
	if err := watch(t, l, db, nil); err != nil {
		t.Fatal(err)
	}
	put(t, l, 5)
	given := map[uint64]uint64{}
	stop := eventlogtest.Run(t, l, consumer(func(_ context.Context, batch []eventlog.Message) error {
		for _, m := range batch {
			given[m.Sequence] = m.Delivered
		}
		return nil
	}))
	eventlogtest.Settled(t, l, eventlog.Verdicts, "test-verdicts")
	stop()
	for sequence, want := range map[uint64]uint64{1: 2, 5: 2, 6: 1, 10: 1} {
		if given[sequence] != want {
			t.Errorf("message %d counts as given out %d times, want %d", sequence, given[sequence], want)
		}
	}
}

// BenchmarkConsume is what a message costs with and without the watch, as long as many wait and when each comes alone.
func BenchmarkConsume(b *testing.B) {
	for _, watched := range []bool{false, true} {
		for _, alone := range []bool{false, true} {
			b.Run(fmt.Sprintf("watched=%v/alone=%v", watched, alone), func(b *testing.B) {
				l := eventlogtest.NewLog(b, "toy")
				if watched {
					if err := seen.Watch(context.Background(), l, storetest.NewMemory(), nil); err != nil {
						b.Fatal(err)
					}
				}
				handled := make(chan int, 1024)
				if !alone {
					put(b, l, b.N)
				}
				b.ResetTimer()
				eventlogtest.Run(b, l, consumer(func(_ context.Context, batch []eventlog.Message) error {
					handled <- len(batch)
					return nil
				}))
				for n := 0; n < b.N; {
					if alone {
						put(b, l, 1)
					}
					n += <-handled
				}
			})
		}
	}
}
