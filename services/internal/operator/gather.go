package operator

import (
	"context"
	"errors"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"golang.org/x/sync/errgroup"
)

// perMerge is how many facets are gathered before they are written: few enough that what serves need not wait for long.
const perMerge = 4000

// end is a source and the last message of it that a rebuild reads.
type end struct {
	Source
	head uint64
}

// ends notes where the sources of a plan end now.
func (p Plan) ends(ctx context.Context) ([]end, error) {
	sources, err := p.Sources(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]end, 0, len(sources))
	for _, s := range sources {
		e := end{Source: s}
		for _, filter := range s.Filters {
			m, err := p.Log.Last(ctx, filter)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return nil, err
			}
			e.head = max(e.head, m.Sequence)
		}
		out = append(out, e)
	}
	return out, nil
}

// reached waits until the consumers of the service have answered for all that stood in the log when the ends were noted.
func (p Plan) reached(ctx context.Context, ends []end, done func(n uint64) error) error {
	for _, e := range ends {
		if e.head > 0 {
			if err := p.Log.Reached(ctx, e.Stream, e.Durable, e.head); err != nil {
				return err
			}
		}
		if err := done(e.head); err != nil {
			return err
		}
	}
	return nil
}

// gather reads the log up to the ends into the collections that built gives. done is told how far it is, by numbers of messages.
func (p Plan) gather(ctx context.Context, ends []end, built func(string) store.Collection, done func(n uint64) error) error {
	for _, e := range ends {
		g := gathering{built: built, patches: Patches{}}
		at := uint64(0)
		err := p.Log.Replay(ctx, e.Stream, e.Filters, 1, e.head, func(m eventlog.Message) error {
			patches, err := e.Read(m)
			if err != nil && !fault.Is(err, fault.Invalid) {
				return err
			}
			if err == nil {
				if err := g.add(ctx, patches); err != nil {
					return err
				}
			}
			passed := m.Sequence - at
			at = m.Sequence
			return done(passed)
		})
		if err == nil {
			err = g.flush(ctx)
		}
		if err := errors.Join(err, g.wait()); err != nil {
			return err
		}
		if err := done(e.head - min(at, e.head)); err != nil {
			return err
		}
	}
	if p.Finish == nil {
		return nil
	}
	return p.Finish(ctx, built)
}

// gathering is what was read and is not written yet. While it is being written, more is read.
type gathering struct {
	built   func(string) store.Collection
	patches Patches
	held    int
	writing *errgroup.Group // nil before the first
}

func (g *gathering) add(ctx context.Context, more Patches) error {
	for name, patches := range more {
		g.patches[name] = append(g.patches[name], patches...)
		g.held += len(patches)
	}
	if g.held < perMerge {
		return nil
	}
	return g.flush(ctx)
}

// flush begins to write what is held, all collections at once, when what was held before is written.
func (g *gathering) flush(ctx context.Context) error {
	if err := g.wait(); err != nil {
		return err
	}
	writing, ctx := errgroup.WithContext(ctx)
	for name, patches := range g.patches {
		writing.Go(func() error { return g.built(name).Merge(ctx, patches) })
	}
	g.writing, g.patches, g.held = writing, Patches{}, 0
	return nil
}

// wait waits until everything that flush began to write is written.
func (g *gathering) wait() error {
	if g.writing == nil {
		return nil
	}
	return g.writing.Wait()
}
