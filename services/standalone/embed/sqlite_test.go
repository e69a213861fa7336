package embed

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
)

func mustOpen(tb testing.TB, path string) *db {
	tb.Helper()
	opened, err := OpenSQLite(path)
	if err != nil {
		tb.Fatalf("OpenSQLite: %v", err)
	}
	tb.Cleanup(func() {
		if err := opened.Close(); err != nil {
			tb.Errorf("Close: %v", err)
		}
	})
	return opened.(*db)
}

func mustMerge(tb testing.TB, c store.Collection, patches ...store.Patch) {
	tb.Helper()
	if err := c.Merge(tb.Context(), patches); err != nil {
		tb.Fatalf("Merge: %v", err)
	}
}

func facetsOf(tb testing.TB, c store.Collection, id string) []store.Facet {
	tb.Helper()
	docs, err := c.Get(tb.Context(), []string{id})
	if err != nil {
		tb.Fatalf("Get: %v", err)
	}
	return docs[0].Facets
}

func TestContract(t *testing.T) {
	paths := map[store.DB]string{}
	open := func(t *testing.T, path string) store.DB {
		d := mustOpen(t, path)
		paths[d] = path
		return d
	}
	storetest.Run(t, func(t *testing.T) store.DB {
		return open(t, filepath.Join(t.TempDir(), "odd name?#% đ.db"))
	}, storetest.Options{
		Reopen: func(t *testing.T, old store.DB) store.DB {
			if err := old.Close(); err != nil {
				t.Fatalf("Close: %v", err)
			}
			return open(t, paths[old])
		},
	})
}

func TestOpenRefusals(t *testing.T) {
	if _, err := OpenSQLite(filepath.Join(t.TempDir(), "no", "such", "folder.db")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a folder that is missing: got %v, want Unavailable", err)
	}
	path := filepath.Join(t.TempDir(), "x.db")
	if err := os.WriteFile(path, []byte("this is no database, but long enough to be taken for one"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenSQLite(path); !fault.Is(err, fault.Invalid) {
		t.Errorf("a file that is no database: got %v, want Invalid", err)
	}
}

func TestClosedIsUnavailable(t *testing.T) {
	d := mustOpen(t, filepath.Join(t.TempDir(), "x.db"))
	c := d.Collection("c")
	mustMerge(t, c, store.Patch{ID: "a", Facet: "f"})
	for range 2 {
		if err := d.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
	}
	_, getErr := c.Get(t.Context(), []string{"a"})
	for name, err := range map[string]error{
		"Merge": c.Merge(t.Context(), []store.Patch{{ID: "a", Facet: "f"}}),
		"Get":   getErr, "Drop": c.Drop(t.Context()), "Ping": d.Ping(t.Context()),
	} {
		if !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s after Close: got %v, want Unavailable", name, err)
		}
	}
}

// TestFullDisk lets a call that fits pass in the company of one that does not.
func TestFullDisk(t *testing.T) {
	d := mustOpen(t, filepath.Join(t.TempDir(), "x.db"))
	c := d.Collection("c")
	mustMerge(t, c, store.Patch{ID: "before", Facet: "f", Rev: store.Revision{Major: 1}})
	if _, err := d.write.Exec("PRAGMA max_page_count = 10"); err != nil {
		t.Fatal(err)
	}

	<-d.turn // both are to wait, and then to share a commit
	results := map[string]chan error{"big": make(chan error, 1), "small": make(chan error, 1)}
	for id, size := range map[string]int{"big": 1 << 20, "small": 10} {
		go func() {
			results[id] <- c.Merge(t.Context(), []store.Patch{{ID: id, Facet: "f", Value: make([]byte, size)}})
		}()
	}
	eventually.True(t, "both calls to wait", func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return len(d.waiting) == 2
	})
	d.turn <- struct{}{}
	if err := <-results["big"]; !fault.Is(err, fault.Unavailable) {
		t.Errorf("Merge on a full disk: got %v, want Unavailable", err)
	}
	if err := <-results["small"]; err != nil {
		t.Errorf("Merge beside it: got %v, want none", err)
	}

	if _, err := d.write.Exec("PRAGMA max_page_count = 100000"); err != nil {
		t.Fatal(err)
	}
	mustMerge(t, c, store.Patch{ID: "after", Facet: "f", Value: make([]byte, 1<<20)})
	for id, want := range map[string]int{"before": 1, "small": 1, "big": 0, "after": 1} {
		if got := len(facetsOf(t, c, id)); got != want {
			t.Errorf("%s: got %d facets, want %d", id, got, want)
		}
	}
}

func TestCancelledWhileWaiting(t *testing.T) {
	d := mustOpen(t, filepath.Join(t.TempDir(), "x.db"))
	c := d.Collection("c")
	<-d.turn
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- c.Merge(ctx, []store.Patch{{ID: "a", Facet: "f"}}) }()
	eventually.True(t, "the call to wait", func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return len(d.waiting) == 1
	})
	cancel()
	if err := <-result; !fault.Is(err, fault.Unavailable) {
		t.Errorf("Merge: got %v, want Unavailable", err)
	}
	d.turn <- struct{}{}
	if got := facetsOf(t, c, "a"); len(got) != 0 {
		t.Errorf("the call that was given up was stored: %v", got)
	}
}

// TestWALStaysSmall writes while overlapping readers never leave the WAL alone.
func TestWALStaysSmall(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	d := mustOpen(t, path)
	d.checkpoint.limit = 100
	c := d.Collection("c")
	const docs, rounds, limit = 200, 12, 4 << 20 // 10 MB in all
	id := func(i int) string { return fmt.Sprintf("%03d", i) }
	ids := make([]string, docs)
	for i := range ids {
		ids[i] = id(i)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for ctx.Err() == nil {
				if _, err := c.Get(ctx, ids[:60]); err != nil && ctx.Err() == nil {
					t.Errorf("Get: %v", err)
				}
			}
		})
	}
	for round := range uint64(rounds) {
		for part := range 4 {
			var patches []store.Patch
			for i := part; i < docs; i += 4 {
				patches = append(patches, store.Patch{ID: id(i), Facet: "f", Rev: store.Revision{Major: round}, Value: make([]byte, 3000)})
			}
			mustMerge(t, c, patches...)
		}
	}
	cancel()
	wg.Wait()
	info, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > limit {
		t.Errorf("the WAL has grown to %d KB, want at most %d", info.Size()>>10, limit>>10)
	}
}
