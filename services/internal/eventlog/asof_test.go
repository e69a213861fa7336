package eventlog_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// states puts versions of subjects into RECORDS, each with its sequence as data, and gives the log.
func states(t *testing.T, subjects ...string) *eventlog.Log {
	t.Helper()
	l := eventlogtest.NewLog(t, "reporting")
	for i, s := range subjects {
		if _, err := l.Append(eventually.Context(t), eventlog.Event{Subject: "record." + s, Type: "rasoat.record.v1", Data: fmt.Append(nil, i+1)}); err != nil {
			t.Fatalf("append: %v", err)
		}
	}
	return l
}

func TestLastManyUpTo(t *testing.T) {
	l := states(t, "a", "b", "a", "c", "a", "b")
	for upTo, want := range map[uint64]string{0: "map[]", 1: "map[a:1]", 2: "map[a:1 b:2]", 4: "map[a:3 b:2 c:4]", 5: "map[a:5 b:2 c:4]", 99: "map[a:5 b:6 c:4]"} {
		got, err := l.LastManyUpTo(eventually.Context(t), []string{"record.a", "record.b", "record.c", "record.none"}, upTo)
		if err != nil {
			t.Fatal(err)
		}
		short := map[string]string{}
		for s, m := range got {
			short[s[len("record."):]] = string(m.Data)
		}
		if fmt.Sprint(short) != want {
			t.Errorf("up to %d: got %v, want %v", upTo, short, want)
		}
	}
	_, err := l.LastManyUpTo(eventually.Context(t), []string{"verdict.results.01.01000701"}, 1)
	wantKind(t, "a stream that is not read so", err, fault.Internal)
}

func TestStandingAndPages(t *testing.T) {
	l := states(t, "a", "b", "a", "c", "a", "b")
	var got []uint64
	for m, err := range l.Standing(eventually.Context(t), eventlog.Records) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, m.Sequence)
	}
	if fmt.Sprint(got) != "[4 5 6]" {
		t.Errorf("standing: got %v", got)
	}
	for m, err := range l.Standing(eventually.Context(t), eventlog.Records, "record.b") {
		if err != nil || m.Sequence != 6 || string(m.Data) != "6" || m.Type != "rasoat.record.v1" || m.Token(1) != "b" {
			t.Errorf("of one: got %+v, %v", m, err)
		}
	}
	for _, err := range l.Standing(eventually.Context(t), eventlog.Decisions) {
		t.Errorf("an empty stream: got a message, %v", err)
	}
	for m, err := range l.Standing(eventually.Context(t), eventlog.Records, "record.none") {
		t.Errorf("a subject that no message has: got %v, %v", m, err)
	}
	page, err := l.Page(eventually.Context(t), eventlog.Records, 3, 2)
	if err != nil || len(page) != 2 || page[0].Sequence != 3 || page[1].Subject != "record.c" {
		t.Errorf("page: got %v, %v", page, err)
	}
	if page, err := l.Page(eventually.Context(t), eventlog.Records, 7, 2); err != nil || len(page) != 0 {
		t.Errorf("past the end: got %v, %v", page, err)
	}
	readings, err := l.Readings(eventually.Context(t), eventlog.Records)
	if err != nil || len(readings) != 0 {
		t.Errorf("a reading that is over is known: %v, %v", readings, err)
	}
}

func TestSequenceAt(t *testing.T) {
	l := states(t, "a", "b", "a")
	head, last, err := l.Head(eventually.Context(t), eventlog.Records)
	if err != nil || head != 3 {
		t.Fatalf("head: %d, %v", head, err)
	}
	second, err := l.Read(eventually.Context(t), eventlog.Records, 2)
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[time.Time]uint64{
		second.Stored: 1, second.Stored.Add(1): 2, second.Stored.Add(-time.Hour): 0, last.Add(1): 3, last.Add(time.Hour): 3,
	} {
		if got, err := l.SequenceAt(eventually.Context(t), eventlog.Records, at); err != nil || got != want {
			t.Errorf("%v: got %d, %v, want %d", at, got, err, want)
		}
	}
	if got, err := l.SequenceAt(eventually.Context(t), eventlog.Decisions, last); err != nil || got != 0 {
		t.Errorf("an empty stream: %d, %v", got, err)
	}
}

// A durable consumer is told with where it stands.
func TestReadings(t *testing.T) {
	l := states(t, "a", "b", "a")
	eventlogtest.Run(t, l, eventlog.Consumer{Stream: eventlog.Records, Durable: "reader", Handle: func(context.Context, []eventlog.Message) error { return nil }})
	eventlogtest.Settled(t, l, eventlog.Records, "reader")
	eventually.True(t, "the reader is told", func() bool {
		r, err := l.Readings(eventually.Context(t), eventlog.Records)
		return err == nil && len(r) == 1 && r[0].Durable == "reader" && r[0].Floor == 3 && r[0].Pending == 0 && r[0].InHand == 0 && !r[0].Active.IsZero() && !r[0].Created.IsZero()
	})
}
