package eventlog_test

import (
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// Types of a later version of the program.
const (
	nextType  = "rasoat.test.happened.v2" // testType in its next version
	addedType = "rasoat.test.added.v1"
)

// versions are two versions of a program that share a durable.
type versions struct {
	oldLog, newLog *eventlog.Log
	old, new       seen
	meter          *meter // of the old one
}

func newVersions(t *testing.T) *versions {
	s := eventlogtest.Start(t)
	m, meters := newMeter()
	return &versions{oldLog: s.Log(t, eventlog.Config{MeterProvider: meters}), newLog: s.Log(t, eventlog.Config{}), meter: m}
}

func (v *versions) runOld(t *testing.T) (stop func()) {
	return eventlogtest.Run(t, v.oldLog, eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d", Types: []string{testType}, Handle: v.old.handle})
}

func (v *versions) runNew(t *testing.T) (stop func()) {
	return eventlogtest.Run(t, v.newLog, eventlog.Consumer{
		Stream: eventlog.Submissions, Durable: "d", Types: []string{testType, nextType, addedType}, Handle: v.new.handle,
	})
}

func (v *versions) append(t *testing.T, eventTypes ...string) {
	t.Helper()
	for i, eventType := range eventTypes {
		ev := submission(i)
		ev.Type = eventType
		mustAppend(t, v.oldLog, ev)
	}
}

// noDeadLetter checks that nobody made a dead letter.
func (v *versions) noDeadLetter(t *testing.T) {
	t.Helper()
	if _, err := v.oldLog.Last(eventually.Context(t), "dead.*.*"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a dead letter: got %v, want NotFound", err)
	}
}

// A copy of an older version gives back what only the newer one knows, and waits for it: nothing is acknowledged, nothing is buried. The
// newer one takes it over, and then both go on.
func TestAnOlderCopyWaitsForTheNewerOne(t *testing.T) {
	v := newVersions(t)
	v.append(t, testType, testType, nextType, nextType, testType)
	v.runOld(t)
	eventually.True(t, "the older copy does what it knows and waits", func() bool {
		n, err := v.oldLog.Pending(eventually.Context(t), eventlog.Submissions, "d")
		return err == nil && n == 2 && v.meter.value(t, "rasoat.consumer.paused") == 1
	})
	err := v.oldLog.Outdated(t.Context())
	if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "upgrade this copy") {
		t.Errorf("what the older copy tells: got %v, want Unavailable and the way out", err)
	}
	if r := v.oldLog.Running(); len(r) != 1 || !strings.Contains(r[0].Why, "upgrade this copy") {
		t.Errorf("how its consumer is: got %v", r)
	}
	if n := v.meter.value(t, "rasoat.consumer.unknown_types"); n != 0 {
		t.Errorf("unknown types: got %d, want 0", n)
	}

	stop := v.runNew(t)
	eventlogtest.Settled(t, v.newLog, eventlog.Submissions, "d")
	eventually.True(t, "the older copy goes on", func() bool {
		return v.oldLog.Outdated(t.Context()) == nil && v.meter.value(t, "rasoat.consumer.paused") == 0
	})
	stop()
	if err := v.newLog.Outdated(t.Context()); err != nil {
		t.Errorf("the newer copy: got %v, want none", err)
	}
	v.append(t, testType)
	eventlogtest.Settled(t, v.newLog, eventlog.Submissions, "d")
	for seq, by := range map[uint64]*seen{1: &v.old, 2: &v.old, 3: &v.new, 4: &v.new, 5: &v.old, 6: &v.old} {
		if by.times[seq] != 1 {
			t.Errorf("sequence %d was handled %d times by the copy that it is for, want once", seq, by.times[seq])
		}
	}
	v.noDeadLetter(t)
}

// The newer version was there and is rolled back. What it told that it knows waits for it, however often the older copies start meanwhile; what
// nobody ever wanted does not.
func TestARollbackWaitsForTheNextUpgrade(t *testing.T) {
	v := newVersions(t)
	stop := v.runNew(t)
	v.append(t, testType)
	eventlogtest.Settled(t, v.newLog, eventlog.Submissions, "d")
	stop()
	v.append(t, "rasoat.test.foreign.v1", addedType)
	for range 14 { // more often than a message may be given out that kills its process
		stop := v.runOld(t)
		eventually.True(t, "the older copy waits", func() bool { return v.oldLog.Outdated(t.Context()) != nil })
		stop()
	}
	if n := v.meter.value(t, "rasoat.consumer.unknown_types"); n != 1 {
		t.Errorf("unknown types: got %d, want 1", n)
	}
	v.runNew(t)
	eventlogtest.Settled(t, v.newLog, eventlog.Submissions, "d")
	if v.new.times[3] != 1 || len(v.old.times) != 0 {
		t.Errorf("handled by the newer copy: %v, by the older ones: %v; want 3 by the newer one alone", v.new.times, v.old.times)
	}
	if v.new.most <= 12 {
		t.Errorf("it was given out %d times: the test wants more than 12", v.new.most)
	}
	v.noDeadLetter(t)
}
