package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/rasoat/rasoat/services/internal/store"
)

// together runs the functions at once and reports their errors.
func together(t *testing.T, functions ...func(ctx context.Context) error) {
	t.Helper()
	start := make(chan struct{})
	errs := make([]error, len(functions))
	var wg sync.WaitGroup
	for i, f := range functions {
		wg.Go(func() {
			<-start
			errs[i] = f(t.Context())
		})
	}
	close(start)
	wg.Wait()
	for i, err := range errs {
		if err != nil {
			t.Errorf("worker %d: %v", i, err)
		}
	}
}

// facetsConcurrently lets each writer own one facet of one document, its revisions shuffled.
func facetsConcurrently(t *testing.T, c store.Collection, opts Options) {
	const writers = 12
	n := opts.rounds(20, 8)
	want := model{}
	var functions []func(context.Context) error
	for w := range writers {
		var patches []store.Patch
		for _, major := range rand.New(rand.NewPCG(1, uint64(w))).Perm(n) {
			patches = append(patches, patch("one", fmt.Sprintf("facet/%02d", w), uint64(major), 0))
		}
		want.merge(patches...)
		functions = append(functions, func(ctx context.Context) error {
			for _, p := range patches {
				if err := c.Merge(ctx, []store.Patch{p}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	together(t, functions...)
	want.check(t, c)
}

// firstMergesConcurrently lets the first facets of a document meet: none may be lost.
func firstMergesConcurrently(t *testing.T, c store.Collection, opts Options) {
	for round := range opts.rounds(25, 10) {
		want := model{}
		id := fmt.Sprintf("doc%02d", round)
		var functions []func(context.Context) error
		for w := range 8 {
			p := patch(id, fmt.Sprintf("facet%d", w%6), uint64(w), 0) // two facets are contended
			want.merge(p)
			functions = append(functions, func(ctx context.Context) error {
				return c.Merge(ctx, []store.Patch{p})
			})
		}
		together(t, functions...)
		same(t, "Get", mustGet(t, c, id)[0], want.doc(id))
	}
}

// randomInterleavings delivers every patch twice, in random batches, to several writers at once,
// while a reader checks that a facet is always whole and never goes back.
func randomInterleavings(t *testing.T, c store.Collection, opts Options) {
	const workers = 4
	for round := range opts.rounds(6, 1) {
		rng := rand.New(rand.NewPCG(uint64(round), 46))
		want := model{}
		ids := make([]string, 10)
		for i := range ids {
			ids[i] = fmt.Sprintf("r%d/%d", round, i)
		}
		var patches []store.Patch
		for range opts.rounds(300, 80) {
			p := patch(ids[rng.IntN(len(ids))], fmt.Sprint("f", rng.IntN(4)), rng.Uint64N(12), rng.Uint64N(3))
			patches = append(patches, p, p)
		}
		want.merge(patches...)
		rng.Shuffle(len(patches), func(i, j int) { patches[i], patches[j] = patches[j], patches[i] })

		var functions []func(context.Context) error
		for share := range slices.Chunk(patches, (len(patches)+workers-1)/workers) {
			var calls [][]store.Patch
			for rest := share; len(rest) > 0; {
				n := min(1+rng.IntN(15), len(rest))
				calls = append(calls, rest[:n])
				rest = rest[n:]
			}
			functions = append(functions, func(ctx context.Context) error {
				for _, call := range calls {
					if err := c.Merge(ctx, call); err != nil {
						return err
					}
				}
				return nil
			})
		}
		functions = append(functions, func(ctx context.Context) error { return watch(ctx, c, ids, opts.rounds(40, 8)) })
		together(t, functions...)
		for _, doc := range mustGet(t, c, ids...) {
			same(t, fmt.Sprintf("round %d", round), doc, want.doc(doc.ID))
		}
	}
}

// watch reads the documents again and again.
func watch(ctx context.Context, c store.Collection, ids []string, times int) error {
	newest := map[string]store.Revision{}
	for range times {
		docs, err := c.Get(ctx, ids)
		if err != nil {
			return err
		}
		for _, doc := range docs {
			if err := whole(doc); err != nil {
				return err
			}
			for _, f := range doc.Facets {
				key := doc.ID + " " + f.Name
				if f.Rev.Less(newest[key]) {
					return fmt.Errorf("%s went back from %v to %v", key, newest[key], f.Rev)
				}
				newest[key] = f.Rev
			}
		}
	}
	return nil
}
