package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A sample that cannot be made is wrong usage, said at once and in both languages, and nothing is written.
func TestSampleThatCannotBe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, command := range []string{"demo", "up"} {
		for _, flag := range []string{"--pupils=99999999999", "--pupils=0", "--pupils=-1", "--faults=1001", "--faults=-1"} {
			said := start(t, dir, command, flag).end(t, 2)
			name, _, _ := strings.Cut(flag, "=")
			contains(t, said, name+" phải từ", name+" is from", "rasoat-standalone "+command+" --help")
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("it left %v", left)
	}
}

// The commands that are printed can be pasted, whatever the data folder is called: each path is one word of the shell.
func TestPrintedCommandsAreQuoted(t *testing.T) {
	t.Parallel()
	const name = "thư mục 'của' tôi"
	said := start(t, t.TempDir(), args("demo", []string{"--exit", "--data", name}, small, free)...).end(t, 0)
	checked := 0
	for _, lead := range []string{"rm -r ", "rasoat-standalone up --data "} {
		for line := range strings.Lines(said) {
			_, rest, ok := strings.Cut(strings.TrimSpace(line), lead)
			if !ok {
				continue
			}
			checked++
			out, err := exec.Command("sh", "-c", "printf '%s|' "+rest).Output()
			if err != nil || string(out) != name+"|" {
				t.Errorf("%q: a shell takes %q, %v", line, out, err)
			}
		}
	}
	if checked != 2 {
		t.Errorf("%d commands, want the two of the end:\n%s", checked, said)
	}
}

// A folder with another program's file in the place of ours is refused before anything is written.
func TestForeignFileInTheFolder(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"demo", "up"} {
		dir := t.TempDir()
		data := filepath.Join(dir, "mine")
		if err := os.Mkdir(data, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(data, "intake.sqlite"), []byte("a week of somebody's work"), 0o600); err != nil {
			t.Fatal(err)
		}
		said := start(t, dir, args(command, []string{"--data", "mine"}, free)...).end(t, 2)
		contains(t, said, "mine/intake.sqlite không phải cơ sở dữ liệu", "mine/intake.sqlite is no database", "--data")
		if left := files(t, dir); len(left) != 1 {
			t.Errorf("%s: it left %v", command, left)
		}
	}
}
