package embed

import (
	"path/filepath"
	"testing"

	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
)

func mustOpen(tb testing.TB, path string) store.DB {
	tb.Helper()
	d, err := OpenSQLite(path)
	if err != nil {
		tb.Fatalf("OpenSQLite: %v", err)
	}
	tb.Cleanup(func() {
		if err := d.Close(); err != nil {
			tb.Errorf("Close: %v", err)
		}
	})
	return d
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
