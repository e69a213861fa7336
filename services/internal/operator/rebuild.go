package operator

import (
	"context"
	"errors"
	"log/slog"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store/generation"
)

// The steps.
const (
	Waiting   = "waiting"
	Gathering = "gathering"
	Comparing = "comparing"
	Switching = "switching"
	Done      = "done"
)

// Rebuild makes the collections anew while the service runs, and serves from them when nothing differs, or when forced. tell hears how far it is; its error
// ends the rebuild. One rebuild of a service runs at a time: another waits until it is over.
//
// The errors are those of log and store, and Conflict when the lease was lost to another process meanwhile: nothing has changed then.
func (p Plan) Rebuild(ctx context.Context, force bool, tell func(*pb.RebuildResponse) error) error {
	t := &teller{tell: tell}
	if err := t.step(Waiting, 0); err != nil {
		return err
	}
	return p.alone(ctx, func(ctx context.Context, held eventlog.Held) error {
		return p.building(ctx, func(b *generation.Build) (bool, error) { return p.online(ctx, b, force, held, t) })
	})
}

// Renew makes the collections anew before the service runs, and serves from them whatever the old ones held: for a store that was lost.
func (p Plan) Renew(ctx context.Context) error {
	return p.alone(ctx, func(ctx context.Context, held eventlog.Held) error {
		return p.building(ctx, func(b *generation.Build) (bool, error) {
			ends, err := p.ends(ctx)
			if err != nil {
				return false, err
			}
			if err := p.gather(ctx, ends, b.Collection, func(uint64) error { return nil }); err != nil {
				return false, err
			}
			if err := p.change(ctx, b, held); err != nil {
				return false, err
			}
			return true, p.switched(ctx)
		})
	})
}

// Tidy abandons an interrupted rebuild, so that merges stop going to two generations, and drops
// what no longer serves. A service calls it when it begins to run. What cannot be done now is left
// to the next start or rebuild.
func (p Plan) Tidy(ctx context.Context, logger *slog.Logger) {
	left, err := p.Store.Left(ctx)
	if err == nil && left {
		err = p.alone(ctx, func(ctx context.Context, _ eventlog.Held) error { return p.Store.Sweep(ctx) })
	}
	if err != nil && ctx.Err() == nil {
		logger.WarnContext(ctx, "what a rebuild left stays", slog.Any("error", err))
	}
}

// alone runs f while this process holds the lease of the service's rebuild.
func (p Plan) alone(ctx context.Context, f func(context.Context, eventlog.Held) error) error {
	const op = "operator.rebuild"
	ended := false
	err := p.Log.Hold(ctx, eventlog.Lease{Name: "rebuild-" + p.Service, Hold: func(work context.Context, held eventlog.Held) error {
		err := f(work, held)
		if ctx.Err() == nil && work.Err() != nil && err != nil {
			return nil // the lease was lost: wait for it, and begin again
		}
		ended = true
		return err
	}})
	if err == nil && !ended {
		err = fault.Wrap(fault.Unavailable, op, errors.Join(ctx.Err(), errors.New("the rebuild was broken off")))
	}
	return err
}

// building runs f on a generation, which is given up unless f switched.
func (p Plan) building(ctx context.Context, f func(*generation.Build) (switched bool, err error)) error {
	b, err := p.Store.Begin(ctx)
	if err != nil {
		return err
	}
	switched, err := f(b)
	if switched {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if e := b.Abandon(ctx); e != nil && !fault.Is(e, fault.Conflict) {
		err = errors.Join(err, e)
	}
	return err
}

// online is the rebuild while the service runs.
func (p Plan) online(ctx context.Context, b *generation.Build, force bool, held eventlog.Held, t *teller) (bool, error) {
	ends, err := p.ends(ctx)
	if err != nil {
		return false, err
	}
	total := uint64(0)
	for _, e := range ends {
		total += e.head
	}
	if err := t.step(Waiting, total); err != nil {
		return false, err
	}
	if err := p.reached(ctx, ends, t.count); err != nil {
		return false, err
	}
	if err := t.step(Gathering, total); err != nil {
		return false, err
	}
	if err := p.gather(ctx, ends, b.Collection, t.count); err != nil {
		return false, err
	}
	if err := t.step(Comparing, 0); err != nil {
		return false, err
	}
	differing, differences, err := p.compare(ctx, b, t)
	if err != nil {
		return false, err
	}
	t.at.Differing, t.at.Differences = differing, differences
	if differing > 0 && !force {
		return false, t.done(false)
	}
	if err := t.step(Switching, 0); err != nil {
		return false, err
	}
	if err := p.change(ctx, b, held); err != nil {
		return false, err
	}
	if err := b.Retire(ctx); err != nil {
		return true, err
	}
	if err := p.switched(ctx); err != nil {
		return true, err
	}
	return true, t.done(true)
}

// change makes what was built serve.
func (p Plan) change(ctx context.Context, b *generation.Build, held eventlog.Held) error {
	if !held.Still() {
		return fault.New(fault.Conflict, "operator.switch", "Đã có lần dựng lại khác thay thế lần này.", "another rebuild has taken the place of this one")
	}
	return b.Switch(ctx)
}

func (p Plan) switched(ctx context.Context) error {
	if p.Switched == nil {
		return nil
	}
	return p.Switched(ctx)
}

// The pauses before what differs is read once more: a Merge under way is in one generation before it is in the other.
var pauses = []time.Duration{50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, 400 * time.Millisecond, 800 * time.Millisecond}

// compare returns how many documents differ and the first of their differences. What differs is read again and again, the last time when the
// consumers have answered for all that they had in hand: only what stays is a difference.
func (p Plan) compare(ctx context.Context, b *generation.Build, t *teller) (int64, []*pb.Difference, error) {
	c := &comparison{serving: b.Serving, built: b.Collection, indexes: p.Indexes}
	for _, name := range p.Store.Names() {
		if err := c.scan(ctx, name, t.count); err != nil {
			return 0, nil, err
		}
	}
	for round := 0; len(c.suspects) > 0 && c.beyond == 0 && round < len(pauses); round++ {
		if err := pause(ctx, pauses[round]); err != nil {
			return 0, nil, err
		}
		if round == len(pauses)-1 {
			ends, err := p.ends(ctx)
			if err != nil {
				return 0, nil, err
			}
			if err := p.reached(ctx, ends, func(uint64) error { return t.count(0) }); err != nil {
				return 0, nil, err
			}
		}
		if _, err := c.again(ctx); err != nil {
			return 0, nil, err
		}
	}
	differences, err := c.again(ctx)
	return int64(len(c.suspects)) + c.beyond, differences, err
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return fault.Wrap(fault.Unavailable, "operator.rebuild", ctx.Err())
	case <-timer.C:
		return nil
	}
}
