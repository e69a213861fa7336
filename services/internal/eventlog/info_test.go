package eventlog_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
)

func stateOf(t *testing.T, js jetstream.JetStream, name string) eventlog.StreamState {
	t.Helper()
	states := eventlog.Inspect(eventually.Context(t), js)
	i := slices.IndexFunc(states, func(s eventlog.StreamState) bool { return s.Name == name })
	if i < 0 || len(states) != len(eventlog.Streams) {
		t.Fatalf("got %d streams, %s at %d", len(states), name, i)
	}
	return states[i]
}

func TestInspect(t *testing.T) {
	s := eventlogtest.Start(t)
	js := mustJetStream(t, s)
	if got := stateOf(t, js, eventlog.Portal); !got.Missing {
		t.Errorf("before anything exists: %+v", got)
	}
	if _, err := js.CreateStream(eventually.Context(t), jetstream.StreamConfig{Name: eventlog.Receipts, Subjects: []string{"portal.receipt.*.*"}, MaxAge: time.Hour}); err != nil {
		t.Fatal(err)
	}
	if got := stateOf(t, js, eventlog.Receipts); got.Missing || !strings.Contains(strings.Join(got.Differences, " "), "max_age is 1h0m0s, must be 0s") {
		t.Errorf("another configuration: %+v", got)
	}
	if err := js.DeleteStream(eventually.Context(t), eventlog.Receipts); err != nil {
		t.Fatal(err)
	}

	l := s.Log(t, eventlog.Config{Service: "test"})
	mustFill(t, l, 10)
	stop := eventlogtest.Run(t, l, eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d", MaxMessages: 1, Grace: time.Millisecond,
		Handle: func(ctx context.Context, batch []eventlog.Message) error {
			if batch[0].Sequence < 5 {
				return nil
			}
			<-ctx.Done()
			return fault.Wrap(fault.Unavailable, "test", ctx.Err())
		}})
	var got eventlog.StreamState
	eventually.True(t, "four are answered for, and one is in hand", func() bool {
		got = stateOf(t, js, eventlog.Submissions)
		return len(got.Durables) == 1 && got.Durables[0].Floor == 4 && got.Durables[0].InHand == 1
	})
	stop()
	if got.Messages != 10 || got.First != 1 || got.Last != 10 || got.Bytes == 0 || got.LastWrite.IsZero() || got.Replicas != 1 || got.Clustered() || len(got.Differences) > 0 {
		t.Errorf("got %+v", got)
	}
	if got.Ahead.Abs() > time.Second+got.RoundTrip || got.RoundTrip <= 0 {
		t.Errorf("the clock of the same machine is %v ahead, in %v", got.Ahead, got.RoundTrip)
	}
	fifth, err := l.Read(eventually.Context(t), eventlog.Submissions, 5)
	if d := got.Durables[0]; err != nil || d.Name != "d" || d.Waiting != 5 || !d.Oldest.Equal(fifth.Stored) {
		t.Errorf("got %+v, the fifth was stored at %v, %v", d, fifth.Stored, err)
	}
	if quiet := stateOf(t, js, eventlog.Records); quiet.Last != 0 || !quiet.LastWrite.IsZero() || quiet.Missing || quiet.Unknown != "" {
		t.Errorf("a stream without messages: %+v", quiet)
	}
	if c := l.Connection(eventually.Context(t)); c.Err != nil || c.Server == "" || c.RoundTrip <= 0 || c.Ahead.Abs() > time.Second+c.RoundTrip {
		t.Errorf("connection: %+v", c)
	}
	s.Stop()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	for _, gone := range eventlog.Inspect(ctx, js) {
		if gone.Unknown == "" {
			t.Errorf("without a broker: %+v", gone)
		}
	}
	if c := l.Connection(ctx); !fault.Is(c.Err, fault.Unavailable) {
		t.Errorf("without a broker: %+v", c)
	}
}

// The disks of the brokers are for those who may ask; who may not gets no error.
func TestBrokersTellOfTheirDisks(t *testing.T) {
	s := eventlogtest.Start(t)
	l, nc := s.Log(t, eventlog.Config{}), s.Conn(t)
	mustFill(t, l, 10)
	space, err := eventlog.AccountSpace(eventually.Context(t), mustJetStream(t, s))
	if err != nil || space.Used == 0 || space.Limit != 0 || space.Part() != 0 {
		t.Errorf("account: got %+v, %v", space, err)
	}
	if got, err := eventlog.Brokers(eventually.Context(t), nc); got != nil || err != nil {
		t.Errorf("without the right: got %v, %v", got, err)
	}
	answers := []string{`{"server":{"name":"n2","ver":"2.11.0","time":%q},"data":{"storage":90,"config":{"max_storage":100}}}`,
		`{"server":{"name":"n1","ver":"2.11.0","time":%q},"data":{"storage":10,"config":{"max_storage":100}}}`,
		`{"server":{"name":"n3","time":%q},"data":{"disabled":true}}`, `nonsense %s`}
	_, err = s.Conn(t).Subscribe("$SYS.REQ.SERVER.PING.JSZ", func(m *nats.Msg) {
		for _, a := range answers {
			_ = m.Respond(fmt.Appendf(nil, a, time.Now().Add(10*time.Minute).Format(time.RFC3339Nano)))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []eventlog.BrokerState
	eventually.True(t, "the brokers answer", func() bool {
		got, err = eventlog.Brokers(eventually.Context(t), nc)
		return err != nil || len(got) > 0
	})
	if err != nil || len(got) != 2 || got[0].Name != "n1" || got[1].Store.Part() != 0.9 || got[0].Ahead < 9*time.Minute || got[0].Version == "" {
		t.Errorf("got %+v, %v", got, err)
	}
}
