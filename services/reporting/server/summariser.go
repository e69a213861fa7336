package server

import (
	"context"
	"slices"
	"time"

	"github.com/rasoat/rasoat/services/internal/store"
)

// recount is how often a school is counted at most.
const recount = time.Second

// perFlush is how many summaries are written at once.
const perFlush = 32

// summariser counts the schools whose marks differ from the basis of their summary, first come first served.
type summariser struct {
	s      *Server
	number uint64
	every  time.Duration // at most so often is a school counted
	still  func() bool
	n      uint64
	known  []basis     // by school of the drive: that of its summary
	now    digest      // the edition
	last   []time.Time // when it was counted
	queue  []int
	queued map[int]bool
	loaded bool
	ready  []store.Patch
	based  map[int]basis // of what is ready
	rows   []digest      // of the row of each summary, but for its hour
	sure   []bool        // whether a second count, later, gave the same row
	unsure int           // where the next look for one goes on
}

// perConfirm is how many schools are counted a second time at once, when nothing else waits.
const perConfirm = 8

func newSummariser(s *Server, number uint64, still func() bool) *summariser {
	n := len(s.drive.Schools)
	return &summariser{
		s: s, number: number, every: recount, still: still, known: make([]basis, n), last: make([]time.Time, n), rows: make([]digest, n), sure: make([]bool, n),
		queued: map[int]bool{}, based: map[int]basis{},
	}
}

// whole reports whether every school has a summary of this edition.
func (w *summariser) whole() bool {
	for _, k := range w.known {
		if k.edition != w.now {
			return false
		}
	}
	return true
}

// pass looks at the marks of all schools and counts those in the queue; those that come meanwhile wait for the next pass.
func (w *summariser) pass(ctx context.Context) error {
	if err := w.look(ctx); err != nil {
		return err
	}
	for todo := len(w.queue); todo > 0 && w.still(); todo-- {
		i := w.queue[0]
		if time.Since(w.last[i]) < w.every {
			w.queue = append(w.queue[1:], i)
			continue
		}
		c, err := w.count(ctx, i)
		if err != nil {
			return err
		}
		w.queue = w.queue[1:]
		delete(w.queued, i)
		if err := w.keep(ctx, i, c); err != nil {
			return err
		}
	}
	if len(w.queue) == 0 {
		if err := w.confirm(ctx); err != nil {
			return err
		}
	}
	return w.flush(ctx)
}

// confirm counts a second time what nobody has changed since. A range of the roster cannot say what it lacks: a database that answers in part, or
// from an older copy, would leave the summary of a quiet school wrong for good. So a count is believed when a later one agrees.
func (w *summariser) confirm(ctx context.Context) error {
	n := len(w.known)
	for todo, looked := perConfirm, 0; todo > 0 && looked < n && w.still(); looked++ {
		i := w.unsure
		w.unsure = (i + 1) % n
		if w.sure[i] || w.known[i].edition != w.now || time.Since(w.last[i]) < w.every {
			continue
		}
		todo--
		c, err := w.count(ctx, i)
		if err != nil {
			return err
		}
		switch row, err := rowDigest(c.row); {
		case err != nil:
			return err
		case row == w.rows[i]:
			w.sure[i] = true // or it has changed, and is counted again for that
		default:
			if err := w.keep(ctx, i, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// count counts a school. The processors belong to whoever sends: as long as it took, and no longer, nothing is counted.
func (w *summariser) count(ctx context.Context, i int) (counted, error) {
	began := time.Now()
	c, err := w.s.countWithBasis(ctx, w.s.drive.Schools[i])
	if err != nil {
		return c, err
	}
	w.last[i] = began
	return c, rest(ctx, min(time.Since(began), 50*time.Millisecond))
}

// keep makes a count the summary of its school.
func (w *summariser) keep(ctx context.Context, i int, c counted) error {
	value, err := encodeSummary(c)
	if err != nil {
		return err
	}
	if w.rows[i], err = rowDigest(c.row); err != nil {
		return err
	}
	w.n++
	w.based[i], w.sure[i] = c.basis, false
	w.ready = append(w.ready, store.Patch{ID: w.s.schoolID(w.s.drive.Schools[i]), Facet: facetCounts, Rev: store.Revision{Major: w.number, Minor: w.n}, Value: value})
	if len(w.ready) < perFlush {
		return nil
	}
	return w.flush(ctx)
}

// look queues the schools that have changed.
func (w *summariser) look(ctx context.Context) error {
	var err error
	if w.now, err = w.s.edition(ctx); err != nil {
		return err
	}
	marks, err := w.s.marks.Get(ctx, w.s.ids)
	if err != nil {
		return err
	}
	if !w.loaded {
		if err := w.takeOver(ctx); err != nil {
			return err
		}
	}
	for i, d := range marks {
		if w.known[i] != (basis{w.now, markDigest(d)}) && !w.queued[i] {
			w.queued[i] = true
			w.queue = append(w.queue, i)
		}
	}
	return nil
}

// flush writes what is ready.
func (w *summariser) flush(ctx context.Context) error {
	if len(w.ready) == 0 || !w.still() {
		return nil
	}
	if err := w.s.summaries.Merge(ctx, w.ready); err != nil {
		return err
	}
	for i, from := range w.based {
		w.known[i] = from
	}
	w.ready = nil
	clear(w.based)
	return nil
}

func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// takeOver reads the summaries and writes them again under the holder's own number: what a former holder still has on its way can then replace
// none of them, and what is known here is what stands.
func (w *summariser) takeOver(ctx context.Context) error {
	summaries, err := w.s.summaries.Get(ctx, w.s.ids)
	if err != nil {
		return err
	}
	var again []store.Patch
	for i, d := range summaries {
		w.known[i] = basisOfSummary(d)
		if row := w.s.decodeSummary(d); row != nil {
			if w.rows[i], err = rowDigest(row); err != nil {
				return err
			}
		}
		if f, ok := d.Facet(facetCounts); ok {
			w.n++
			again = append(again, store.Patch{ID: d.ID, Facet: facetCounts, Rev: store.Revision{Major: w.number, Minor: w.n}, Schema: f.Schema, Value: f.Value})
		}
	}
	for some := range slices.Chunk(again, 10*perFlush) {
		if !w.still() {
			return nil
		}
		if err := w.s.summaries.Merge(ctx, some); err != nil {
			return err
		}
	}
	w.loaded = true
	return nil
}
