package eventlog_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
)

// TestReplay: of some subjects, between two places, in order, over more than one fetch, past what was erased, and it ends though messages go on coming.
func TestReplay(t *testing.T) {
	server := eventlogtest.Start(t)
	l := server.Log(t, eventlog.Config{Service: "test"})
	verdictsOf(t, l, 600, "a")
	verdictsOf(t, l, 5, "b")
	verdictsOf(t, l, 5, "a")
	js, err := jetstream.New(server.Conn(t))
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(context.Background(), eventlog.Verdicts)
	if err != nil {
		t.Fatal(err)
	}
	for _, erased := range []uint64{7, 300, 610} {
		if err := stream.DeleteMsg(context.Background(), erased); err != nil {
			t.Fatal(err)
		}
	}
	a, all := []string{"verdict.*.01.a"}, []string(nil)
	for _, test := range []struct {
		filters    []string
		from, upTo uint64
		want       int
	}{
		{all, 1, math.MaxUint64, 607}, {a, 1, 610, 602}, {a, 0, 605, 598}, {a, 601, 605, 0}, {a, 601, 606, 1}, {all, 7, 7, 0},
		{all, 9, 8, 0}, {all, 610, 610, 0}, {all, 611, 700, 0}, {[]string{"verdict.*.01.c"}, 1, 610, 0}, {all, 299, 302, 3},
	} {
		var got []uint64
		err := l.Replay(eventually.Context(t), eventlog.Verdicts, test.filters, test.from, test.upTo, func(m eventlog.Message) error {
			got = append(got, m.Sequence)
			return nil
		})
		if err != nil || len(got) != test.want || !slices.IsSorted(got) {
			t.Errorf("%v from %d to %d: got %d messages, %v, want %d in order", test.filters, test.from, test.upTo, len(got), err, test.want)
		}
	}
	stop := errors.New("enough")
	if err := l.Replay(context.Background(), eventlog.Verdicts, nil, 1, 610, func(eventlog.Message) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v, want what the visitor said", err)
	}
}
