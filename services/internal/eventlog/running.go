package eventlog

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Running is a consumer that runs in this process.
type Running struct {
	Stream, Durable string
	Paused          time.Time // since when it waits for its surroundings; zero while it works
	Why             string    // for what it waits: kind, operation and sentence, in English and without anything personal
	Busy            time.Time // since when its handler works on the same batch; zero while it has none
	InHand          int       // messages that were given to it and are not answered for
}

// Running tells how the consumers are that run on this log in this process, by stream and durable. Copies in one process have an entry each.
func (l *Log) Running() []Running {
	var out []Running
	for _, w := range l.crew.all() {
		out = append(out, w.running())
	}
	slices.SortStableFunc(out, func(a, b Running) int {
		return cmp.Or(cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.Durable, b.Durable))
	})
	return out
}

// crew are the workers that run on a log.
type crew struct {
	mu      sync.Mutex
	workers []*worker
}

func (c *crew) join(w *worker) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.workers = append(c.workers, w)
}

func (c *crew) leave(w *worker) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.workers = slices.DeleteFunc(c.workers, func(other *worker) bool { return other == w })
}

func (c *crew) all() []*worker {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.workers)
}

// find returns the worker of a durable; nil when none runs here.
func (c *crew) find(stream, durable string) *worker {
	for _, w := range c.all() {
		if w.c.Stream == stream && w.c.Durable == durable {
			return w
		}
	}
	return nil
}

// running tells how a worker is.
func (w *worker) running() Running {
	w.mu.Lock()
	defer w.mu.Unlock()
	return Running{Stream: w.c.Stream, Durable: w.c.Durable, Paused: w.state.paused, Why: w.state.why, Busy: w.state.busy, InHand: len(w.keep)}
}

// condition is how a worker is, for those who look on.
type condition struct {
	paused, busy time.Time
	why          string
	outgrown     *fault.Error // while it waits for a newer version of its program; nil otherwise
}

// note keeps since when, and for what, the worker waits; nil that it goes on.
func (w *worker) note(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err == nil:
		w.state.paused, w.state.why = time.Time{}, ""
		return
	case w.state.paused.IsZero():
		w.state.paused = time.Now()
	}
	w.state.why = Reason(err)
}

// work keeps since when the handler works; the function that it gives notes its end.
func (w *worker) work() func() {
	set := func(t time.Time) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.state.busy = t
	}
	set(time.Now())
	return func() { set(time.Time{}) }
}
