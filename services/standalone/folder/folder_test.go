package folder

import (
	"io"
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

// play leaves what a demo leaves: the data of its server, and workbooks.
func play(t *testing.T, f *Folder, run string) {
	t.Helper()
	if err := f.Keep(Sample{MadeBy: ByDemo, Seed: 7, Pupils: 20}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"access.key", "access.pub", "nats", "intake.sqlite", "intake.sqlite-wal", "reporting.sqlite"} {
		if name == "nats" {
			name += "/" + run
		}
		mustWrite(t, f.Dir, name)
	}
	for _, name := range []string{"01/a/ho-so.xlsx", "01/b/ho-so.xlsx"} {
		err := WriteMade(filepath.Join(f.Dir, Workbooks), name, func(w io.Writer) error {
			_, err := io.WriteString(w, run+name)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func renew(t *testing.T, f *Folder, want Renewed) {
	t.Helper()
	got, err := f.Renew()
	if err != nil || got != want {
		t.Fatalf("got %+v, %v, want %+v", got, err, want)
	}
}

// A demo starts afresh on what a demo left, keeps that and no more, and leaves servers inside the folder alone.
func TestRenew(t *testing.T) {
	dir := filepath.Join(t.TempDir(), Name)
	f := mustOpen(t, dir)
	mustWrite(t, dir, "note")
	renew(t, f, Renewed{}) // no server has been here
	if err := os.Remove(filepath.Join(dir, "note")); err != nil {
		t.Fatal(err)
	}

	play(t, f, "first")
	mustWrite(t, dir, "second", "access.key") // a server that somebody started inside
	previous := filepath.Join(dir, Previous)
	renew(t, f, Renewed{Moved: previous})
	left := func(run string) []string {
		return []string{"previous/access.key", "previous/access.pub", "previous/intake.sqlite", "previous/intake.sqlite-wal", "previous/nats/" + run,
			"previous/reporting.sqlite", "previous/sample.json", "previous/workbooks/01/a/ho-so.xlsx", "previous/workbooks/01/b/ho-so.xlsx",
			"previous/workbooks/made.sha256", "second/access.key"}
	}
	if got := names(t, dir); !slices.Equal(got, left("first")) {
		t.Errorf("after the second demo's start: got %q, want %q", got, left("first"))
	}
	play(t, f, "second")
	renew(t, f, Renewed{Moved: previous, Removed: true})
	if got := names(t, dir); !slices.Equal(got, left("second")) {
		t.Errorf("after the third demo's start: got %q, want %q", got, left("second"))
	}

	// While a server uses the last demo's data, they are not deleted.
	play(t, f, "third")
	busy := mustOpen(t, previous)
	if _, err := f.Renew(); !fault.Is(err, fault.Unavailable) {
		t.Errorf("the last demo's data in use: got %v, want %v", err, fault.Unavailable)
	}
	if err := busy.Close(); err != nil {
		t.Fatal(err)
	}
}

// What people made beside a demo, or changed of what it made, outlives every demo that comes after.
func TestRenewKeepsWhatPeopleMade(t *testing.T) {
	dir := filepath.Join(t.TempDir(), Name)
	f := mustOpen(t, dir)
	previous := filepath.Join(dir, Previous)
	play(t, f, "first")
	mine := []string{"backup/manifest.json", "exam.sqlite", "previous.xlsx", "workbooks/01/a/ho-so.xlsx", "workbooks/01/mine.xlsx"}
	for _, name := range mine {
		mustWrite(t, dir, name)
	}
	renew(t, f, Renewed{Moved: previous})
	play(t, f, "second")
	mustWrite(t, dir, "exam.sqlite")
	renew(t, f, Renewed{Moved: previous, Removed: true, Kept: filepath.Join(dir, "kept")})
	if got := names(t, filepath.Join(dir, Kept)); !slices.Equal(got, mine) {
		t.Errorf("kept: got %q, want %q", got, mine)
	}
	play(t, f, "third")
	renew(t, f, Renewed{Moved: previous, Removed: true, Kept: filepath.Join(dir, "kept-2")})
	if got := names(t, filepath.Join(dir, "kept-2")); !slices.Equal(got, []string{"exam.sqlite"}) {
		t.Errorf("kept of the second: got %q", got)
	}
	play(t, f, "fourth")
	renew(t, f, Renewed{Moved: previous, Removed: true})
	if got := names(t, filepath.Join(dir, Kept)); !slices.Equal(got, mine) {
		t.Errorf("kept after two more demos: got %q, want %q", got, mine)
	}
}

// A folder that was made for nothing does not stay; one that was there, or got something, does.
func TestNothingMade(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"there", "new", "new2/inside"} {
		if name == "there" {
			mustWrite(t, dir, name, lockName)
		}
		f := mustOpen(t, filepath.Join(dir, name))
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	f := mustOpen(t, filepath.Join(dir, "used"))
	mustWrite(t, f.Dir, "data")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 || entries[0].Name() != "there" || entries[1].Name() != "used" {
		t.Errorf("got %v, %v; want what was there, and what was used", entries, err)
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
