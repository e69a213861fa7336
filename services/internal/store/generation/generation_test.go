package generation

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
)

// suiteNames are the collections that the contract suite may ask for.
func suiteNames() []string {
	names := []string{"suite_one", "suite-one", "suite_reopen"}
	for i := range 30 {
		names = append(names, fmt.Sprint("suite", i))
	}
	return names
}

// TestContract: over one generation, over two, and after a switch.
func TestContract(t *testing.T) {
	for name, prepare := range map[string]func(*testing.T, *DB){
		"first":    func(*testing.T, *DB) {},
		"building": func(t *testing.T, d *DB) { begin(t, d) },
		"switched": func(t *testing.T, d *DB) {
			if err := begin(t, d).Switch(t.Context()); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) store.DB {
				d := New(storetest.NewMemory(), suiteNames()...)
				prepare(t, d)
				return d
			}, storetest.Options{})
		})
	}
}

func begin(t *testing.T, d *DB) *Build {
	t.Helper()
	b, err := d.Begin(t.Context())
	if err != nil {
		t.Fatalf("Begin: %v", err)
	}
	return b
}

func patch(id string, major uint64) store.Patch {
	return store.Patch{ID: id, Facet: "f", Rev: store.Revision{Major: major}, Value: fmt.Append(nil, id, major)}
}

func merge(t *testing.T, c store.Collection, patches ...store.Patch) {
	t.Helper()
	if err := c.Merge(t.Context(), patches); err != nil {
		t.Fatalf("Merge: %v", err)
	}
}

// revision of facet f of a document; 0 for none.
func revision(t *testing.T, c store.Collection, id string) uint64 {
	t.Helper()
	docs, err := c.Get(t.Context(), []string{id})
	if err != nil {
		t.Fatalf("Get: %v", err)
	}
	f, _ := docs[0].Facet("f")
	return f.Rev.Major
}

// TestGenerations walks through a rebuild that ends and one that does not: existing data stay under the plain name, and no number comes twice.
func TestGenerations(t *testing.T) {
	under := storetest.NewMemory()
	d, other := New(under, "pupils"), New(under, "pupils")
	d.linger = 0
	pupils := d.Collection("pupils")
	merge(t, d.Collection("plain"), patch("x", 1))
	merge(t, under.Collection("pupils"), patch("old", 1))
	if got := revision(t, pupils, "old"); got != 1 {
		t.Errorf("data of before: got revision %d, want 1", got)
	}

	b := begin(t, d)
	merge(t, other.Collection("pupils"), patch("during", 2))
	for name, want := range map[string]uint64{"pupils": 2, "pupils-2": 2} {
		if got := revision(t, under.Collection(name), "during"); got != want {
			t.Errorf("%s: got revision %d, want %d", name, got, want)
		}
	}
	merge(t, b.Collection("pupils"), patch("gathered", 1))
	if got := revision(t, pupils, "gathered"); got != 0 {
		t.Error("what is being built is read")
	}
	if err := b.Switch(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := b.Retire(t.Context()); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]uint64{"old": 0, "during": 2, "gathered": 1} {
		if got := revision(t, pupils, id); got != want {
			t.Errorf("after the switch %s: got revision %d, want %d", id, got, want)
		}
	}
	merge(t, pupils, patch("after", 1))
	if got := revision(t, under.Collection("pupils"), "after") + revision(t, under.Collection("pupils"), "old"); got != 0 {
		t.Error("the retired generation is not empty")
	}

	half := begin(t, d) // and its process is killed
	merge(t, half.Collection("pupils"), patch("half", 1))
	last := begin(t, other)
	if got := revision(t, under.Collection("pupils-3"), "half"); got != 0 {
		t.Error("the half-built generation was not dropped")
	}
	if err := half.Switch(t.Context()); !fault.Is(err, fault.Conflict) {
		t.Errorf("the switch of a rebuild that another took the place of: got %v, want Conflict", err)
	}
	merge(t, last.Collection("pupils"), patch("last", 1))
	for _, want := range []bool{true, false} {
		if left, err := d.Left(t.Context()); err != nil || left != want {
			t.Errorf("left: got %v, %v, want %v", left, err, want)
		}
		if err := d.Sweep(t.Context()); err != nil {
			t.Errorf("Sweep: %v", err)
		}
	}
	if got := revision(t, under.Collection("pupils-4"), "last"); got != 0 {
		t.Error("what was given up is not dropped")
	}
	if got := revision(t, pupils, "after"); got != 1 {
		t.Errorf("after it was given up: got revision %d, want 1", got)
	}
	if b := begin(t, d); b.pointer.Building != 5 {
		t.Errorf("got generation %d, want 5", b.pointer.Building)
	}
}

// stopping is a database of which the next Merge waits, as in a process that was stopped before it wrote.
type stopping struct {
	store.DB
	before func()
}

func (s *stopping) Collection(name string) store.Collection {
	return stoppingCollection{s.DB.Collection(name), s, name}
}

type stoppingCollection struct {
	store.Collection
	db   *stopping
	name string
}

func (c stoppingCollection) Merge(ctx context.Context, p []store.Patch) error {
	if f := c.db.before; f != nil && c.name != pointers {
		c.db.before = nil
		f()
	}
	return c.Collection.Merge(ctx, p)
}

func (c stoppingCollection) Get(ctx context.Context, ids []string) ([]store.Doc, error) {
	if f := c.db.before; f != nil && c.name != pointers {
		c.db.before = nil
		f()
	}
	return c.Collection.Get(ctx, ids)
}

// TestStoppedWriter: a writer that is stopped between the pointer and its write, through a whole rebuild, has written into what serves when its Merge
// returns.
func TestStoppedWriter(t *testing.T) {
	under := storetest.NewMemory()
	stop := &stopping{DB: under}
	writer, rebuilder := New(stop, "pupils"), New(under, "pupils")
	rebuilder.linger = 0
	stop.before = func() {
		b := begin(t, rebuilder)
		if err := b.Switch(t.Context()); err != nil {
			t.Error(err)
		}
		if err := b.Retire(t.Context()); err != nil {
			t.Error(err)
		}
	}
	merge(t, writer.Collection("pupils"), patch("late", 7))
	if got := revision(t, rebuilder.Collection("pupils"), "late"); got != 7 {
		t.Errorf("got revision %d, want 7", got)
	}
}

// TestStoppedReader: a reader that is stopped between the pointer and its reading does not take a dropped generation for the truth, by whichever clock
// went on.
func TestStoppedReader(t *testing.T) {
	under := storetest.NewMemory()
	stop := &stopping{DB: under}
	reader, rebuilder := New(stop, "pupils"), New(under, "pupils")
	now := time.Now()
	reader.now = func() time.Time { return now }
	rebuilder.linger = 0
	merge(t, reader.Collection("pupils"), patch("a", 7))
	stop.before = func() {
		b := begin(t, rebuilder)
		merge(t, b.Collection("pupils"), patch("a", 7))
		if err := b.Switch(t.Context()); err != nil {
			t.Error(err)
		}
		if err := b.Retire(t.Context()); err != nil {
			t.Error(err)
		}
		now = now.Round(0).Add(time.Minute)
	}
	if got := revision(t, reader.Collection("pupils"), "a"); got != 7 {
		t.Errorf("got revision %d, want 7", got)
	}
}
