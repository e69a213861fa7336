package eventlog_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// seen counts how often each sequence was handled.
type seen struct {
	mu      sync.Mutex
	times   map[uint64]int
	batches [][]uint64
	most    uint64 // deliveries of one message
}

func (s *seen) handle(_ context.Context, batch []eventlog.Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.times == nil {
		s.times = map[uint64]int{}
	}
	var seqs []uint64
	for _, m := range batch {
		s.times[m.Sequence]++
		s.most = max(s.most, m.Delivered)
		seqs = append(seqs, m.Sequence)
	}
	s.batches = append(s.batches, seqs)
	return nil
}

// want fails unless sequences 1 to n were each handled, at least once and at most `most` times.
func (s *seen) want(t *testing.T, n uint64, most int) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for seq := uint64(1); seq <= n; seq++ {
		if times := s.times[seq]; times < 1 || times > most {
			t.Errorf("sequence %d was handled %d times, want 1 to %d", seq, times, most)
		}
	}
	if len(s.times) != int(n) {
		t.Errorf("%d different messages were handled, want %d", len(s.times), n)
	}
}

func TestConsumeBatches(t *testing.T) {
	m, meters := newMeter()
	l := eventlogtest.Start(t).Log(t, eventlog.Config{MeterProvider: meters})
	mustFill(t, l, 200)
	var got seen
	stop := eventlogtest.Run(t, l, eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d", Types: []string{testType}, AckWait: eventually.Patience, Handle: got.handle})
	eventlogtest.Settled(t, l, eventlog.Submissions, "d")
	got.want(t, 200, 1)
	for _, b := range got.batches {
		if len(b) > 64 {
			t.Errorf("a batch of %d messages, want at most 64", len(b))
		}
	}
	for name, want := range map[string]int64{"rasoat.consumer.messages": 200, "rasoat.consumer.records": 200, "rasoat.consumer.lag": 0,
		"rasoat.consumer.paused": 0, "rasoat.consumer.dead_letters": 0, "rasoat.consumer.batch": int64(len(got.batches))} {
		if v := m.value(t, name); v != want {
			t.Errorf("%s: got %d, want %d", name, v, want)
		}
	}
	// When idle, one message is handled, whatever the size of a batch.
	mustAppend(t, l, submission(200))
	eventlogtest.Settled(t, l, eventlog.Submissions, "d")
	stop()
	got.want(t, 201, 1)
}

func TestConsumeFilters(t *testing.T) {
	l := eventlogtest.NewLog(t, "matching")
	roster := submission(0)
	roster.Subject = "submission.roster.01.01000701.r"
	mustAppend(t, l, roster)
	mustAppend(t, l, submission(1))
	var got seen
	stop := eventlogtest.Run(t, l, eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d", Filter: []string{"submission.roster.>"}, Handle: got.handle})
	eventlogtest.Settled(t, l, eventlog.Submissions, "d")
	got.want(t, 1, 1)
	stop()
	// The same durable with another filter: its configuration is brought up to date.
	eventlogtest.Run(t, l, eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d",
		Filter: []string{"submission.roster.>", "submission.profile.>"}, Handle: got.handle})
	mustAppend(t, l, submission(2))
	eventually.True(t, "the new filter is in force", func() bool {
		got.mu.Lock()
		defer got.mu.Unlock()
		return got.times[3] == 1
	})
}

// keptAlive counts how often the broker was told of each message that it is being worked on.
type keptAlive struct {
	mu    sync.Mutex
	times map[string]int // by sequence
}

func watchKeptAlive(t *testing.T, s *eventlogtest.Server, stream, durable string) *keptAlive {
	t.Helper()
	k, nc := &keptAlive{times: map[string]int{}}, s.Conn(t)
	_, err := nc.Subscribe("$JS.ACK."+stream+"."+durable+".>", func(m *nats.Msg) {
		k.mu.Lock()
		defer k.mu.Unlock()
		if string(m.Data) == "+WPI" {
			k.times[strings.Split(m.Subject, ".")[5]]++ // $JS.ACK.stream.durable.deliveries.sequence…
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := nc.FlushWithContext(eventually.Context(t)); err != nil {
		t.Fatal(err)
	}
	return k
}

// await waits until the broker was told twice of each message.
func (k *keptAlive) await(t *testing.T, batch []eventlog.Message) {
	t.Helper()
	eventually.True(t, "each message in hand is kept alive", func() bool {
		k.mu.Lock()
		defer k.mu.Unlock()
		return !slices.ContainsFunc(batch, func(m eventlog.Message) bool { return k.times[fmt.Sprint(m.Sequence)] < 2 })
	})
}

func TestConsumeBoundsRecords(t *testing.T) {
	s := eventlogtest.Start(t)
	l := s.Log(t, eventlog.Config{Service: "validation"})
	events := make([]eventlog.Event, 50)
	for i := range events {
		events[i] = submission(i)
		events[i].Records = 200
	}
	events[20].Records = 5000 // alone above the bound
	if err := l.AppendBatch(eventually.Context(t), events); err != nil {
		t.Fatalf("append: %v", err)
	}
	var got seen
	alive := watchKeptAlive(t, s, eventlog.Submissions, "d")
	stop := eventlogtest.Run(t, l, eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d", MaxRecords: 1000, AckWait: 500 * time.Millisecond,
		Handle: func(ctx context.Context, batch []eventlog.Message) error {
			records := 0
			for _, m := range batch {
				records += m.Records()
			}
			if len(batch) > 1 && records > 1000 {
				t.Errorf("%d records in a batch of %d messages, want at most 1000", records, len(batch))
			}
			if len(got.batches) == 0 {
				alive.await(t, batch)
			}
			return got.handle(ctx, batch)
		}})
	eventlogtest.Settled(t, l, eventlog.Submissions, "d")
	stop()
	got.want(t, 50, 100) // on a slow machine AckWait may pass all the same
}

func TestConsumeUnknownTypes(t *testing.T) {
	m, meters := newMeter()
	l := eventlogtest.Start(t).Log(t, eventlog.Config{MeterProvider: meters})
	mustFill(t, l, 10)
	later := submission(10)
	later.Type = "rasoat.test.foreign.v1"
	mustAppend(t, l, later)
	mustAppend(t, l, submission(11))
	var known, all seen
	eventlogtest.Run(t, l, eventlog.Consumer{Stream: eventlog.Submissions, Durable: "known", Types: []string{"rasoat.test.other.v1", testType}, Handle: known.handle})
	eventlogtest.Run(t, l, eventlog.Consumer{Stream: eventlog.Submissions, Durable: "all", Handle: all.handle})
	eventlogtest.Settled(t, l, eventlog.Submissions, "known", "all")
	all.want(t, 12, 1)
	if len(known.times) != 11 || known.times[11] != 0 {
		t.Errorf("the unknown type was handled: %v", known.times)
	}
	if n := m.value(t, "rasoat.consumer.unknown_types"); n != 1 {
		t.Errorf("unknown types: got %d, want 1", n)
	}
	_, err := l.Last(eventually.Context(t), "dead.*.*")
	wantKind(t, "a dead letter", err, fault.NotFound)
}

// Copies of a service share the work: every message goes to one of them. Each copy holds its first batch until every other has one.
func TestCopiesShareADurable(t *testing.T) {
	s := eventlogtest.Start(t)
	var got seen
	const copies = 3
	var others sync.WaitGroup
	others.Add(copies)
	for range copies {
		var first sync.Once
		eventlogtest.Run(t, s.Log(t, eventlog.Config{}), eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d", MaxMessages: 16, AckWait: eventually.Patience,
			Handle: func(ctx context.Context, batch []eventlog.Message) error {
				first.Do(func() {
					others.Done()
					others.Wait()
				})
				return got.handle(ctx, batch)
			}})
	}
	l := s.Log(t, eventlog.Config{})
	for i := range 40 {
		var events []eventlog.Event
		for j := range 20 {
			events = append(events, submission(20*i+j))
		}
		if err := l.AppendBatch(eventually.Context(t), events); err != nil {
			t.Fatalf("append: %v", err)
		}
	}
	eventlogtest.Settled(t, l, eventlog.Submissions, "d")
	got.want(t, 800, 1)
}

// A copy is stopped with a batch at work and more in hand: all of it is finished and acknowledged, and nothing is given out twice.
func TestStopInTheMiddle(t *testing.T) {
	s := eventlogtest.Start(t)
	l := s.Log(t, eventlog.Config{})
	events := make([]eventlog.Event, 60)
	for i := range events {
		events[i] = submission(i)
		events[i].Records = 200
	}
	if err := l.AppendBatch(eventually.Context(t), events); err != nil {
		t.Fatalf("append: %v", err)
	}
	var got seen
	working, release := make(chan struct{}, 60), make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	c := eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d", AckWait: eventually.Patience, Grace: eventually.Patience}
	first := c
	first.Handle = func(hctx context.Context, batch []eventlog.Message) error {
		working <- struct{}{} // 20 fit in a batch; fewer, when the broker was slow to give the first ones
		<-release
		if hctx.Err() != nil {
			t.Error("the handler's context ended with the consumer's")
		}
		return got.handle(hctx, batch)
	}
	go func() { ended <- l.Consume(ctx, first) }()
	<-working
	cancel()
	close(release)
	if err := <-ended; err != nil {
		t.Errorf("a stopped consumer: %v", err)
	}
	finished := len(got.times)
	// The broker has the acknowledgements when the consumer ends, and works on them by itself.
	eventually.True(t, "what was in hand is acknowledged, and no other", func() bool {
		n, err := l.Pending(eventually.Context(t), eventlog.Submissions, "d")
		return err == nil && n == uint64(60-finished)
	})
	c.Handle = got.handle
	eventlogtest.Run(t, s.Log(t, eventlog.Config{}), c)
	eventlogtest.Settled(t, l, eventlog.Submissions, "d")
	got.want(t, 60, 1)
	if got.most != 1 {
		t.Errorf("a message was given out %d times: it was given back unprocessed", got.most)
	}
}

// A copy is stopped while its surroundings are ill: what is in hand is given back, and does not come after AckWait alone, which is longer than
// this test has patience.
func TestStopInIllness(t *testing.T) {
	s := eventlogtest.Start(t)
	l := s.Log(t, eventlog.Config{})
	mustFill(t, l, 10)
	tried := make(chan struct{}, 100)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	c := eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d", MaxMessages: 4, AckWait: 2 * eventually.Patience}
	first := c
	first.Handle = func(context.Context, []eventlog.Message) error {
		tried <- struct{}{}
		return fault.New(fault.Unavailable, "test", "mất", "away")
	}
	go func() { ended <- l.Consume(ctx, first) }()
	<-tried
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("a stopped consumer: %v", err)
	}
	var got seen
	c.Handle = got.handle
	eventlogtest.Run(t, s.Log(t, eventlog.Config{}), c)
	eventlogtest.Settled(t, l, eventlog.Submissions, "d")
	got.want(t, 10, 1)
}

// A handler that does not come to an end is told to by its context, after Grace.
func TestGraceEnds(t *testing.T) {
	l := eventlogtest.NewLog(t, "matching")
	mustAppend(t, l, submission(0))
	working := make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-working; cancel() }()
	err := l.Consume(ctx, eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d", Grace: 20 * time.Millisecond,
		Handle: func(ctx context.Context, _ []eventlog.Message) error {
			close(working)
			<-ctx.Done()
			return ctx.Err()
		}})
	if err != nil {
		t.Errorf("consume: %v", err)
	}
	if n, err := l.Pending(eventually.Context(t), eventlog.Submissions, "d"); err != nil || n != 1 {
		t.Errorf("pending: got %d, %v, want the unfinished message", n, err)
	}
}

func TestConsumeRefusesNonsense(t *testing.T) {
	l := eventlogtest.NewLog(t, "matching")
	ok := func(context.Context, []eventlog.Message) error { return nil }
	for name, c := range map[string]eventlog.Consumer{
		"no handler": {Stream: eventlog.Submissions, Durable: "d"},
		"no durable": {Stream: eventlog.Submissions, Handle: ok},
		"no stream":  {Stream: "NOTHING", Durable: "d", Handle: ok},
	} {
		wantKind(t, name, l.Consume(eventually.Context(t), c), fault.Internal)
	}
	wantKind(t, "a filter of another stream's subjects", l.Consume(eventually.Context(t), eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d",
		Filter: []string{"submission.>", "submission.profile.>"}, Handle: ok}), fault.Conflict)
	_, err := l.Pending(eventually.Context(t), eventlog.Submissions, "nobody")
	wantKind(t, "pending of nobody", err, fault.NotFound)
}

func TestTwice(t *testing.T) {
	var got []string
	handle := eventlogtest.Twice(func(_ context.Context, batch []eventlog.Message) error {
		var s string
		for _, m := range batch {
			s += fmt.Sprint(m.Sequence)
		}
		got = append(got, s)
		return nil
	}, 1)
	if err := handle(context.Background(), []eventlog.Message{{Sequence: 1}, {Sequence: 2}, {Sequence: 3}}); err != nil {
		t.Fatal(err)
	}
	if len(got) != 5 || got[0] != "123" || got[1] != "321" || len(got[2]+got[3]+got[4]) != 3 {
		t.Errorf("deliveries: got %v", got)
	}
}
