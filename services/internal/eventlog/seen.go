package eventlog

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Mark is a place in a stream: its last message at some moment, and when that was stored.
type Mark struct {
	Sequence uint64
	Stored   time.Time
}

// Known is what the store of a service knows of the log.
type Known struct {
	// Seen is, by stream, a place that the stream had reached before anything up to there was merged: the store has seen no message beyond it.
	Seen map[string]Mark
	// Restored is, by stream, the last message that a restore put back. Up to there a message may have been worked on before, although this broker
	// never gave it out.
	Restored map[string]uint64
	// Restoring says that a restore into the store has begun and not ended.
	Restoring bool
}

// Memory stores what a store knows of the log, in that store. The errors are fault.Unavailable.
type Memory interface {
	Known(ctx context.Context) (Known, error)
	// See keeps a mark, unless a later one is there; on disk when it returns.
	See(ctx context.Context, stream string, m Mark) error
}

// Remember makes the log watch over a store whose collections are made from it. Call it before
// Consume. From then on, every consumer notes how far the store has seen a stream before its
// handler merges what is beyond. Consumers stop while the log is behind that note. Otherwise, after
// a stream was restored and its sequences start lower, every new message would look old and be
// dropped silently.
//
// Log and store are compared here, and again when the connection was lost or a durable is gone. It
// fails with fault.Conflict when a stream has lost what the store has seen, or when a restore of
// the store was interrupted. It fails with fault.Unavailable when ctx ends first.
func (l *Log) Remember(ctx context.Context, m Memory) error {
	g := &guard{memory: m, sights: map[string]*sight{}}
	for _, s := range Streams {
		g.sights[s.Name] = &sight{}
	}
	err := l.Patiently(ctx, func() error {
		g.checked.Store(l.nc.Stats().Reconnects)
		return g.compare(ctx, l)
	})
	if err == nil {
		l.guard = g
	}
	return err
}

// guard watches over one store.
type guard struct {
	memory  Memory
	sights  map[string]*sight // by stream
	mu      sync.Mutex        // of compare
	checked atomic.Uint64     // the connection's count of returns when log and store were last compared
}

// sight is how far one stream is known to be noted.
type sight struct {
	upTo     atomic.Uint64 // the store has a mark at least as far
	restored atomic.Uint64
	mu       sync.Mutex // of who notes
}

// doubt has log and store compared again.
func (g *guard) doubt() {
	if g != nil {
		g.checked.Store(unsureOfAll)
	}
}

const unsureOfAll = ^uint64(0)

// sure compares log and store again where something may have changed since the last time.
func (g *guard) sure(ctx context.Context, l *Log) error {
	if g == nil || g.checked.Load() == l.nc.Stats().Reconnects {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now := l.nc.Stats().Reconnects
	if g.checked.Load() == now {
		return nil
	}
	if err := g.compare(ctx, l); err != nil {
		return err
	}
	g.checked.Store(now)
	return nil
}

// compare reads what the store knows and looks for it in the log.
func (g *guard) compare(ctx context.Context, l *Log) error {
	known, err := g.memory.Known(ctx)
	if err != nil {
		return fault.Wrap("", "eventlog.seen", err)
	}
	if known.Restoring {
		return fault.New(fault.Conflict, "eventlog.seen",
			fmt.Sprintf("Việc khôi phục dữ liệu của %s đã dừng giữa chừng: chạy lại rasoat restore với cùng bản sao lưu (dịch vụ chạy với --hold).", l.service),
			fmt.Sprintf("a restore of what %s keeps was broken off: run rasoat restore again with the same backup (the service started with --hold)", l.service))
	}
	for stream, m := range known.Seen {
		if err := l.has(ctx, stream, m); err != nil {
			return err
		}
	}
	for stream, s := range g.sights {
		s.restored.Store(known.Restored[stream])
	}
	return nil
}

// lookFor is for how long a stream is looked at again that seems to be too short: a copy of it may have become the leader a moment ago, and a leader that
// was cut off takes itself for one for 10 s more.
const lookFor = 15 * time.Second

// has looks for a mark in a stream.
func (l *Log) has(ctx context.Context, stream string, m Mark) error {
	head := uint64(0)
	for wait, began := (backoff{first: 100 * time.Millisecond, most: time.Second}), time.Now(); ; {
		var err error
		if head, _, err = l.Head(ctx, stream); err != nil {
			return err
		}
		if head >= m.Sequence {
			break
		}
		if time.Since(began) >= l.lookFor() {
			return l.older(stream, m.Sequence, fmt.Sprintf("dừng ở %d", head), fmt.Sprintf("ends at %d", head))
		}
		if !wait.sleep(ctx) {
			return unavailable("eventlog.seen", ctx.Err())
		}
	}
	there, err := l.Read(ctx, stream, m.Sequence)
	if fault.Is(err, fault.NotFound) { // an operator erased it
		return nil
	}
	if err == nil && !there.Stored.Equal(m.Stored) {
		return l.older(stream, m.Sequence, "có ở đó một thông điệp khác", "has another message there")
	}
	return err
}

// lookFor is shorter where there is one broker, which is never behind another.
func (l *Log) lookFor() time.Duration {
	if l.nc.ConnectedClusterName() == "" {
		return time.Second
	}
	return lookFor
}

func (l *Log) older(stream string, seen uint64, vi, en string) error {
	return fault.New(fault.Conflict, "eventlog.seen",
		fmt.Sprintf("Nhật ký cũ hơn dữ liệu của %s: dịch vụ đã thấy thông điệp %d của luồng %s, nay luồng %s. Chạy tiếp sẽ bỏ sót thông điệp mới. Cách xử lý: "+
			"khôi phục nhật ký mới hơn, hoặc chạy một lần với --rebuild để dựng lại dữ liệu từ nhật ký này.", l.service, seen, stream, vi),
		fmt.Sprintf("the log is older than what %s keeps: the service has seen message %d of stream %s, which now %s; to go on would drop new messages. The ways out: "+
			"restore the newer log, or start once with --rebuild, which makes the collections anew from this log", l.service, seen, stream, en))
}

// watched puts the guard before a handler: first the store notes how far the stream reaches, then what it says is merged.
func (l *Log) watched(c Consumer) Handler {
	g := l.guard
	if g == nil {
		return c.Handle
	}
	s := g.sights[c.Stream]
	return func(ctx context.Context, batch []Message) error {
		last, restored := uint64(0), s.restored.Load()
		for i, m := range batch {
			last = max(last, m.Sequence)
			if m.Sequence <= restored {
				batch[i].Delivered = max(m.Delivered, 2)
			}
		}
		if last > s.upTo.Load() {
			if err := g.see(ctx, l, s, c.Stream, last); err != nil {
				return err
			}
		}
		return c.Handle(ctx, batch)
	}
}

// see notes where a stream ends now: with many messages waiting, one note is for all of them.
func (g *guard) see(ctx context.Context, l *Log, s *sight, stream string, last uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last <= s.upTo.Load() {
		return nil
	}
	head, stored, err := l.Head(ctx, stream)
	if err != nil {
		return err
	}
	if head < last {
		return unavailable("eventlog.seen", fmt.Errorf("the leader of %s has not come to message %d", stream, last))
	}
	if err := g.memory.See(ctx, stream, Mark{Sequence: head, Stored: stored}); err != nil {
		return fault.Wrap(fault.Unavailable, "eventlog.seen", err)
	}
	s.upTo.Store(head)
	return nil
}
