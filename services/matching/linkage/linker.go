package linkage

import (
	"context"
	"math"
	"runtime"
	"strings"

	"github.com/rasoat/rasoat/services/matching"
)

// Options are those of a run; the zero value is a good one.
type Options struct {
	Weights *matching.Weights // nil means matching.DefaultWeights
	Keep    int               // candidates that a profile keeps at most; 0 means 10
	Workers int               // 0 means one a core; the result does not depend on it
	// Progress is told the share that is done, from 0 to 1; from one goroutine at a time.
	Progress func(done float64)
}

func (o Options) filled() Options {
	if o.Weights == nil {
		o.Weights = matching.DefaultWeights()
	}
	if o.Keep <= 0 {
		o.Keep = 10
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Progress == nil {
		o.Progress = func(float64) {}
	}
	return o
}

// Result is what a run found.
type Result struct {
	Profiles   []Linked // in the order in which they came
	Population int      // people in the extract
	Compared   int64    // pairs
	Cut        int64    // memberships of profiles in blocks that were too large to look at
	Absent     Absent   // cells of the extract that could not be read
	Weights    *matching.Weights
}

// Linked is a profile with its candidates, the best first.
type Linked struct {
	Key        string
	Candidates []Candidate
	claim      *matching.Prepared
}

// Steps is the waterfall of a candidate.
func (r *Result) Steps(p *Linked, c *Candidate) []matching.Step {
	return r.Weights.Steps(p.claim, c.Levels)
}

// least is the score below which a pair is no candidate: a thousand of them would not make another uncertain.
const least = -12

// Find looks for the people of the population in profiles. The population is read twice: for the frequencies of its names, then to be
// compared. It fails with Invalid at a line that cannot be read, and with Unavailable when ctx ends.
func Find(ctx context.Context, profiles []Person, population Input, o Options) (*Result, error) {
	o = o.filled()
	names, count, err := survey(ctx, population, o)
	if err != nil {
		return nil, err
	}
	weights := *o.Weights
	weights.Names = names
	l := &linker{o: o, weights: &weights, index: newIndex(profiles), prior: -math.Log2(float64(max(1, count)))}
	workers := make([]*worker, o.Workers)
	for i := range workers {
		workers[i] = &worker{linker: l, decoder: newDecoder(population), seen: make([]uint32, len(profiles)), best: make([][]hit, len(profiles))}
	}
	if err := stream(ctx, population, o, 0.3, 1, func(w int, b batch) { workers[w].compare(b) }); err != nil {
		return nil, err
	}
	out := &Result{Profiles: make([]Linked, len(profiles)), Population: count, Cut: l.index.cut, Weights: &weights}
	best := workers[0].best
	for _, w := range workers {
		out.Compared += w.compared
		out.Absent.Add(w.decoder.absent)
	}
	for i, p := range profiles {
		for _, w := range workers[1:] {
			for _, h := range w.best[i] {
				best[i] = offer(best[i], h, o.Keep, func(s string) string { return s })
			}
		}
		out.Profiles[i] = Linked{Key: p.Key, claim: &l.index.profiles[i].Prepared}
	}
	resolve(out, best)
	return out, nil
}

type linker struct {
	o       Options
	weights *matching.Weights
	index   *index
	prior   float64
}

// worker compares people with profiles.
type worker struct {
	*linker
	seen     []uint32 // by profile, the last person it was compared with, from 1
	best     [][]hit
	keys     []uint64
	compared int64
	decoder  *decoder
}

func (w *worker) compare(b batch) {
	for i, r := range b.rows {
		person := w.decoder.person(r.cells)
		rec := prepare(person.Particulars)
		number := uint32(b.first + i)
		w.keys = rec.keys(w.keys[:0], false)
		for _, k := range w.keys {
			for _, p := range w.index.block(k, &rec) {
				if w.seen[p] == number+1 {
					continue
				}
				w.seen[p] = number + 1
				w.compared++
				claim := &w.index.profiles[p].Prepared
				levels := matching.Compare(claim, &rec.Prepared)
				score := w.prior + w.weights.Bits(claim, levels)
				if score >= least {
					w.best[p] = offer(w.best[p], hit{key: person.Key, person: number, levels: pack(levels), score: score}, w.o.Keep, strings.Clone)
				}
			}
		}
	}
}
