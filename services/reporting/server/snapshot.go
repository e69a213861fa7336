package server

import (
	"context"
	"sync"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// How often the snapshot is read anew, how long after the last question it is kept in step, and how old it may be while the store is ill.
const (
	refresh    = time.Second
	keptFor    = 10 * time.Second
	readWithin = 10 * time.Second
)

// snapshot holds the newest view. One goroutine keeps it in step, at most once a second and only while somebody asks.
type snapshot struct {
	every   time.Duration
	mu      sync.Mutex
	now     *view
	failed  error         // why there is none
	next    chan struct{} // closed with the next view, or the next failure
	asked   time.Time
	running bool
	stopped bool
	quit    chan struct{}
	works   sync.WaitGroup
}

func newSnapshot() *snapshot {
	return &snapshot{every: refresh, next: make(chan struct{}), quit: make(chan struct{})}
}

// get returns the newest view. Who asks first, after nobody did for a while, waits for it.
func (c *snapshot) get(ctx context.Context, look func(context.Context, *view) (*view, error)) (*view, error) {
	v, _, err := c.wait(ctx, look)
	return v, err
}

// wait is get, with a channel that is closed when there is a newer one.
func (c *snapshot) wait(ctx context.Context, look func(context.Context, *view) (*view, error)) (*view, <-chan struct{}, error) {
	const op = "reporting.snapshot"
	for first := true; ; first = false {
		c.mu.Lock()
		c.asked = time.Now()
		if !c.running && !c.stopped {
			c.running, c.failed = true, nil
			c.works.Go(func() { c.keep(look) })
		}
		v, next, failed, stopped := c.now, c.next, c.failed, c.stopped
		c.mu.Unlock()
		switch {
		case stopped:
			return nil, nil, fault.New(fault.Unavailable, op, "Dịch vụ đang dừng.", "the service is stopping")
		case v != nil:
			return v, next, nil
		case failed != nil && !first:
			return nil, nil, fault.Wrap("", op, failed)
		}
		select {
		case <-ctx.Done():
			return nil, nil, fault.Wrap("", op, ctx.Err())
		case <-next:
		}
	}
}

// keep reads views while somebody asks.
func (c *snapshot) keep(look func(context.Context, *view) (*view, error)) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c.works.Go(func() {
		select {
		case <-c.quit:
			cancel()
		case <-ctx.Done():
		}
	})
	var last *view
	tick := time.NewTicker(c.every)
	defer tick.Stop()
	for {
		within, done := context.WithTimeout(ctx, readWithin)
		v, err := look(within, last)
		done()
		if c.take(v, err) {
			return
		}
		if err == nil {
			last = v
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// take tells the callers, and reports whether nobody asks any more.
func (c *snapshot) take(v *view, err error) (over bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	over = c.stopped || time.Since(c.asked) > keptFor
	switch {
	case over:
		c.now, c.running = nil, false
	case err == nil:
		c.now, c.failed = v, nil
	case c.now == nil || time.Since(c.now.at) > keptFor:
		c.now, c.failed = nil, err
	}
	close(c.next)
	c.next = make(chan struct{})
	return over
}

// stop ends the goroutine and waits for it; nobody is answered afterwards.
func (c *snapshot) stop() {
	c.mu.Lock()
	if !c.stopped {
		c.stopped = true
		close(c.quit)
	}
	c.mu.Unlock()
	c.works.Wait()
}
