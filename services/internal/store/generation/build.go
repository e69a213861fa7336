package generation

import (
	"context"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
)

// Build is a generation that is being built. One at a time does so: whoever begins another takes this one's place, and its Switch fails.
type Build struct {
	db      *DB
	pointer pointer
}

// Begin begins a generation and drops what earlier rebuilds left: from now on each Merge goes to it as well. Note where the log ends only after
// Begin. It fails with Conflict when somebody else began at the same time, and with Unavailable.
func (d *DB) Begin(ctx context.Context) (*Build, error) {
	p, err := d.fresh(ctx)
	if err == nil && p.Building > 0 { // perhaps it served until a moment ago
		if err = d.lingered(ctx); err == nil {
			p, err = d.fresh(ctx)
		}
	}
	if err != nil {
		return nil, err
	}
	left := p.with(p.Building)
	next := pointer{Active: p.Active, Building: max(p.Last, p.Active) + 1}
	next.Last = next.Building
	if p.Building > 0 {
		next.Old = []uint64{p.Building} // who is writing there at this moment still will
	}
	if next, err = d.advance(ctx, p, next); err != nil {
		return nil, err
	}
	for _, g := range left {
		if err := d.drop(ctx, g); err != nil {
			return nil, err
		}
	}
	return &Build{db: d, pointer: next}, nil
}

// Left reports whether rebuilds left something: a generation that is being built, or was when its rebuild ended in the midst, or retired ones.
func (d *DB) Left(ctx context.Context) (bool, error) {
	p, err := d.fresh(ctx)
	return p.Building > 0 || len(p.Old) > 0, err
}

// Sweep gives up what a rebuild left that ended in the midst, and drops what no longer serves. Only who knows that no rebuild is under way may
// call it.
func (d *DB) Sweep(ctx context.Context) error {
	if err := d.lingered(ctx); err != nil {
		return err
	}
	p, err := d.fresh(ctx)
	if err != nil {
		return err
	}
	if p, err = d.advance(ctx, p, pointer{Active: p.Active, Last: p.Last, Old: p.with(p.Building)}); err != nil {
		return err
	}
	for _, g := range p.Old {
		if err := d.drop(ctx, g); err != nil {
			return err
		}
	}
	_, err = d.advance(ctx, p, pointer{Active: p.Active, Last: p.Last})
	return err
}

// Collection returns what is being built of a collection.
func (b *Build) Collection(name string) store.Collection { return b.db.of(name, b.pointer.Building) }

// Serving returns what serves of a collection.
func (b *Build) Serving(name string) store.Collection { return b.db.of(name, b.pointer.Active) }

// Switch makes what was built serve. What served until then is still written, because a reader who has not looked at the pointer yet may rely on
// finding there what another process merged and told of: Retire ends that. It fails with Conflict when somebody else began a generation or switched
// meanwhile; nothing has changed then.
func (b *Build) Switch(ctx context.Context) error {
	p := b.pointer
	next, err := b.db.advance(ctx, p, pointer{Active: p.Building, Building: p.Active, Last: p.Last, Old: p.Old})
	if err == nil {
		b.pointer = next
	}
	return err
}

// Retire drops what served before Switch, when every reader of every process has looked at the pointer since. If it is broken off, the next start or
// rebuild does it.
func (b *Build) Retire(ctx context.Context) error {
	if err := b.db.lingered(ctx); err != nil {
		return err
	}
	return b.Abandon(ctx)
}

// Abandon gives up what is being built, or what served before Switch. It fails with Conflict when somebody else began a generation; that one then
// drops this.
func (b *Build) Abandon(ctx context.Context) error {
	p := b.pointer
	next, err := b.db.advance(ctx, p, pointer{Active: p.Active, Last: p.Last, Old: p.with(p.Building)})
	if err != nil {
		return err
	}
	b.pointer = next
	return b.db.drop(ctx, p.Building)
}

// lingered waits until every reader has looked at the pointer again.
func (d *DB) lingered(ctx context.Context) error {
	timer := time.NewTimer(d.linger)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return fault.Wrap(fault.Unavailable, "generation.retire", ctx.Err())
	case <-timer.C:
		return nil
	}
}

func (d *DB) drop(ctx context.Context, generation uint64) error {
	for _, name := range d.names {
		if err := d.of(name, generation).Drop(ctx); err != nil {
			return err
		}
	}
	return nil
}
