package eventlog_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
)

func mustLetters(t *testing.T, l *eventlog.Log) []eventlog.Letter {
	t.Helper()
	letters, err := l.Letters(eventually.Context(t))
	if err != nil {
		t.Fatalf("letters: %v", err)
	}
	return letters
}

// A letter is listed, fails again, is replayed when the handler was mended, and is settled once: also when two settle it at the same time.
func TestLettersAreSettledOnce(t *testing.T) {
	s := eventlogtest.Start(t)
	l, other := s.Log(t, eventlog.Config{Service: "matching"}), s.Log(t, eventlog.Config{Service: "reporting"})
	if letters := mustLetters(t, l); len(letters) != 0 {
		t.Fatalf("an empty log has letters: %v", letters)
	}
	mustFill(t, l, 40)
	var got seen
	var mended atomic.Bool
	poison := func() error {
		if mended.Load() {
			return nil
		}
		return fault.New(fault.Invalid, "matching.decode", "không đọc được", "cannot be decoded")
	}
	eventlogtest.Run(t, l, eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d", Types: []string{testType},
		Handle: failAt(&got, map[string]func() error{"10": poison, "20": poison, "30": poison})})
	eventlogtest.Settled(t, l, eventlog.Submissions, "d")

	letters := mustLetters(t, other)
	if len(letters) != 3 {
		t.Fatalf("got %d letters, want 3", len(letters))
	}
	for i, want := range []uint64{11, 21, 31} {
		letter := letters[i]
		if letter.Origin != want || letter.Sequence != uint64(i+1) || letter.Service != "matching" || letter.Durable != "d" || letter.Stream != eventlog.Submissions ||
			letter.Type != testType || letter.Delivered != 1 || letter.Settled != nil || !strings.Contains(letter.Reason, "cannot be decoded") ||
			letter.Subject == "" || letter.Stored.IsZero() {
			t.Errorf("letter %d: %+v", i+1, letter)
		}
	}

	_, _, err := l.ReplayLetter(eventually.Context(t), 1, "lan", "")
	wantKind(t, "a replay before it is mended", err, fault.Invalid)
	_, _, err = other.ReplayLetter(eventually.Context(t), 1, "lan", "")
	wantKind(t, "a replay where the consumer does not run", err, fault.NotFound)
	_, _, err = l.ReplayLetter(eventually.Context(t), 99, "lan", "")
	wantKind(t, "a replay of no letter", err, fault.NotFound)
	if n, err := l.OpenLetters(eventually.Context(t)); n != 3 || err != nil {
		t.Errorf("open: got %d, %v, want 3", n, err)
	}

	mended.Store(true)
	for i, wantAlready := range []bool{false, true} {
		letter, already, err := l.ReplayLetter(eventually.Context(t), 1, "lan", `mended, "đã sửa"`)
		if err != nil || already != wantAlready || letter.Settled == nil || letter.Settled.Outcome != eventlog.Replayed || letter.Settled.By != "lan" ||
			letter.Settled.Why != `mended, "đã sửa"` || letter.Settled.At.IsZero() {
			t.Errorf("replay %d: got %+v of %v, already %v, %v", i+1, letter.Settled, letter, already, err)
		}
	}
	got.mu.Lock()
	if n := got.times[11]; n != 1 {
		t.Errorf("the message was handled %d times, want once: %v", n, got.times)
	}
	got.mu.Unlock()

	// Two processes and two ways: one settlement.
	for _, sequence := range []uint64{2, 3} {
		var settling sync.WaitGroup
		var did atomic.Int32
		for i := range 4 {
			settling.Go(func() {
				settle := l.ReplayLetter
				if i%2 == 0 {
					settle = other.DropLetter
				}
				switch _, already, err := settle(eventually.Context(t), sequence, "minh", "x"); {
				case err != nil:
					t.Errorf("settle %d: %v", sequence, err)
				case !already:
					did.Add(1)
				}
			})
		}
		settling.Wait()
		if did.Load() != 1 {
			t.Errorf("letter %d was settled %d times", sequence, did.Load())
		}
	}
	if n, err := other.OpenLetters(eventually.Context(t)); n != 0 || err != nil {
		t.Errorf("open: got %d, %v, want none", n, err)
	}
	head, _, err := l.Head(eventually.Context(t), eventlog.DeadLetters)
	if head != 6 || err != nil {
		t.Errorf("the dead letters end at %d, %v, want three letters and three settlements", head, err)
	}
}

// What was too large to be repeated is read from its stream. A crash in a replay ends nothing, and neither does a reason that quotes the message get out.
func TestReplayReadsTheStream(t *testing.T) {
	s := eventlogtest.Start(t, func(o *server.Options) { o.MaxPayload = 4096 })
	l := s.Log(t, eventlog.Config{Service: "validation"})
	large := submission(1)
	large.Data = []byte(strings.Repeat("x", 3700))
	mustAppend(t, l, large)
	var mended atomic.Bool
	var length atomic.Int64
	stop := eventlogtest.Run(t, l, eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d", Handle: func(_ context.Context, batch []eventlog.Message) error {
		if !mended.Load() {
			panic("Nguyễn Văn A")
		}
		length.Store(int64(len(batch[0].Data)))
		if batch[0].Delivered < 2 {
			t.Errorf("a replay looks like the first delivery")
		}
		return nil
	}})
	eventlogtest.Settled(t, l, eventlog.Submissions, "d")
	letter, err := l.Read(eventually.Context(t), eventlog.DeadLetters, 1)
	if err != nil || len(letter.Data) != 0 {
		t.Fatalf("the letter has %d bytes, %v: want the data omitted", len(letter.Data), err)
	}
	_, _, err = l.ReplayLetter(eventually.Context(t), 1, "lan", "")
	if err == nil || eventlog.Reason(err) != "the handler crashed: panic with a string" {
		t.Errorf("a crash: got %v", err)
	}
	mended.Store(true)
	if _, already, err := l.ReplayLetter(eventually.Context(t), 1, "lan", ""); err != nil || already {
		t.Errorf("replay: already %v, %v", already, err)
	}
	if length.Load() != 3700 {
		t.Errorf("the handler got %d bytes, want 3700", length.Load())
	}
	stop()
	if all := mustLetters(t, l); l.Consumes(all[0]) || len(l.Running()) != 0 {
		t.Errorf("a consumer that was stopped still runs: %v", l.Running())
	}
}

// A replay waits for its turn: a handler is called once at a time. How the consumer is can be seen meanwhile.
func TestRunning(t *testing.T) {
	l := eventlogtest.NewLog(t, "matching")
	mustFill(t, l, 2)
	var at atomic.Int32
	enter, leave := make(chan string), make(chan error)
	eventlogtest.Run(t, l, eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d", MaxMessages: 1, Handle: func(_ context.Context, batch []eventlog.Message) error {
		if at.Add(1) != 1 {
			t.Errorf("the handler is called twice at once")
		}
		defer at.Add(-1)
		enter <- string(batch[0].Data)
		return <-leave
	}})
	pass := func(want string, answer error) {
		t.Helper()
		if got := <-enter; got != want {
			t.Errorf("handled %q, want %q", got, want)
		}
		leave <- answer
	}
	pass("0", fault.New(fault.Invalid, "t", "", "no")) // becomes a letter
	if got := <-enter; got != "1" {
		t.Errorf("handled %q, want 1", got)
	}
	if r := l.Running(); len(r) != 1 || r[0].Durable != "d" || r[0].Busy.IsZero() || !r[0].Paused.IsZero() || r[0].InHand != 1 {
		t.Errorf("busy: got %+v", r)
	}
	replayed := make(chan error)
	go func() {
		_, _, err := l.ReplayLetter(eventually.Context(t), 1, "lan", "")
		replayed <- err
	}()
	leave <- fault.Wrap(fault.Unavailable, "store.merge", errors.New("mongodb://user:secret@host"))
	// Either the replay has its turn, or the loop tries again: both take one at a time.
	first := <-enter
	eventually.True(t, "it is seen to pause", func() bool {
		r := l.Running()
		return len(r) == 1 && !r[0].Paused.IsZero() && strings.HasPrefix(r[0].Why, "unavailable: store.merge") && !strings.Contains(r[0].Why, "secret")
	})
	leave <- nil
	second := <-enter
	leave <- nil
	if err := <-replayed; err != nil || first == second {
		t.Errorf("replay: %v, handled %s and %s", err, first, second)
	}
	eventlogtest.Settled(t, l, eventlog.Submissions, "d")
	if r := l.Running(); !r[0].Paused.IsZero() || !r[0].Busy.IsZero() || r[0].InHand != 0 {
		t.Errorf("at rest: got %+v", r)
	}
}
