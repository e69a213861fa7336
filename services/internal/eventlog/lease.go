package eventlog

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// leases is the bucket in which the holders of leases sign.
const leases = "LEASES"

// Lease is work that one copy of a service does at a time.
//
// The holder signs in a bucket of the broker, on condition of the revision that it last wrote, four times in a Term; it stops when three
// quarters of a Term have passed since it began the last signature that was stored. Who wants the lease waits until it has seen the same
// signature for a whole Term by its own clock, then signs on condition of that revision. So two never hold it at once, whatever the clocks
// say, and one that was killed, stopped or cut off is replaced after a Term.
type Lease struct {
	Name string
	Term time.Duration // default 5 s
	// Sign gives what the holder leaves to its successor with each signature, and what Signed shows to everybody; nil leaves what was
	// inherited. Stored is told when the bucket has it.
	Sign   func() []byte
	Stored func()
	// Hold does the work until ctx ends.
	Hold func(ctx context.Context, held Held) error
}

// Held is a lease in hand.
type Held struct {
	Inherited []byte // what the last holder left; nil if there was none
	// Still reports whether the lease is in hand at this moment: a process that was stopped and goes on has lost it before it hears of it.
	Still func() bool
}

// signature is what stands in the bucket.
type signature struct {
	Holder string `json:"holder"` // "" when it was given back
	Left   []byte `json:"left,omitempty"`
}

// Hold takes part in a lease until ctx ends: it waits for it, does its work, and begins again when it lost it. An end of Lease.Hold by
// itself is the end, with its error. Otherwise the errors are those of a bucket that cannot be had: fault.Conflict, or fault.Unavailable when ctx
// ended first.
func (l *Log) Hold(ctx context.Context, lease Lease) error {
	const op = "eventlog.lease"
	if err := Token(lease.Name); err != nil {
		return fault.Internalf(op, "the name of a lease: %w", err)
	}
	if lease.Term <= 0 {
		lease.Term = 5 * time.Second
	}
	if lease.Sign == nil {
		lease.Sign = func() []byte { return nil }
	}
	if lease.Stored == nil {
		lease.Stored = func() {}
	}
	kv, err := l.bucket(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	me := l.newID()
	for ctx.Err() == nil {
		revision, inherited, began, ok := l.await(ctx, kv, lease, me)
		if !ok {
			return nil
		}
		if lost, err := l.holding(ctx, kv, lease, me, revision, inherited, began); !lost {
			return err
		}
		l.logger.WarnContext(ctx, "a lease was lost", slog.String("lease", lease.Name))
	}
	return nil
}

// Signed tells what the holder of a lease left with its last signature; nil when there is none.
func (l *Log) Signed(ctx context.Context, name string) ([]byte, error) {
	const op = "eventlog.signed"
	kv, err := l.bucket(ctx)
	if err != nil {
		return nil, fault.Wrap("", op, err)
	}
	ctx, cancel := context.WithTimeout(ctx, attemptWithin)
	defer cancel()
	_, s, err := signed(ctx, kv, name)
	if err != nil {
		return nil, unavailable(op, err)
	}
	return s.Left, nil
}

// bucket returns the bucket; it tries until ctx ends.
func (l *Log) bucket(ctx context.Context) (jetstream.KeyValue, error) {
	if kv, ok := l.streams.Load(leases); ok {
		return kv.(jetstream.KeyValue), nil
	}
	for wait := (backoff{}); ; {
		attempt, cancel := context.WithTimeout(ctx, attemptWithin)
		kv, err := l.js.KeyValue(attempt, leases)
		if errors.Is(err, jetstream.ErrBucketNotFound) {
			kv, err = l.js.CreateKeyValue(attempt, jetstream.KeyValueConfig{
				Bucket: leases, Description: "who holds which lease", Replicas: max(l.replicas, 1), Storage: jetstream.FileStorage,
			})
		}
		cancel()
		if err == nil {
			l.streams.Store(leases, kv)
			return kv, nil
		}
		if l.nc.IsClosed() || !wait.sleep(ctx) {
			return nil, unavailable("eventlog.bucket", err)
		}
	}
}

// await waits for the lease and signs. began is when the signature was begun.
func (l *Log) await(ctx context.Context, kv jetstream.KeyValue, lease Lease, me string) (revision uint64, inherited []byte, began time.Time, ok bool) {
	seen, since := uint64(0), time.Now()
	for wait := (backoff{first: lease.Term / 8, most: lease.Term / 4}); ; {
		began = time.Now()
		attempt, cancel := context.WithTimeout(ctx, lease.Term)
		at, s, err := signed(attempt, kv, lease.Name)
		if at != seen {
			seen, since = at, began
		}
		if err == nil && (s.Holder == "" || s.Holder == me || time.Since(since) >= lease.Term) {
			value, _ := json.Marshal(signature{Holder: me, Left: s.Left})
			began = time.Now()
			if revision, err = kv.Update(attempt, lease.Name, value, at); err == nil {
				cancel()
				l.logger.InfoContext(ctx, "lease taken", slog.String("lease", lease.Name))
				return revision, s.Left, began, true
			}
		}
		cancel()
		if !wait.sleep(ctx) {
			return 0, nil, began, false
		}
	}
}

// signed reads a signature with its revision; 0 when nobody ever signed.
func signed(ctx context.Context, kv jetstream.KeyValue, name string) (uint64, signature, error) {
	var s signature
	entry, err := kv.Get(ctx, name)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return 0, s, nil
	}
	if err != nil {
		return 0, s, err
	}
	return entry.Revision(), s, json.Unmarshal(entry.Value(), &s)
}

// holding does the work and signs while it lasts; lost says that the lease went before the work did.
func (l *Log) holding(ctx context.Context, kv jetstream.KeyValue, lease Lease, me string, revision uint64, inherited []byte, began time.Time) (lost bool, err error) {
	var until atomic.Pointer[time.Time]
	extend := func(began time.Time) {
		t := began.Add(lease.Term * 3 / 4)
		until.Store(&t)
	}
	extend(began)
	work, stop := context.WithCancel(ctx)
	defer stop()
	var g errgroup.Group
	g.Go(func() error {
		defer stop()
		return lease.Hold(work, Held{inherited, func() bool { return time.Now().Before(*until.Load()) }})
	})
	sign := func(ctx context.Context, holder string) error {
		if left := lease.Sign(); left != nil {
			inherited = left
		}
		value, err := json.Marshal(signature{Holder: holder, Left: inherited})
		if err != nil {
			return err
		}
		at, err := kv.Update(ctx, lease.Name, value, revision)
		if err == nil {
			revision = at
			lease.Stored()
		}
		return err
	}
	tick := time.NewTicker(lease.Term / 4)
	defer tick.Stop()
	for work.Err() == nil && !lost {
		select {
		case <-work.Done():
		case <-tick.C:
			began := time.Now()
			attempt, cancel := context.WithDeadline(work, *until.Load())
			if err := sign(attempt, me); err == nil {
				extend(began)
			}
			cancel()
			lost = work.Err() == nil && !time.Now().Before(*until.Load())
		}
	}
	stop()
	if err := g.Wait(); lost || err != nil {
		return lost, err
	}
	// Given back, so that the next one need not wait.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), min(lease.Term, 2*time.Second))
	defer cancel()
	if err := sign(last, ""); err != nil {
		l.logger.WarnContext(ctx, "a lease was not given back", slog.String("lease", lease.Name), slog.Any("error", err))
	}
	return false, nil
}
