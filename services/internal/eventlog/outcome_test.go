package eventlog_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// failAt gives a handler that fails on the messages with these data, and records the others.
func failAt(got *seen, fail map[string]func() error) eventlog.Handler {
	return func(ctx context.Context, batch []eventlog.Message) error {
		for _, m := range batch {
			if f := fail[string(m.Data)]; f != nil {
				if err := f(); err != nil {
					return err
				}
			}
		}
		return got.handle(ctx, batch)
	}
}

// Poison of every sort goes to the dead letters; everything around it is done.
func TestPoison(t *testing.T) {
	m, meters := newMeter()
	l := eventlogtest.Start(t).Log(t, eventlog.Config{Service: "matching", MeterProvider: meters})
	mustFill(t, l, 100)
	var got seen
	var tries, crashes atomic.Int32
	const secret = "Nguyễn Văn A"
	c := eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d", Types: []string{testType}, Handle: failAt(&got, map[string]func() error{
		"10": func() error {
			tries.Add(1)
			return fault.New(fault.Invalid, "matching.decode", "không đọc được", "cannot be decoded")
		},
		"20": func() error { return errors.New(secret) },
		"30": func() error { crashes.Add(1); panic(secret) },
		"40": func() error { var none []int; _ = none[len(secret)-1]; return nil },
	})}
	eventlogtest.Run(t, l, c)
	eventlogtest.Settled(t, l, eventlog.Submissions, "d")

	want := map[string]string{ // sequence to reason
		"11": "invalid: matching.decode: cannot be decoded",
		"21": "internal (*errors.errorString)",
		"31": "the handler crashed: panic with a string",
		"41": "the handler crashed: runtime error: index out of range [14] with length 0",
	}
	for seq := uint64(1); seq <= 4; seq++ {
		letter, err := l.Read(eventually.Context(t), eventlog.DeadLetters, seq)
		if err != nil {
			t.Fatalf("dead letter %d: %v", seq, err)
		}
		origin := letter.Header.Get(eventlog.HeaderDeadSequence)
		if reason := letter.Header.Get(eventlog.HeaderDeadReason); reason != want[origin] {
			t.Errorf("reason of %s: got %q, want %q", origin, reason, want[origin])
		}
		delete(want, origin)
		data := string(letter.Data)
		if letter.Subject != "dead.matching.SUBMISSIONS" || letter.Type != eventlog.TypeDeadLetter ||
			letter.Header.Get(eventlog.HeaderDeadStream) != eventlog.Submissions || letter.Header.Get(eventlog.HeaderDeadType) != testType ||
			letter.Header.Get(eventlog.HeaderDeadSubject) != "submission.profile.01.01000701.s"+data || letter.Header.Get(eventlog.HeaderDeadID) == "" {
			t.Errorf("dead letter of %s: %s %q %v", origin, letter.Subject, data, letter.Header)
		}
		if strings.Contains(strings.Join(letter.Header.Values(eventlog.HeaderDeadReason), ""), secret) {
			t.Errorf("the reason tells the payload")
		}
	}
	if len(want) != 0 {
		t.Errorf("no dead letters for %v", want)
	}
	got.mu.Lock()
	if len(got.times) != 96 {
		t.Errorf("%d messages were done, want 96", len(got.times))
	}
	got.mu.Unlock()
	if n := tries.Load(); n != 2 {
		t.Errorf("what the contract forbids was tried %d times, want 2: in its batch and alone", n)
	}
	if n := crashes.Load(); n != 3 && n != 4 {
		t.Errorf("what crashes was tried %d times, want 3 alone", n)
	}
	for name, want := range map[string]int64{"rasoat.consumer.dead_letters": 4, "rasoat.consumer.messages": 100, "rasoat.consumer.paused": 0} {
		if v := m.value(t, name); v != want {
			t.Errorf("%s: got %d, want %d", name, v, want)
		}
	}
}

// Ill surroundings: nothing is acknowledged, nothing dies, and what is in hand is kept alive; it shows.
func TestUnavailableThenWell(t *testing.T) {
	m, meters := newMeter()
	s := eventlogtest.Start(t)
	l := s.Log(t, eventlog.Config{MeterProvider: meters})
	mustFill(t, l, 30)
	var got seen
	var ill atomic.Bool
	var asked atomic.Int32
	ill.Store(true)
	alive := watchKeptAlive(t, s, eventlog.Submissions, "d")
	var hand atomic.Pointer[[]eventlog.Message]
	eventlogtest.Run(t, l, eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d", AckWait: 500 * time.Millisecond,
		Handle: func(ctx context.Context, batch []eventlog.Message) error {
			asked.Add(1)
			kept := slices.Clone(batch)
			hand.Store(&kept)
			if ill.Load() {
				return fault.Wrap("", "test.handle", fault.Wrap(fault.Unavailable, "store.merge", errors.New("away")))
			}
			return got.handle(ctx, batch)
		}})
	eventually.True(t, "the consumer pauses and tries again", func() bool {
		return asked.Load() >= 3 && m.value(t, "rasoat.consumer.paused") == 1
	})
	alive.await(t, *hand.Load())
	if n, err := l.Pending(eventually.Context(t), eventlog.Submissions, "d"); err != nil || n != 30 {
		t.Errorf("while ill: pending %d, %v, want 30", n, err)
	}
	ill.Store(false)
	eventlogtest.Settled(t, l, eventlog.Submissions, "d")
	got.want(t, 30, 100) // on a slow machine AckWait may pass all the same
	if v := m.value(t, "rasoat.consumer.paused"); v != 0 {
		t.Errorf("well again, but paused is %d", v)
	}
	_, err := l.Last(eventually.Context(t), "dead.*.*")
	wantKind(t, "a dead letter", err, fault.NotFound)
}

// While the dead letters do not take it, a poisoned message is neither lost nor acknowledged.
func TestDeadLettersAreNotLost(t *testing.T) {
	s := eventlogtest.Start(t, func(o *server.Options) {
		o.Users = []*server.User{
			{Username: "all", Password: "p"},
			{Username: "some", Password: "p", Permissions: &server.Permissions{Publish: &server.SubjectPermission{Deny: []string{"dead.>"}}}},
		}
	})
	m, meters := newMeter()
	denied := eventlogtest.OpenLog(t, s.Conn(t, nats.UserInfo("some", "p")), eventlog.Config{MeterProvider: meters})
	mustFill(t, denied, 3)
	var got seen
	c := eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d", Handle: failAt(&got, map[string]func() error{
		"1": func() error { return fault.New(fault.Invalid, "test", "", "poison") },
	})}
	stop := eventlogtest.Run(t, denied, c)
	eventually.True(t, "the consumer waits for the dead letters", func() bool { return m.value(t, "rasoat.consumer.paused") == 1 })
	if n, err := denied.Pending(eventually.Context(t), eventlog.Submissions, "d"); err != nil || n != 2 {
		t.Errorf("pending %d, %v, want the poison and what follows it", n, err)
	}
	stop()
	allowed := eventlogtest.OpenLog(t, s.Conn(t, nats.UserInfo("all", "p")), eventlog.Config{})
	eventlogtest.Run(t, allowed, c)
	eventlogtest.Settled(t, allowed, eventlog.Submissions, "d")
	if letter, err := allowed.Last(eventually.Context(t), "dead.*.*"); err != nil || string(letter.Data) != "1" {
		t.Errorf("dead letter: got %q, %v", letter.Data, err)
	}
}

// Messages that were given out again and again and never answered for are handled alone, before the
// others; in the end they are set aside unseen.
func TestSuspects(t *testing.T) {
	s := eventlogtest.Start(t)
	l := s.Log(t, eventlog.Config{})
	js := mustJetStream(t, s)
	handOut := func(durable string, messages, times int) {
		t.Helper()
		consumer, err := js.CreateOrUpdateConsumer(eventually.Context(t), eventlog.Submissions, jetstream.ConsumerConfig{
			Durable: durable, AckPolicy: jetstream.AckExplicitPolicy, AckWait: eventually.Patience, MaxAckPending: 2048, MaxDeliver: -1})
		if err != nil {
			t.Fatalf("consumer: %v", err)
		}
		for range times {
			batch, err := consumer.Fetch(messages, jetstream.FetchMaxWait(eventually.Patience))
			if err != nil {
				t.Fatalf("fetch: %v", err)
			}
			n := 0
			for m := range batch.Messages() {
				n++
				if err := m.Nak(); err != nil {
					t.Fatalf("nak: %v", err)
				}
			}
			if n != messages {
				t.Fatalf("fetched %d, want %d: %v", n, messages, batch.Error())
			}
		}
	}
	mustFill(t, l, 10)
	handOut("suspects", 10, 6)
	handOut("hopeless", 10, 13)
	var suspects, hopeless seen
	events := make([]eventlog.Event, 30)
	for i := range events {
		events[i] = submission(10 + i)
	}
	if err := l.AppendBatch(eventually.Context(t), events); err != nil {
		t.Fatalf("append: %v", err)
	}
	c := eventlog.Consumer{Stream: eventlog.Submissions, Durable: "suspects", AckWait: eventually.Patience, Handle: suspects.handle}
	eventlogtest.Run(t, l, c)
	eventlogtest.Settled(t, l, eventlog.Submissions, "suspects")
	suspects.want(t, 40, 1)
	for i, b := range suspects.batches {
		for _, seq := range b {
			if seq <= 10 && (len(b) > 1 || i >= 10) {
				t.Errorf("suspect %d was handled in batch %d of %d messages, want alone and first", seq, i, len(b))
			}
		}
	}
	if _, err := l.Last(eventually.Context(t), "dead.*.*"); !fault.Is(err, fault.NotFound) {
		t.Errorf("an innocent message is dead: %v", err)
	}
	c.Durable, c.Handle = "hopeless", hopeless.handle
	eventlogtest.Run(t, l, c)
	eventlogtest.Settled(t, l, eventlog.Submissions, "hopeless")
	if len(hopeless.times) != 30 {
		t.Errorf("%d messages were handled, want the 30 new ones", len(hopeless.times))
	}
	if m, err := l.Last(eventually.Context(t), "dead.*.*"); err != nil || m.Sequence != 10 || !strings.Contains(m.Header.Get(eventlog.HeaderDeadReason), "14 times") {
		t.Errorf("dead letters: %d, %v, %q", m.Sequence, err, m.Header.Get(eventlog.HeaderDeadReason))
	}
}
