package eventlog_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// The broker goes away and comes back, twice, while writers write and two copies consume; what the
// handlers publish arrives too. Nothing is lost and nothing dies.
func TestBrokerRestarts(t *testing.T) {
	s := eventlogtest.Start(t)
	l := s.Log(t, eventlog.Config{})
	const n = 300
	var got seen
	var handled atomic.Int32
	for range 2 {
		copyOf := s.Log(t, eventlog.Config{})
		eventlogtest.Run(t, copyOf, eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d", MaxMessages: 8, AckWait: time.Second,
			Handle: func(ctx context.Context, batch []eventlog.Message) error {
				var out []eventlog.Event
				for _, m := range batch {
					out = append(out, eventlog.Event{Subject: "record.p" + string(m.Data), Type: testType, Data: m.Data, Trace: m.SpanContext()})
				}
				if err := copyOf.AppendBatch(ctx, out); err != nil {
					return err
				}
				handled.Add(int32(len(batch)))
				return got.handle(ctx, batch)
			}})
	}
	written := make(chan error, 1)
	go func() {
		var err error
		for i := 0; i < n && err == nil; i++ {
			ev := submission(i)
			ev.ExpectLast = &eventlog.Expect{}
			_, err = l.Append(eventually.Context(t), ev)
		}
		written <- err
	}()
	for _, after := range []int32{40, 150} {
		eventually.True(t, "the consumers are at work", func() bool { return handled.Load() >= after })
		s.Stop()
		s.Run()
	}
	if err := <-written; err != nil {
		t.Errorf("a conditional append over a restart: %v", err)
	}
	eventlogtest.Settled(t, l, eventlog.Submissions, "d")
	got.want(t, n, 100)
	for i := range n {
		if _, err := l.Last(eventually.Context(t), record(i, "").Subject); err != nil {
			t.Errorf("record %d: %v", i, err)
		}
	}
	_, err := l.Last(eventually.Context(t), "dead.*.*")
	wantKind(t, "a dead letter", err, fault.NotFound)
}

// An operator deletes the durable: the loop makes it again and goes on. (The broker may then begin at
// the beginning, or where the old durable was: it happens to find its state again. Both are right.)
func TestDurableDeleted(t *testing.T) {
	s := eventlogtest.Start(t)
	l := s.Log(t, eventlog.Config{})
	mustFill(t, l, 5)
	var got seen
	eventlogtest.Run(t, l, eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d", AckWait: time.Second, Handle: got.handle})
	eventlogtest.Settled(t, l, eventlog.Submissions, "d")
	if err := mustJetStream(t, s).DeleteConsumer(eventually.Context(t), eventlog.Submissions, "d"); err != nil {
		t.Fatalf("delete: %v", err)
	}
	mustAppend(t, l, submission(5))
	eventlogtest.Settled(t, l, eventlog.Submissions, "d")
	got.want(t, 6, 2)
}

// The owner closes the connection: the loop ends and says so.
func TestConnectionClosed(t *testing.T) {
	s := eventlogtest.Start(t)
	nc := s.Conn(t)
	l := eventlogtest.OpenLog(t, nc, eventlog.Config{})
	mustFill(t, l, 1)
	wantKind(t, "consume on a closed connection", l.Consume(eventually.Context(t), eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d",
		Handle: func(context.Context, []eventlog.Message) error { nc.Close(); return nil }}), fault.Unavailable)
	_, err := l.Append(eventually.Context(t), submission(2))
	wantKind(t, "append on a closed connection", err, fault.Unavailable)
}
