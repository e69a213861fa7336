package embed

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/rasoat/rasoat/services/internal/store"
)

const (
	benchDocs  = 20_000 // preloaded, 6 facets each
	benchFirst = 6
)

var facetNames = []string{
	"enrolment", "profile", "results/10", "results/11", "results/12/1", "results/12/2", "identity", "verdict/enrolment",
	"verdict/profile", "verdict/results/10", "verdict/results/11", "verdict/results/12/1", "verdict/results/12/2",
}

// benchIDs are pupils' ids, anywhere in the order of ids as a keyed hash is.
func benchIDs() []string {
	ids := make([]string, benchDocs)
	for i := range ids {
		sum := sha256.Sum256(fmt.Append(nil, i))
		ids[i] = "2022-2023-12/" + hex.EncodeToString(sum[:12])
	}
	return ids
}

// noise is what values are cut from.
var noise = func() []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, 1<<20)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}()

func benchValue(rng *rand.Rand, size int) []byte {
	at := rng.IntN(len(noise) - 2*size)
	return noise[at : at+size-size/8+rng.IntN(size/4)]
}

// preloaded is a collection with something in it.
func preloaded(b *testing.B, facets, size int) (store.Collection, []string) {
	b.Helper()
	c := mustOpen(b, filepath.Join(b.TempDir(), "bench.db")).Collection("pupils")
	rng := rand.New(rand.NewPCG(1, 2))
	ids := benchIDs()
	for chunk := range slices.Chunk(slices.Sorted(slices.Values(ids)), 1000) {
		var patches []store.Patch
		for _, id := range chunk {
			for _, name := range facetNames[:facets] {
				patches = append(patches, store.Patch{ID: id, Facet: name, Rev: store.Revision{Major: 1}, Value: benchValue(rng, size)})
			}
		}
		if err := c.Merge(b.Context(), patches); err != nil {
			b.Fatalf("Merge: %v", err)
		}
	}
	return c, ids
}

// BenchmarkMerge merges one facet each of many documents: newer ones into documents that exist,
// anywhere in the collection (pupil) or beside each other (roster); and many small batches at once
// (group).
func BenchmarkMerge(b *testing.B) {
	for _, size := range []int{200, 700} {
		c, ids := preloaded(b, benchFirst, size)
		sorted := slices.Sorted(slices.Values(ids))
		var major atomic.Uint64
		major.Store(2)
		batch := func(rng *rand.Rand, ids []string, n int) []store.Patch {
			patches := make([]store.Patch, n)
			at := rng.IntN(len(ids) - n)
			for i := range patches {
				patches[i] = store.Patch{
					ID: ids[at+i], Facet: facetNames[rng.IntN(len(facetNames))],
					Rev: store.Revision{Major: major.Add(1)}, Value: benchValue(rng, size),
				}
			}
			return patches
		}
		for _, order := range []string{"pupil", "roster"} {
			from := map[string][]string{"pupil": ids, "roster": sorted}[order]
			for _, n := range []int{45, 720, 4000} {
				b.Run(fmt.Sprintf("value=%d/%s/batch=%d", size, order, n), func(b *testing.B) {
					rng := rand.New(rand.NewPCG(3, 4))
					for b.Loop() {
						if err := c.Merge(b.Context(), batch(rng, from, n)); err != nil {
							b.Fatalf("Merge: %v", err)
						}
					}
					b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "facets/s")
				})
			}
		}
		b.Run(fmt.Sprintf("value=%d/pupil/batch=45/group", size), func(b *testing.B) {
			b.SetParallelism(8)
			b.RunParallel(func(pb *testing.PB) {
				rng := rand.New(rand.NewPCG(5, rand.Uint64()))
				for pb.Next() {
					if err := c.Merge(b.Context(), batch(rng, ids, 45)); err != nil {
						b.Errorf("Merge: %v", err)
					}
				}
			})
			b.ReportMetric(float64(45*b.N)/b.Elapsed().Seconds(), "facets/s")
		})
	}
}

// BenchmarkGet reads 500 documents of 13 facets, anywhere in the collection.
func BenchmarkGet(b *testing.B) {
	for _, size := range []int{200, 700} {
		c, ids := preloaded(b, len(facetNames), size)
		b.Run(fmt.Sprintf("value=%d/docs=500", size), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(3, 4))
			for b.Loop() {
				at := rng.IntN(len(ids) - 500)
				docs, err := c.Get(b.Context(), ids[at:at+500])
				if err != nil || len(docs[499].Facets) != len(facetNames) {
					b.Fatalf("Get: %v, %v", docs[499], err)
				}
			}
			b.ReportMetric(float64(500*len(facetNames)*b.N)/b.Elapsed().Seconds(), "facets/s")
		})
		b.Run(fmt.Sprintf("value=%d/scan=250", size), func(b *testing.B) { // a school
			rng := rand.New(rand.NewPCG(3, 4))
			for b.Loop() {
				docs, err := c.Scan(b.Context(), "2022-2023-12/", ids[rng.IntN(1000)], 250)
				if err != nil {
					b.Fatalf("Scan: %d documents, %v", len(docs), err)
				}
			}
			b.ReportMetric(float64(250*len(facetNames)*b.N)/b.Elapsed().Seconds(), "facets/s")
		})
	}
}
