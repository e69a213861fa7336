//go:build drills

package upgrade

import (
	"context"
	"fmt"
	"sync"
	"syscall"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/standalone/cluster"
)

// Rolling exchanges the copies of the services, one after the other.
type Rolling struct {
	c        *cluster.Cluster
	versions *Versions
	say      func(format string, args ...any)

	mu   sync.Mutex
	done int           // exchanges
	next chan struct{} // closed at the next one
}

func newRolling(c *cluster.Cluster, v *Versions, say func(string, ...any)) *Rolling {
	return &Rolling{c: c, versions: v, say: say, next: make(chan struct{})}
}

// processes returns the copies in the order of an upgrade.
func processes(copies int) []string {
	var out []string
	for _, service := range services {
		for i := range copies {
			out = append(out, fmt.Sprintf("%s-%d", service, i+1))
		}
	}
	return out
}

// exchange stops a process as an operator would, and starts it as the other version; it returns when everybody is ready.
func (r *Rolling) exchange(ctx context.Context, name string, earlier bool) error {
	p := r.c.Process(name)
	began := time.Now()
	if err := p.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := p.Wait(ctx); err != nil {
		return err
	}
	stopped := time.Since(began)
	r.versions.Set(name, earlier)
	if err := p.Start(ctx); err != nil {
		return err
	}
	if err := r.c.Ready(ctx); err != nil {
		return err
	}
	to := "this version"
	if earlier {
		to = "the earlier version"
	}
	r.say("%-14s → %s: stopped in %.1f s, ready after %.1f s", name, to, stopped.Seconds(), time.Since(began).Seconds())
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done++
	close(r.next)
	r.next = make(chan struct{})
	return nil
}

// reached waits until that many exchanges are done.
func (r *Rolling) reached(ctx context.Context, exchanges int) error {
	for {
		r.mu.Lock()
		done, next := r.done, r.next
		r.mu.Unlock()
		if done >= exchanges {
			return nil
		}
		select {
		case <-next:
		case <-ctx.Done():
			return fault.Wrap(fault.Unavailable, "upgrade.rolling", context.Cause(ctx))
		}
	}
}
