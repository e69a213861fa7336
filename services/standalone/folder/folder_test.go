package folder

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/internal/fault"
)

func mustOpen(t *testing.T, dir string) *Folder {
	t.Helper()
	f, err := Open(dir, "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() }) // a test may have closed it
	return f
}

func mustWrite(t *testing.T, path ...string) {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
}

// names lists every file below a folder, but for the locks.
func names(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != lockName {
			name, _ := filepath.Rel(dir, path)
			out = append(out, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A demo starts afresh on what a demo left, keeps that and no more, and leaves servers inside the folder alone.
func TestRenew(t *testing.T) {
	dir := filepath.Join(t.TempDir(), Name)
	f := mustOpen(t, dir)
	mustWrite(t, dir, "pairs", "population.csv") // an example of the documents, before the first demo
	if got, err := f.Renew(); err != nil || got != (Renewed{}) {
		t.Fatalf("a folder without a server: got %+v, %v, want nothing to do", got, err)
	}

	play := func(run string) {
		t.Helper()
		if err := f.Keep(Sample{MadeBy: ByDemo, Seed: 7, Pupils: 20}); err != nil {
			t.Fatal(err)
		}
		mustWrite(t, dir, "access.key")
		mustWrite(t, dir, "nats", run)
	}
	play("first")
	mustWrite(t, dir, "second", "access.key") // a server that somebody started inside
	got, err := f.Renew()
	if err != nil || got.Moved != filepath.Join(dir, Previous) || got.Removed {
		t.Fatalf("the second demo: got %+v, %v", got, err)
	}
	want := []string{"previous/access.key", "previous/nats/first", "previous/pairs/population.csv", "previous/sample.json", "second/access.key"}
	if got := names(t, dir); !slices.Equal(got, want) {
		t.Errorf("after the second demo's start: got %q, want %q", got, want)
	}

	play("second")
	if got, err := f.Renew(); err != nil || !got.Removed {
		t.Fatalf("the third demo: got %+v, %v, want the first one's data removed", got, err)
	}
	want = []string{"previous/access.key", "previous/nats/second", "previous/sample.json", "second/access.key"}
	if got := names(t, dir); !slices.Equal(got, want) {
		t.Errorf("after the third demo's start: got %q, want %q", got, want)
	}

	// While a server uses the last demo's data, they are not deleted.
	play("third")
	busy := mustOpen(t, filepath.Join(dir, Previous))
	if _, err := f.Renew(); !fault.Is(err, fault.Unavailable) {
		t.Errorf("the last demo's data in use: got %v, want %v", err, fault.Unavailable)
	}
	if err := busy.Close(); err != nil {
		t.Fatal(err)
	}
}

// What no demo made is neither moved nor deleted.
func TestRenewLeavesOthersAlone(t *testing.T) {
	tests := map[string]func(t *testing.T, f *Folder){
		"a sample of up": func(t *testing.T, f *Folder) {
			mustWrite(t, f.Dir, "access.key")
			if err := f.Keep(Sample{MadeBy: ByUp}); err != nil {
				t.Fatal(err)
			}
		},
		"a server of before samples were noted": func(t *testing.T, f *Folder) { mustWrite(t, f.Dir, "nats", "log") },
		"a drive of its own":                    func(t *testing.T, f *Folder) { mustWrite(t, f.Dir, OwnKey) },
		"a folder called previous": func(t *testing.T, f *Folder) {
			mustWrite(t, f.Dir, Previous, "mine")
			if err := f.Keep(Sample{MadeBy: ByDemo}); err != nil {
				t.Fatal(err)
			}
		},
		"a note that cannot be read": func(t *testing.T, f *Folder) { mustWrite(t, f.Dir, sampleFile) },
	}
	for name, fill := range tests {
		t.Run(name, func(t *testing.T) {
			f := mustOpen(t, t.TempDir())
			fill(t, f)
			before := names(t, f.Dir)
			if _, err := f.Renew(); !fault.Is(err, fault.Invalid) {
				t.Errorf("got %v, want %v", err, fault.Invalid)
			}
			if got := names(t, f.Dir); !slices.Equal(got, before) {
				t.Errorf("got %q, want %q as before", got, before)
			}
		})
	}
}

// A folder has one user at a time, and the next one is told who it is.
func TestLock(t *testing.T) {
	dir := t.TempDir()
	f := mustOpen(t, dir)
	if _, err := Open(dir, "other"); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "test, pid ") {
		t.Errorf("a second user: got %v, want %v and the first one's name", err, fault.Unavailable)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, dir)

	file := filepath.Join(dir, "file")
	mustWrite(t, file)
	if _, err := Open(file, "test"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a file in the place of the folder: got %v, want %v", err, fault.Invalid)
	}
}

func TestSample(t *testing.T) {
	f := mustOpen(t, t.TempDir())
	if _, ok, err := f.Sample(); ok || err != nil {
		t.Errorf("a new folder: got %v, %v, want none", ok, err)
	}
	want := Sample{MadeBy: ByUp, Seed: 3, Pupils: 40, Faults: 5, Approval: true}
	if err := f.Keep(want); err != nil {
		t.Fatal(err)
	}
	if got, ok, err := f.Sample(); !ok || err != nil || got != want {
		t.Errorf("got %+v, %v, %v, want %+v", got, ok, err, want)
	}
}
