package embed

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/internal/store"
)

func TestZZStarve(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	c := mustOpen(t, path).Collection("pupils")
	ids := benchIDs()
	for _, readers := range []int{0, 1, 2, 4, 8} {
		ctx, cancel := context.WithTimeout(t.Context(), 6*time.Second)
		var wg sync.WaitGroup
		var reads, writes atomic.Int64
		for r := range readers {
			wg.Go(func() {
				rng := rand.New(rand.NewPCG(9, uint64(r)))
				for ctx.Err() == nil {
					at := rng.IntN(len(ids) - 500)
					if _, err := c.Get(ctx, ids[at:at+500]); err != nil && ctx.Err() == nil {
						t.Error(err)
					}
					reads.Add(500)
				}
			})
		}
		rng := rand.New(rand.NewPCG(9, 99))
		major := uint64(time.Now().UnixNano())
		var longest time.Duration
		for ctx.Err() == nil {
			at := rng.IntN(len(ids) - 720)
			var ps []store.Patch
			for _, id := range ids[at : at+720] {
				major++
				ps = append(ps, store.Patch{ID: id, Facet: facetNames[rng.IntN(13)], Rev: store.Revision{Major: major}, Value: benchValue(rng, 200)})
			}
			s := time.Now()
			if err := c.Merge(context.Background(), ps); err != nil {
				t.Error(err)
			}
			longest = max(longest, time.Since(s))
			writes.Add(720)
		}
		cancel()
		wg.Wait()
		fi, _ := os.Stat(path + "-wal")
		fmt.Printf("readers %d: %d facets/s, %d docs read/s, longest %v wal %d MB\n", readers, writes.Load()/6, reads.Load()/6, longest, fi.Size()>>20)
	}
}
