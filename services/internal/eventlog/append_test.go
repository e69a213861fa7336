package eventlog_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
)

func TestAppendIsReadBack(t *testing.T) {
	at := time.Date(2023, 4, 21, 17, 0, 0, 1, time.FixedZone("", 7*3600))
	l := eventlogtest.Start(t).Log(t, eventlog.Config{Service: "intake",
		Now: func() time.Time { return at }, NewID: func() string { return "the-id" }})
	ev := submission(1)
	ev.Records, ev.Schema, ev.Header = 200, "rasoat.intake.v1.SubmissionAccepted", nats.Header{"rasoat-drive": {"d1"}}
	pos := mustAppend(t, l, ev)
	if pos != (eventlog.Position{Stream: eventlog.Submissions, Sequence: 1}) {
		t.Errorf("position: got %v", pos)
	}
	m, err := l.Read(eventually.Context(t), pos.Stream, pos.Sequence)
	if err != nil {
		t.Fatalf("read back: %v", err)
	}
	if m.Subject != ev.Subject || m.Type != testType || !bytes.Equal(m.Data, ev.Data) || m.Sequence != 1 ||
		m.Stream != eventlog.Submissions || time.Since(m.Stored) > eventually.Patience || m.Records() != 200 || m.ID() != "the-id" || m.Token(2) != "01" {
		t.Errorf("read back: got %+v", m)
	}
	for header, want := range map[string]string{
		"ce-specversion": "1.0", "ce-id": "the-id", "ce-type": testType, "ce-source": "rasoat/intake",
		"ce-time": "2023-04-21T10:00:00.000000001Z", "ce-dataschema": "rasoat.intake.v1.SubmissionAccepted",
		"ce-datacontenttype": "application/protobuf", "rasoat-records": "200", "rasoat-drive": "d1",
	} {
		if got := m.Header.Get(header); got != want {
			t.Errorf("header %s: got %q, want %q", header, got, want)
		}
	}
	_, err = l.Read(eventually.Context(t), eventlog.Submissions, 99)
	wantKind(t, "read what is not there", err, fault.NotFound)
}

func TestAppendRefusesWhatCannotBe(t *testing.T) {
	l := eventlogtest.NewLog(t, "intake")
	for name, c := range map[string]struct {
		change func(*eventlog.Event)
		kind   fault.Kind
	}{
		"a wildcard":           {func(e *eventlog.Event) { e.Subject = "submission.*.01.01000701.x" }, fault.Invalid},
		"a space":              {func(e *eventlog.Event) { e.Subject = "record.a b" }, fault.Invalid},
		"no stream":            {func(e *eventlog.Event) { e.Subject = "elsewhere.a" }, fault.Invalid},
		"a type of no version": {func(e *eventlog.Event) { e.Type = "rasoat.test" }, fault.Internal},
		"a header of NATS":     {func(e *eventlog.Event) { e.Header = nats.Header{"Nats-Msg-Id": {"x"}} }, fault.Internal},
		"too large":            {func(e *eventlog.Event) { e.Data = make([]byte, 5<<20) }, fault.Invalid},
	} {
		ev := submission(1)
		c.change(&ev)
		_, err := l.Append(eventually.Context(t), ev)
		wantKind(t, name, err, c.kind)
		wantKind(t, name+" in a batch", l.AppendBatch(eventually.Context(t), []eventlog.Event{submission(2), ev}), c.kind)
	}
	if _, err := l.Read(eventually.Context(t), eventlog.Submissions, 1); !fault.Is(err, fault.NotFound) {
		t.Errorf("something was stored: %v", err)
	}
}

func TestTakenOnce(t *testing.T) {
	l := eventlogtest.NewLog(t, "intake")
	ev := submission(1)
	ev.ExpectLast = &eventlog.Expect{Subject: "submission.*.01.01000701.s1"}
	mustAppend(t, l, ev)
	_, err := l.Append(eventually.Context(t), ev)
	wantKind(t, "the same id again", err, fault.Conflict)
	other := ev
	other.Subject = "submission.results.01.01000701.s1"
	_, err = l.Append(eventually.Context(t), other)
	wantKind(t, "the same id, another kind", err, fault.Conflict)
	m, err := l.Last(eventually.Context(t), "submission.*.01.01000701.s1")
	if err != nil || m.Sequence != 1 {
		t.Errorf("the one that holds the id: got %d, %v, want 1", m.Sequence, err)
	}
	_, err = l.Last(eventually.Context(t), "submission.*.01.01000701.s2")
	wantKind(t, "a free id", err, fault.NotFound)
}

// A condition on the last message of a record, one at a time and raced by many.
func TestExpectLast(t *testing.T) {
	l := eventlogtest.NewLog(t, "reporting")
	first := record(1, "a")
	first.ExpectLast = &eventlog.Expect{}
	at := mustAppend(t, l, first)
	second := record(1, "b")
	second.ExpectLast = &eventlog.Expect{Sequence: at.Sequence}
	var wg sync.WaitGroup
	won := make(chan eventlog.Position, 8)
	for range 8 {
		wg.Go(func() {
			at, err := l.Append(eventually.Context(t), second)
			if err == nil {
				won <- at
				return
			}
			wantKind(t, "a lost race", err, fault.Conflict)
		})
	}
	wg.Wait()
	if len(won) != 1 {
		t.Errorf("%d of 8 writers won, want 1", len(won))
	}
}

// The acknowledgement gets lost, the repetition is refused by its own first attempt.
func TestLostAcknowledgementIsNoConflict(t *testing.T) {
	s := eventlogtest.Start(t)
	var cut cutter
	l := eventlogtest.OpenLog(t, s.Conn(t, cut.option()), eventlog.Config{})
	ev := record(1, "a")
	ev.ExpectLast = &eventlog.Expect{}
	cut.armed.Store(1)
	if at := mustAppend(t, l, ev); at.Sequence != 1 || at.Stream != eventlog.Records {
		t.Errorf("position: got %v, want 1 of RECORDS", at)
	}
	if cut.armed.Load() >= 0 {
		// the counter went below zero only when an acknowledgement came through after the cut
		t.Log("no second acknowledgement was seen")
	}
	batch := []eventlog.Event{record(2, "b"), record(3, "c")}
	batch[0].ExpectLast = &eventlog.Expect{}
	cut.armed.Store(1)
	if err := l.AppendBatch(eventually.Context(t), batch); err != nil {
		t.Errorf("a batch whose acknowledgement was lost: %v", err)
	}
	if m, err := l.Last(eventually.Context(t), "record.p3"); err != nil || m.Sequence != 3 {
		t.Errorf("the batch is there %d, %v, want once, at 3", m.Sequence, err)
	}
}

func TestDeniedAppendSaysSo(t *testing.T) {
	s := eventlogtest.Start(t, func(o *server.Options) {
		o.Users = []*server.User{
			{Username: "all", Password: "p"},
			{Username: "some", Password: "p", Permissions: &server.Permissions{Publish: &server.SubjectPermission{Deny: []string{"record.>"}}}},
		}
	})
	l := eventlogtest.OpenLog(t, s.Conn(t, nats.UserInfo("some", "p")), eventlog.Config{})
	mustAppend(t, l, submission(1))
	_, err := l.Append(eventually.Context(t), record(1, "a"))
	wantKind(t, "a denied subject", err, fault.Unavailable)
	if err == nil || !strings.Contains(err.Error(), "does not permit") || !strings.Contains(err.Error(), "record.p1") {
		t.Errorf("the reason is not told: %v", err)
	}
	err = l.AppendBatch(eventually.Context(t), []eventlog.Event{record(1, "a"), record(2, "b")})
	wantKind(t, "a denied batch", err, fault.Unavailable)
	if err == nil || !strings.Contains(err.Error(), "does not permit") {
		t.Errorf("the reason is not told: %v", err)
	}
}

func TestAppendOutlivesARestart(t *testing.T) {
	s := eventlogtest.Start(t)
	l := s.Log(t, eventlog.Config{})
	mustAppend(t, l, submission(0))
	s.Stop()
	short, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_, err := l.Append(short, submission(1))
	wantKind(t, "while the broker is away", err, fault.Unavailable)
	_, err = l.Last(eventually.Context(t), submission(0).Subject)
	wantKind(t, "read while the broker is away", err, fault.Unavailable)

	stored := make(chan error, 2)
	go func() { _, err := l.Append(eventually.Context(t), submission(2)); stored <- err }()
	go func() { stored <- l.AppendBatch(eventually.Context(t), []eventlog.Event{submission(3), submission(4)}) }()
	s.Run()
	for range 2 {
		if err := <-stored; err != nil {
			t.Errorf("append over a restart: %v", err)
		}
	}
	for _, n := range []int{0, 2, 3, 4} {
		if _, err := l.Last(eventually.Context(t), submission(n).Subject); err != nil {
			t.Errorf("submission %d: %v", n, err)
		}
	}
}

func TestPatienceEnds(t *testing.T) {
	s := eventlogtest.Start(t)
	l := s.Log(t, eventlog.Config{Patience: 50 * time.Millisecond})
	s.Stop()
	_, err := l.Append(context.Background(), submission(1))
	wantKind(t, "after the patience", err, fault.Unavailable)
	if errors.Is(err, context.Canceled) {
		t.Errorf("the cause is hidden: %v", err)
	}
}
