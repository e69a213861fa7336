package eventlog_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
)

func TestAppendBatchOf1200(t *testing.T) {
	l := eventlogtest.NewLog(t, "reporting")
	const n = 1200
	events, subjects := make([]eventlog.Event, n), make([]string, n)
	for i := range events {
		events[i] = record(i, fmt.Sprint(i))
		events[i].ExpectLast = &eventlog.Expect{}
		subjects[i] = events[i].Subject
	}
	if err := l.AppendBatch(eventually.Context(t), events); err != nil {
		t.Fatalf("append: %v", err)
	}
	got, err := l.LastMany(eventually.Context(t), append(subjects, "record.nobody"))
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	if len(got) != n {
		t.Errorf("got %d messages, want %d", len(got), n)
	}
	for i, subject := range subjects {
		m := got[subject]
		if string(m.Data) != fmt.Sprint(i) || m.Sequence != uint64(i+1) || m.Subject != subject || m.Type != testType {
			t.Fatalf("%s: got %q at %d as %s", subject, m.Data, m.Sequence, m.Type)
		}
	}
}

// One stale condition refuses a batch whole, and only its batch.
func TestAppendBatchConflict(t *testing.T) {
	l := eventlogtest.NewLog(t, "reporting")
	at := mustAppend(t, l, record(7, "old"))
	batch := func(expect uint64) []eventlog.Event {
		events := make([]eventlog.Event, 20)
		for i := range events {
			events[i] = record(i, "new")
			events[i].ExpectLast = &eventlog.Expect{}
		}
		events[7].ExpectLast.Sequence = expect
		return events
	}
	wantKind(t, "a stale condition in the middle", l.AppendBatch(eventually.Context(t), batch(0)), fault.Conflict)
	if m, err := l.Last(eventually.Context(t), "record.*"); err != nil || m.Sequence != at.Sequence {
		t.Errorf("something of the batch was stored: last is %d, %v", m.Sequence, err)
	}
	if err := l.AppendBatch(eventually.Context(t), batch(at.Sequence)); err != nil {
		t.Errorf("with the right condition: %v", err)
	}
	if m, err := l.Last(eventually.Context(t), "record.p7"); err != nil || string(m.Data) != "new" {
		t.Errorf("record 7: got %q, %v", m.Data, err)
	}
}

// What the broker takes together in one batch: events without a condition, with one on their own
// subject, with one on a filter; different traces and headers.
func TestAppendBatchMixesConditions(t *testing.T) {
	l := eventlogtest.NewLog(t, "intake")
	one, two, three := submission(1), submission(2), submission(3)
	two.ExpectLast = &eventlog.Expect{}
	three.ExpectLast = &eventlog.Expect{Subject: "submission.*.01.01000701.s3"}
	if err := l.AppendBatch(eventually.Context(t), []eventlog.Event{one, two, three}); err != nil {
		t.Fatalf("mixed conditions: %v", err)
	}
	again := submission(4)
	wantKind(t, "a filter that matches by now", l.AppendBatch(eventually.Context(t), []eventlog.Event{again, three}), fault.Conflict)

	// What the broker would not notice within one batch is refused before.
	same := three
	same.Subject = "submission.results.01.01000701.s3"
	wantKind(t, "one id twice in a batch", l.AppendBatch(eventually.Context(t), []eventlog.Event{three, same}), fault.Internal)
	twice := record(1, "a")
	conditional := twice
	conditional.ExpectLast = &eventlog.Expect{}
	wantKind(t, "a conditional subject twice", l.AppendBatch(eventually.Context(t), []eventlog.Event{twice, conditional}), fault.Internal)
	if err := l.AppendBatch(eventually.Context(t), []eventlog.Event{twice, record(1, "b")}); err != nil {
		t.Errorf("an unconditional subject twice: %v", err)
	}
	if m, err := l.Last(eventually.Context(t), "record.p1"); err != nil || string(m.Data) != "b" {
		t.Errorf("the later event of a batch does not win: %q, %v", m.Data, err)
	}
}

func TestAppendBatchOfSeveralStreamsAndSizes(t *testing.T) {
	l := eventlogtest.NewLog(t, "validation")
	if err := l.AppendBatch(eventually.Context(t), nil); err != nil {
		t.Errorf("nothing: %v", err)
	}
	var events []eventlog.Event
	for i := range 10 { // 10 MB for each of two streams
		big := submission(i)
		big.Data = make([]byte, 1<<20)
		verdict := eventlog.Event{Subject: fmt.Sprintf("verdict.profile.01.0100070%d", i), Type: testType, Data: make([]byte, 1<<20)}
		events = append(events, big, verdict)
	}
	events = append(events, eventlog.Event{Subject: "decision.drive.2022-2023", Type: testType})
	for i := range events { // what is stored and answered late is sent again, and stands once
		events[i].ExpectLast = &eventlog.Expect{}
	}
	if err := l.AppendBatch(eventually.Context(t), events); err != nil {
		t.Fatalf("append: %v", err)
	}
	for stream, want := range map[string]uint64{eventlog.Submissions: 10, eventlog.Verdicts: 10, eventlog.Decisions: 1} {
		if _, err := l.Read(eventually.Context(t), stream, want); err != nil {
			t.Errorf("%s %d: %v", stream, want, err)
		}
		_, err := l.Read(eventually.Context(t), stream, want+1)
		wantKind(t, stream+" holds more", err, fault.NotFound)
	}
}

// More batches at once than the broker stages: every one is stored in the end, once.
func TestAppendBatchUnderTheBrokersLimit(t *testing.T) {
	s := eventlogtest.Start(t, func(o *server.Options) { o.JetStreamLimits.MaxBatchInflightPerStream = 2 })
	l := s.Log(t, eventlog.Config{})
	other := s.Log(t, eventlog.Config{})
	const writers, each = 24, 40
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			events := make([]eventlog.Event, each)
			for i := range events {
				events[i] = record(w*each+i, "x")
			}
			to := l
			if w%2 == 0 {
				to = other
			}
			if err := to.AppendBatch(eventually.Context(t), events); err != nil {
				t.Errorf("writer %d: %v", w, err)
			}
		})
	}
	wg.Wait()
	m, err := l.Last(eventually.Context(t), "record.*")
	if err != nil || m.Sequence != writers*each {
		t.Errorf("the last is %d, %v, want %d", m.Sequence, err, writers*each)
	}
}

func TestLastManyRefusesOtherStreams(t *testing.T) {
	l := eventlogtest.NewLog(t, "reporting")
	_, err := l.LastMany(eventually.Context(t), []string{submission(1).Subject})
	wantKind(t, "a stream that keeps everything", err, fault.Internal)
	_, err = l.LastMany(eventually.Context(t), []string{"record.*"})
	wantKind(t, "a filter", err, fault.Invalid)
	got, err := l.LastMany(eventually.Context(t), []string{"record.a"})
	if err != nil || len(got) != 0 {
		t.Errorf("nobody there: got %v, %v", got, err)
	}
}
