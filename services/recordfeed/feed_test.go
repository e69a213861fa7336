package recordfeed_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

// memory is a table in memory.
type memory struct {
	mu     sync.Mutex
	kept   map[string]recordfeed.Record
	given  int // records handed over, repetitions among them
	fails  error
	before func(records []recordfeed.Record) // called before each batch
}

func newMemory() *memory { return &memory{kept: map[string]recordfeed.Record{}} }

func (m *memory) Handle(_ context.Context, records []recordfeed.Record) error {
	if m.before != nil {
		m.before(records)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails != nil {
		return m.fails
	}
	for _, r := range records {
		m.given++
		if r.Version > m.kept[r.Pupil].Version {
			m.kept[r.Pupil] = r
		}
	}
	return nil
}

func (m *memory) count() recordfeed.Tally {
	m.mu.Lock()
	defer m.mu.Unlock()
	var c recordfeed.Count
	for _, r := range m.kept {
		c.Add(r.Held())
	}
	return c.Total
}

func pupil(i int) string { return fmt.Sprintf("p%05d", i) }

// put appends a version of each pupil; every seventh is a withdrawal when there is something to take back.
func put(t *testing.T, l *eventlog.Log, class string, pupils ...int) {
	t.Helper()
	var events []eventlog.Event
	for _, i := range pupils {
		state := &reportingpb.RecordState{Pupil: pupil(i), State: &reportingpb.RecordState_Verified{
			Verified: &reportingpb.VerifiedRecord{Province: "01", School: fmt.Sprintf("010007%02d", i%3), Class: class}}}
		if last, err := l.Last(t.Context(), "record."+pupil(i)); err == nil {
			state.Replaces = last.Sequence
			if i%7 == 0 {
				state.State = &reportingpb.RecordState_Withdrawn{Withdrawn: &reportingpb.WithdrawnRecord{Province: "01", School: fmt.Sprintf("010007%02d", i%3)}}
			}
		}
		data, err := proto.Marshal(state)
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, eventlog.Event{Subject: "record." + pupil(i), Type: wire.TypeRecord, Data: data})
	}
	if err := l.AppendBatch(t.Context(), events); err != nil {
		t.Fatal(err)
	}
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func subscribe(t *testing.T, s *eventlogtest.Server, name string, h recordfeed.Handler, change ...func(*recordfeed.Config)) error {
	t.Helper()
	ctx := eventually.Context(t)
	cfg := recordfeed.Config{Conn: s.Conn(t), Name: name, Handler: h, Once: true, Batch: 64, Logger: slog.New(slog.DiscardHandler)}
	for _, c := range change {
		c(&cfg)
	}
	return recordfeed.Subscribe(ctx, cfg)
}

func mustSubscribe(t *testing.T, s *eventlogtest.Server, name string, h recordfeed.Handler, change ...func(*recordfeed.Config)) {
	t.Helper()
	if err := subscribe(t, s, name, h, change...); err != nil {
		t.Fatal(err)
	}
}

// TestBackfillAndResume: a new subscriber is given the standing records alone; one that comes back is given what is new alone.
func TestBackfillAndResume(t *testing.T) {
	s := eventlogtest.Start(t)
	l := s.Log(t, eventlog.Config{Service: "test"})
	m := newMemory()
	mustSubscribe(t, s, "empty", m)
	put(t, l, "12A1", upTo(300)...)
	put(t, l, "12A2", upTo(100)...)
	mustSubscribe(t, s, "exam", m)
	if m.given != 300 || len(m.kept) != 300 || m.kept[pupil(1)].Outline.GetVerified().GetClass() != "12A2" || m.kept[pupil(7)].Verified() {
		t.Errorf("given %d, kept %d; pupil 1: %v", m.given, len(m.kept), m.kept[pupil(1)].Outline)
	}
	mustSubscribe(t, s, "exam", m)
	if m.given != 300 {
		t.Errorf("given %d when nothing was new", m.given-300)
	}
	put(t, l, "12A3", 5, 301)
	mustSubscribe(t, s, "exam", m)
	if m.given != 302 || m.kept[pupil(5)].Version != 401 || m.kept[pupil(301)].Version != 402 {
		t.Errorf("given %d, want 2 more", m.given)
	}
	late := newMemory()
	mustSubscribe(t, s, "late", late)
	if late.count() != m.count() {
		t.Errorf("late: got %v, want %v", late.count(), m.count())
	}
	// It lost its table.
	again := newMemory()
	mustSubscribe(t, s, "exam", again, func(c *recordfeed.Config) { c.FromStart = true })
	if again.count() != m.count() || again.given != 301 {
		t.Errorf("from the start: got %v of %d, want %v", again.count(), again.given, m.count())
	}
}

var errStop = errors.New("the table is full")

// TestEndsAnywhere ends a subscriber at each of its batches, in the backfill and after it, while records change; in the end it holds
// what one holds that was never ended.
func TestEndsAnywhere(t *testing.T) {
	s := eventlogtest.Start(t)
	l := s.Log(t, eventlog.Config{Service: "test"})
	put(t, l, "12A1", upTo(400)...)
	put(t, l, "12A2", upTo(200)...)
	m := newMemory()
	for round := range 12 {
		left := round % 4
		m.before = func([]recordfeed.Record) {
			m.fails = nil
			if left--; left < 0 {
				m.fails = errStop
			}
		}
		if err := subscribe(t, s, "killed", m, func(c *recordfeed.Config) { c.Batch = 32 }); err != nil && !errors.Is(err, errStop) {
			t.Fatal(err)
		}
		put(t, l, fmt.Sprint("12B", round), round, 100+round, 300+round, 400+round)
	}
	m.before, m.fails = nil, nil
	mustSubscribe(t, s, "killed", m)
	quiet := newMemory()
	mustSubscribe(t, s, "quiet", quiet)
	if m.count() != quiet.count() {
		t.Errorf("got %v, want %v", m.count(), quiet.count())
	}
}

// TestBrokerRestarts stops the broker in the middle of the backfill and again after it.
func TestBrokerRestarts(t *testing.T) {
	s := eventlogtest.Start(t)
	l := s.Log(t, eventlog.Config{Service: "test"})
	put(t, l, "12A1", upTo(500)...)
	put(t, l, "12A2", upTo(300)...)
	m := newMemory()
	batches := 0
	m.before = func([]recordfeed.Record) {
		if batches++; batches == 3 || batches == 9 {
			s.Stop()
			s.Run()
		}
	}
	mustSubscribe(t, s, "exam", m, func(c *recordfeed.Config) { c.Batch = 50 })
	put(t, l, "12A3", upTo(250)...)
	mustSubscribe(t, s, "exam", m, func(c *recordfeed.Config) { c.Batch = 50 })
	quiet := newMemory()
	mustSubscribe(t, s, "quiet", quiet)
	if m.count() != quiet.count() || batches < 9 {
		t.Errorf("after %d batches: got %v, want %v", batches, m.count(), quiet.count())
	}
}

// TestLive follows what comes, and ends with its context.
func TestLive(t *testing.T) {
	s := eventlogtest.Start(t)
	l := s.Log(t, eventlog.Config{Service: "test"})
	ctx, cancel := context.WithCancel(eventually.Context(t))
	defer cancel()
	m := newMemory()
	ended, caughtUp := make(chan error, 1), make(chan struct{})
	go func() {
		ended <- recordfeed.Subscribe(ctx, recordfeed.Config{URL: s.URL(), Name: "live", Handler: m, CaughtUp: func() { close(caughtUp) }, Logger: slog.New(slog.DiscardHandler)})
	}()
	<-caughtUp
	for i := range 5 {
		put(t, l, "12A1", upTo(i+1)...)
	}
	eventually.True(t, "the last version of pupil 4 comes", func() bool {
		return m.count().Verified+m.count().Withdrawn == 5
	})
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestCutOffs(t *testing.T) {
	s := eventlogtest.Start(t)
	l := s.Log(t, eventlog.Config{Service: "test"})
	cut := func(id string, sequence uint64) {
		t.Helper()
		data, err := proto.Marshal(&reportingpb.CutOff{Id: id, Sequence: sequence})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.Append(t.Context(), eventlog.Event{Subject: "decision.cutoff." + id, Type: wire.TypeCutOff, Data: data}); err != nil {
			t.Fatal(err)
		}
	}
	withCutOffs := func(c *recordfeed.Config) { c.CutOffs = true }
	put(t, l, "12A1", 1, 2, 3) // versions 1 to 3
	m := newMemory()
	mustSubscribe(t, s, "exam", m, withCutOffs)
	cut("second", 3)
	cut("first", 2)
	put(t, l, "12A2", 1, 3, 4) // 4 to 6
	put(t, l, "12A3", 1, 4)    // 7 and 8: the second correction of 1; 4 is new since the cut-off
	cut("later", 7)
	put(t, l, "12A4", 2, 4) // 9 and 10
	mustSubscribe(t, s, "exam", m, withCutOffs)
	for i, want := range map[int]string{1: "second", 2: "later", 3: "second", 4: "later"} {
		if got := m.kept[pupil(i)].AfterCutOff; got != want {
			t.Errorf("pupil %d, version %d: corrects %q, want %q", i, m.kept[pupil(i)].Version, got, want)
		}
	}
	late := newMemory()
	mustSubscribe(t, s, "late", late, withCutOffs)
	for ref, r := range m.kept {
		if got := late.kept[ref].AfterCutOff; got != r.AfterCutOff {
			t.Errorf("%s: the late one has %q, want %q", ref, got, r.AfterCutOff)
		}
	}
	put(t, l, "12A1", 9) // a pupil of whom no cut-off knows
	mustSubscribe(t, s, "exam", m, withCutOffs)
	if got := m.kept[pupil(9)].AfterCutOff; got != "" {
		t.Errorf("a new pupil corrects %q", got)
	}
}

func TestRefusals(t *testing.T) {
	s := eventlogtest.Start(t)
	l := s.Log(t, eventlog.Config{Service: "test"})
	if err := subscribe(t, s, "no name", newMemory()); !errors.Is(err, recordfeed.ErrConfig) {
		t.Errorf("a name that is none: %v", err)
	}
	if err := subscribe(t, s, "exam", nil); !errors.Is(err, recordfeed.ErrConfig) {
		t.Errorf("no handler: %v", err)
	}
	put(t, l, "12A1", 1)
	eventlogtest.Run(t, l, eventlog.Consumer{Stream: eventlog.Records, Durable: "feed-other", Handle: func(context.Context, []eventlog.Message) error { return nil }})
	eventlogtest.Settled(t, l, eventlog.Records, "feed-other")
	if err := subscribe(t, s, "other", newMemory()); !errors.Is(err, recordfeed.ErrTaken) {
		t.Errorf("another kind of consumer: %v", err)
	}
	for _, ev := range []eventlog.Event{
		{Subject: "record.x", Type: "rasoat.record.v9", Data: []byte("news")},
		{Subject: "record.y", Type: wire.TypeRecord, Data: []byte{0xff}},
	} {
		if _, err := l.Append(t.Context(), ev); err != nil {
			t.Fatal(err)
		}
	}
	if err := subscribe(t, s, "exam", newMemory()); !errors.Is(err, recordfeed.ErrUnreadable) {
		t.Errorf("bytes that are no record: %v", err)
	}
}

func TestSum(t *testing.T) {
	var a, b recordfeed.Sum
	one, most := [32]byte{31: 1}, [32]byte{}
	for i := range most {
		most[i] = 0xff
	}
	a.Add(most)
	a.Add(one)
	if a != (recordfeed.Sum{}) {
		t.Errorf("the greatest and one: %v", a)
	}
	x, y := recordfeed.Digest("a", 1, []byte("x")), recordfeed.Digest("a", 2, []byte("x"))
	a.Add(x)
	a.Add(y)
	b.Add(y)
	b.Add(x)
	if a != b || x == y || x == recordfeed.Digest("b", 1, []byte("x")) {
		t.Errorf("%v, %v", a, b)
	}
}

// table is a memory that tells what it keeps.
type table struct{ *memory }

func (m table) Empty(context.Context) (bool, error) { return len(m.kept) == 0, nil }
func (m table) Close() error                        { return nil }

func (m table) Each(_ context.Context, visit func(recordfeed.Held) error) error {
	for _, r := range m.kept {
		if err := visit(r.Held()); err != nil {
			return err
		}
	}
	return nil
}

// TestRestored: after a restore a table goes on that holds nothing from behind it; another one is refused, and so is who cannot tell, until everything
// is received anew.
func TestRestored(t *testing.T) {
	s := eventlogtest.Start(t)
	l := s.Log(t, eventlog.Config{Service: "test"})
	put(t, l, "12A1", upTo(8)...)
	behind, ahead, untold := table{newMemory()}, table{newMemory()}, newMemory()
	mustSubscribe(t, s, "behind", behind)
	mustSubscribe(t, s, "untold", untold)
	put(t, l, "12A2", 8, 9)
	mustSubscribe(t, s, "ahead", ahead)

	s.PutBack(t, eventlog.Records, 8)
	for name, h := range map[string]recordfeed.Handler{"ahead": ahead, "untold": untold} {
		if err := subscribe(t, s, name, h); !errors.Is(err, recordfeed.ErrRestored) {
			t.Errorf("%s: got %v, want ErrRestored", name, err)
		}
	}
	anew := table{newMemory()}
	mustSubscribe(t, s, "ahead", anew, func(c *recordfeed.Config) { c.FromStart = true })
	for range 2 {
		mustSubscribe(t, s, "behind", behind)
		mustSubscribe(t, s, "ahead", anew)
	}
	// Twice while a subscriber was away: what it holds from behind the first time is none of what is there, although the second time reached further.
	s.PutBack(t, eventlog.Records, 12, 9, 8)
	if err := subscribe(t, s, "ahead", anew); !errors.Is(err, recordfeed.ErrRestored) {
		t.Errorf("after two restores: got %v, want ErrRestored", err)
	}
	s.PutBack(t, eventlog.Records, 12, 10, 8)
	mustSubscribe(t, s, "ahead", anew)
	if behind.count() != anew.count() || anew.count() != ahead.count() {
		t.Errorf("got %v and %v, want %v", behind.count(), anew.count(), ahead.count())
	}
}
