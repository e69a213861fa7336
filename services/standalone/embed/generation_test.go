package embed

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/generation"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
)

// TestGenerationsContract: collections in generations keep the contract over SQLite, while a second generation is being built.
func TestGenerationsContract(t *testing.T) {
	names := []string{"suite_one", "suite-one", "suite_reopen"}
	for i := range 30 {
		names = append(names, fmt.Sprint("suite", i))
	}
	paths := map[store.DB]string{}
	open := func(t *testing.T, path string) *generation.DB {
		d := generation.New(mustOpen(t, path), names...)
		paths[d] = path
		return d
	}
	storetest.Run(t, func(t *testing.T) store.DB {
		d := open(t, filepath.Join(t.TempDir(), "x.db"))
		if _, err := d.Begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		return d
	}, storetest.Options{Small: true, Reopen: func(t *testing.T, old store.DB) store.DB {
		if err := old.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
		return open(t, paths[old])
	}})
}
