package embed

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/internal/store"
)

const killedFile = "RASOAT_TEST_KILLED_FILE" // set in the child process

// TestKilledWriter kills a process in the midst of its merges, several times on one file: what it
// had acknowledged must be there, whole.
func TestKilledWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	acknowledged := map[string]uint64{}
	for round := range 4 {
		runAndKill(t, path, uint64(round*1_000_000), 60+40*round, acknowledged)
		d := mustOpen(t, path)
		for id, major := range acknowledged {
			facets := facetsOf(t, d.Collection("c"), id)
			if len(facets) != 3 {
				t.Fatalf("round %d: %s has %d facets, want 3", round, id, len(facets))
			}
			for _, f := range facets {
				if f.Rev.Major < major {
					t.Errorf("round %d: %s %s is at %d, acknowledged was %d", round, id, f.Name, f.Rev.Major, major)
				}
				if want := killedValue(id, f.Name, f.Rev.Major); string(f.Value) != want {
					t.Errorf("round %d: %s %s at %d holds another value", round, id, f.Name, f.Rev.Major)
				}
			}
		}
		if err := d.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
	}
}

// runAndKill starts the child, notes what it acknowledges and kills it after a number of lines.
func runAndKill(t *testing.T, path string, first uint64, lines int, acknowledged map[string]uint64) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledWriterChild$")
	child.Env = append(os.Environ(), fmt.Sprintf("%s=%d %s", killedFile, first, path))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	n := 0
	for scanner := bufio.NewScanner(out); scanner.Scan(); { // to the end: what was said before it died counts
		var id string
		var major uint64
		if _, err := fmt.Sscanf(scanner.Text(), "ack %s %d.", &id, &major); err != nil {
			continue // a line cut short
		}
		acknowledged[id] = max(acknowledged[id], major)
		if n++; n == lines {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || n < lines {
		t.Fatalf("the child said %d lines and ended with %v, want it killed after %d", n, err, lines)
	}
}

func killedValue(id, facet string, major uint64) string {
	return strings.Repeat(fmt.Sprintf("%s %s %d;", id, facet, major), 40)
}

// TestKilledWriterChild is the child process of TestKilledWriter, and nothing otherwise.
func TestKilledWriterChild(t *testing.T) {
	var first uint64
	var path string
	if _, err := fmt.Sscan(os.Getenv(killedFile), &first, &path); err != nil {
		return
	}
	d := mustOpen(t, path)
	d.checkpoint.limit = 50 // to be killed in the midst of checkpoints as well
	for worker := range 4 {
		go func() {
			for major := first; ; major++ {
				id := fmt.Sprintf("w%d/%d", worker, major%10)
				var patches []store.Patch
				for _, facet := range []string{"profile", "results/10", "verdict/results/10"} {
					patches = append(patches, store.Patch{
						ID: id, Facet: facet, Rev: store.Revision{Major: major}, Value: []byte(killedValue(id, facet, major)),
					})
				}
				if err := d.Collection("c").Merge(context.Background(), patches); err != nil {
					fmt.Fprintln(os.Stderr, "child:", err)
					os.Exit(1)
				}
				fmt.Printf("ack %s %d.\n", id, major)
			}
		}()
	}
	select {}
}
