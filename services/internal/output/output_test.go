package output_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/output"
)

func saying(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

// A file is whole or not there, for its owner alone, and never takes the place of another without force.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.csv")
	holds := func(want string) {
		t.Helper()
		data, err := os.ReadFile(path)
		entries, _ := os.ReadDir(dir)
		if err != nil || string(data) != want || len(entries) != 1 {
			t.Errorf("the file holds %q (%v) among %v, want %q", data, err, entries, want)
		}
	}
	if err := output.Write(path, false, saying("mine")); err != nil {
		t.Fatal(err)
	}
	holds("mine")
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v", info.Mode())
	}
	if err := output.Write(path, false, saying("other")); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "--force") {
		t.Errorf("an existing file: %v", err)
	}
	holds("mine")
	broken := errors.New("broken off")
	if err := output.Write(path, true, func(io.Writer) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("a writer that fails: %v", err)
	}
	holds("mine")
	if err := output.Write(path, true, saying("newer")); err != nil {
		t.Error(err)
	}
	holds("newer")
}

// A file that somebody else makes while ours is being written stays.
func TestWriteMeetsAnother(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.csv")
	err := output.Write(path, false, func(io.Writer) error { return os.WriteFile(path, []byte("theirs"), 0o600) })
	if data, _ := os.ReadFile(path); !fault.Is(err, fault.Invalid) || string(data) != "theirs" {
		t.Errorf("got %v, and %q is there", err, data)
	}
}

func TestFree(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		err  error
		want string // "" for free
	}{
		"a new file":              {output.Free(filepath.Join(dir, "b"), false), ""},
		"an old one":              {output.Free(filepath.Join(dir, "a"), false), "--force"},
		"an old one, forced":      {output.Free(filepath.Join(dir, "a"), true), ""},
		"a folder":                {output.Free(dir, true), "is a folder"},
		"a file of no folder":     {output.Free(filepath.Join(dir, "no", "b"), true), "check the path"},
		"below a file":            {output.Free(filepath.Join(dir, "a", "b"), true), "is not a folder"},
		"a device":                {output.Free(os.DevNull, false), ""},
		"a new folder":            {output.FreeFolder(filepath.Join(dir, "b"), false), ""},
		"a full folder":           {output.FreeFolder(dir, false), "--force"},
		"a full folder, forced":   {output.FreeFolder(dir, true), ""},
		"a file for a folder":     {output.FreeFolder(filepath.Join(dir, "a"), true), "not a folder"},
		"to a device":             {output.Write(os.DevNull, false, saying("x")), ""},
		"into a folder not there": {output.Write(filepath.Join(dir, "no", "b"), true, saying("x")), "check the path"},
	} {
		if tt.want == "" && tt.err != nil || tt.want != "" && (!fault.Is(tt.err, fault.Invalid) || !strings.Contains(tt.err.Error(), tt.want)) {
			t.Errorf("%s: got %v, want %q", name, tt.err, tt.want)
		}
	}
}
