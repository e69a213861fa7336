package generation

import (
	"context"
	"slices"

	"github.com/rasoat/rasoat/services/internal/store"
)

// collection is a store.Collection in generations.
type collection struct {
	db   *DB
	name string
}

var _ store.Collection = (*collection)(nil)

// Merge implements store.Collection: it returns nil when the patches stand wherever the pointer, read after they were written, wants them.
func (c *collection) Merge(ctx context.Context, patches []store.Patch) error {
	if len(patches) == 0 {
		return nil
	}
	p, err := c.db.current(ctx)
	if err != nil {
		return err
	}
	var written []uint64
	for {
		done := true
		for _, g := range p.targets() {
			if slices.Contains(written, g) {
				continue
			}
			if err := c.db.of(c.name, g).Merge(ctx, patches); err != nil {
				return err
			}
			written, done = append(written, g), false
		}
		if done {
			return nil
		}
		if p, err = c.db.fresh(ctx); err != nil {
			return err
		}
	}
}

// Get implements store.Collection.
func (c *collection) Get(ctx context.Context, ids []string) ([]store.Doc, error) {
	return c.read(ctx, func(in store.Collection) ([]store.Doc, error) { return in.Get(ctx, ids) })
}

// Scan implements store.Collection.
func (c *collection) Scan(ctx context.Context, prefix, after string, limit int) ([]store.Doc, error) {
	return c.read(ctx, func(in store.Collection) ([]store.Doc, error) { return in.Scan(ctx, prefix, after, limit) })
}

// read reads the active generation, again when it was retired so long ago that it may have been dropped under the reading.
func (c *collection) read(ctx context.Context, f func(store.Collection) ([]store.Doc, error)) ([]store.Doc, error) {
	p, err := c.db.current(ctx)
	if err != nil {
		return nil, err
	}
	for {
		docs, err := f(c.db.of(c.name, p.Active))
		if err != nil || c.db.age(p.at) < c.db.trust {
			return docs, err
		}
		q, err := c.db.fresh(ctx)
		if err != nil || q.Active == p.Active {
			return docs, err
		}
		p = q
	}
}

// Drop implements store.Collection. It drops what a rebuild has built of it, too.
func (c *collection) Drop(ctx context.Context) error {
	p, err := c.db.fresh(ctx)
	if err != nil {
		return err
	}
	for _, g := range p.targets() {
		if err := c.db.of(c.name, g).Drop(ctx); err != nil {
			return err
		}
	}
	return nil
}
