package main

import (
	"context"
	"maps"
	"sync"
	"time"
)

// ledger is what the clients were promised, and how their calls went.
type ledger struct {
	mu         sync.Mutex
	promised   map[string]uint64 // sequence in SUBMISSIONS that the receipt names, by submission id
	portal     map[uint64]string // submission id, by the sequence in PORTAL that the broker named
	calls      []call
	reconnects int
	more       chan struct{} // closed and made anew when a client has another receipt
}

// call is one call of a client, its own retries included; or one publication to PORTAL.
type call struct {
	begun, ended time.Time
	err          error
}

func newLedger() *ledger {
	return &ledger{promised: map[string]uint64{}, portal: map[uint64]string{}, more: make(chan struct{})}
}

// called notes how a call went, and gives its error.
func (l *ledger) called(begun time.Time, err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, call{begun, time.Now(), err})
	return err
}

// receipt notes what a receipt promised.
func (l *ledger) receipt(id string, sequence uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.promised[id] = sequence
	l.tell()
}

// stored notes that PORTAL has a submission.
func (l *ledger) stored(sequence uint64, id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.portal[sequence] = id
	l.tell()
}

// reconnected notes how often a stream was made anew.
func (l *ledger) reconnected(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reconnects += n
}

func (l *ledger) tell() {
	close(l.more)
	l.more = make(chan struct{})
}

// entries are the promises of a ledger.
type entries struct {
	promised map[string]uint64
	portal   map[uint64]string
}

func (l *ledger) entries() entries {
	l.mu.Lock()
	defer l.mu.Unlock()
	return entries{maps.Clone(l.promised), maps.Clone(l.portal)}
}

// further waits until clients have n more acknowledgements than now.
func (l *ledger) further(ctx context.Context, n int) error {
	l.mu.Lock()
	want := len(l.promised) + len(l.portal) + n
	l.mu.Unlock()
	for {
		l.mu.Lock()
		have, more := len(l.promised)+len(l.portal), l.more
		l.mu.Unlock()
		if have >= want {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-more:
		}
	}
}

// went tells how the calls that were begun from a moment on went: how long after it the first of them was answered, how long the longest took,
// and which failed although the client tried again.
func (l *ledger) went(from time.Time) (first, longest time.Duration, failed []error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.calls {
		if c.ended.Before(from) {
			continue
		}
		longest = max(longest, c.ended.Sub(c.begun))
		if c.err != nil {
			failed = append(failed, c.err)
			continue
		}
		if after := c.ended.Sub(from); !c.begun.Before(from) && (first == 0 || after < first) {
			first = after
		}
	}
	return first, longest, failed
}
