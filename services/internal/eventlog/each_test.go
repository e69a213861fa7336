package eventlog_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
)

func verdictsOf(t *testing.T, l *eventlog.Log, n int, school string) {
	t.Helper()
	for i := range n {
		if _, err := l.Append(context.Background(), eventlog.Event{Subject: "verdict.roster.01." + school, Type: "rasoat.test.v1", Data: []byte(strconv.Itoa(i))}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFollow: what is there and what comes, from a place on, of some subjects, in order; through a restart of the broker; and nothing is left.
func TestFollow(t *testing.T) {
	server := eventlogtest.Start(t)
	l := server.Log(t, eventlog.Config{Service: "test"})
	verdictsOf(t, l, 300, "a")
	verdictsOf(t, l, 5, "b")
	ctx, cancel := context.WithCancel(eventually.Context(t))
	defer cancel()
	seen := make(chan uint64)
	ended := make(chan error, 1)
	go func() {
		ended <- l.Follow(ctx, eventlog.Verdicts, []string{"verdict.*.01.a", "verdict.*.01.c"}, 11, func(m eventlog.Message) error {
			seen <- m.Sequence
			return nil
		})
	}()
	var got []uint64
	for range 290 {
		got = append(got, <-seen)
	}
	server.Stop()
	server.Run()
	verdictsOf(t, l, 2, "c")
	got = append(got, <-seen, <-seen)
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("got %v at the end", err)
	}
	var want []uint64
	for i := uint64(11); i <= 307; i++ {
		if i <= 300 || i > 305 {
			want = append(want, i)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	js, err := jetstream.New(server.Conn(t))
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(context.Background(), eventlog.Verdicts)
	if err != nil || stream.CachedInfo().State.Consumers != 0 {
		t.Errorf("%d consumers are left, %v", stream.CachedInfo().State.Consumers, err)
	}
}

// TestFollowEnds with what the visitor says, and when the filters cannot be.
func TestFollowEnds(t *testing.T) {
	l := eventlogtest.NewLog(t, "test")
	verdictsOf(t, l, 3, "a")
	stop := errors.New("enough")
	n := 0
	err := l.Follow(context.Background(), eventlog.Verdicts, nil, 0, func(eventlog.Message) error {
		if n++; n == 2 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || n != 2 {
		t.Errorf("got %v after %d", err, n)
	}
	if err := l.Follow(context.Background(), eventlog.Verdicts, []string{"verdict.*.01.a", "verdict.*.01.*"}, 0, nil); err == nil {
		t.Error("filters that overlap were taken")
	}
}

// TestFollowWaits: while the visitor works the broker gives nothing more than one fetch.
func TestFollowWaits(t *testing.T) {
	server := eventlogtest.Start(t)
	l := server.Log(t, eventlog.Config{Service: "test"})
	verdictsOf(t, l, 600, "a")
	ctx, cancel := context.WithCancel(context.Background())
	entered, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- l.Follow(ctx, eventlog.Verdicts, nil, 1, func(eventlog.Message) error {
			close(entered)
			<-ctx.Done()
			return ctx.Err()
		})
	}()
	<-entered
	js, err := jetstream.New(server.Conn(t))
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(context.Background(), eventlog.Verdicts)
	if err != nil {
		t.Fatal(err)
	}
	consumers := stream.ListConsumers(context.Background())
	for info := range consumers.Info() {
		if info.Delivered.Consumer > 256 || info.NumPending < 600-256 {
			t.Errorf("%d were given to a visitor who has the first in hand", info.Delivered.Consumer)
		}
	}
	cancel()
	if err := errors.Join(consumers.Err(), <-ended); err != nil {
		t.Error(err)
	}
}
