package generation

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
)

// history is the log: what is in it is merged afterwards.
type history struct {
	mu      sync.Mutex
	patches []store.Patch
}

func (h *history) append(r *rand.Rand) store.Patch {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := patch(fmt.Sprint("d", r.IntN(50)), uint64(len(h.patches)+1))
	h.patches = append(h.patches, p)
	return p
}

func (h *history) upToNow() []store.Patch {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.patches[:len(h.patches):len(h.patches)]
}

// halting is a database whose merges now and then wait until the pointer has moved by some writings.
type halting struct {
	store.DB
	moved *atomic.Int64
	over  *atomic.Bool
}

func (h halting) Collection(name string) store.Collection {
	return haltingCollection{h.DB.Collection(name), h, name}
}

type haltingCollection struct {
	store.Collection
	db   halting
	name string
}

func (c haltingCollection) Merge(ctx context.Context, p []store.Patch) error {
	if c.name == pointers {
		defer c.db.moved.Add(1)
	} else if rand.IntN(40) == 0 {
		for until := c.db.moved.Load() + rand.Int64N(5); c.db.moved.Load() < until && !c.db.over.Load(); {
			runtime.Gosched()
		}
	}
	return c.Collection.Merge(ctx, p)
}

// TestNothingIsLost has writers merge through several wrappers of one database, now and then stopped in the midst, while rebuilds gather and switch, are
// given up or die. A facet that is read back after its Merge returned is there, always; and in the end everything is.
func TestNothingIsLost(t *testing.T) {
	under := storetest.NewMemory()
	var moved atomic.Int64
	var over atomic.Bool
	wrap := func() *DB {
		d := New(halting{under, &moved, &over}, "pupils")
		d.linger, d.trust = 0, 0
		d.refresh = time.Minute // so that a Merge begins with an old pointer, mostly
		return d
	}
	copies := []*DB{wrap(), wrap(), wrap(), wrap()} // two have three writers each, two have one
	h := &history{}
	ctx := eventually.Context(t)

	var writers sync.WaitGroup
	for i := range 8 {
		writers.Go(func() {
			r := rand.New(rand.NewPCG(uint64(i), 3))
			c := copies[[]int{0, 1, 0, 1, 0, 1, 2, 3}[i]].Collection("pupils")
			for !over.Load() {
				for until := moved.Load() + r.Int64N(30)/29; moved.Load() < until && !over.Load(); { // idle while a rebuild begins
					runtime.Gosched()
				}
				p := h.append(r)
				if err := c.Merge(ctx, []store.Patch{p}); err != nil {
					t.Error(err)
					return
				}
				if got := revisionOf(ctx, t, c, p.ID); got < p.Rev.Major {
					t.Errorf("after the Merge of %d the document is at %d", p.Rev.Major, got)
					return
				}
			}
		})
	}
	r := rand.New(rand.NewPCG(9, 9))
	rebuilder := wrap()
	switched := 0
	for switched < 150 && !t.Failed() {
		b, err := rebuilder.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		patches := h.upToNow()
		gathered := under.Collection(fmt.Sprintf("pupils-%d", b.pointer.Building))
		for range r.IntN(3000) { // the writers go on, those that are not stopped
			runtime.Gosched()
		}
		if r.IntN(5) == 0 {
			continue // killed
		}
		for i := range patches { // backwards: the order is free
			if err := gathered.Merge(ctx, patches[len(patches)-1-i:len(patches)-i]); err != nil {
				t.Fatal(err)
			}
		}
		if r.IntN(5) == 0 {
			if err := b.Abandon(ctx); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := b.Switch(ctx); err != nil {
			t.Fatal(err)
		}
		if err := b.Retire(ctx); err != nil {
			t.Fatal(err)
		}
		switched++
	}
	over.Store(true)
	writers.Wait()
	want := map[string]uint64{}
	for _, p := range h.patches {
		want[p.ID] = max(want[p.ID], p.Rev.Major)
	}
	for id, major := range want {
		for i, d := range copies {
			if got := revisionOf(ctx, t, d.Collection("pupils"), id); got != major {
				t.Errorf("%s through wrapper %d: got revision %d, want %d", id, i, got, major)
			}
		}
	}
	t.Logf("%d merges, %d rebuilds", len(h.patches), switched)
}

func revisionOf(ctx context.Context, t *testing.T, c store.Collection, id string) uint64 {
	docs, err := c.Get(ctx, []string{id})
	if err != nil {
		t.Error(err)
		return 0
	}
	f, _ := docs[0].Facet("f")
	return f.Rev.Major
}
