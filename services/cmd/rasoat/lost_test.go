package main

import (
	"bytes"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/output"
)

// fullDisk is one.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// A file for which the disk has no room is not a system that is away.
func TestFullDiskIsNoOutage(t *testing.T) {
	for _, reason := range []error{syscall.ENOSPC, syscall.EDQUOT} {
		err := output.Write(filepath.Join(t.TempDir(), "a.csv"), false, func(io.Writer) error {
			return &fs.PathError{Op: "write", Path: "a.csv", Err: reason}
		})
		if codeOf(err) != exitOutput {
			t.Errorf("%v: exit %d, want %d", reason, codeOf(err), exitOutput)
		}
	}
}

// A command whose output is lost says so in both languages, and never ends well, whatever it would have ended with.
func TestLostOutput(t *testing.T) {
	c := newCLI(t)
	c.services.progress = &reportingpb.GetProgressResponse{Conserved: true, Totals: []*reportingpb.Counts{{Window: "first", Rejected: 3}}}
	file := mustWorkbook(t)
	dir := t.TempDir()
	if _, _, err := access.Make(dir); err != nil {
		t.Fatal(err)
	}
	key := access.KeyFile(dir)
	for _, args := range [][]string{
		{"rules"},
		{"rules", "--json"},
		{"rules", "--markdown"},
		{"--help"},
		{"submit", "--help"},
		{"check", file},
		{"check", file, "--json"},
		{"token", "--key", key, "--role", "school", "--scope", "01/01000701", "--subject", "minh"},
		{"token", "--key", key, "--role", "school", "--scope", "01/01000701", "--subject", "minh", "--json"},
		{"status", "--server", "passthrough:///fake"},
		{"status", "--json", "--server", "passthrough:///fake"},
	} {
		var errOut bytes.Buffer
		code := command(t.Context(), args, streams{strings.NewReader(""), fullDisk{}, &errOut}, c.dial)
		said := errOut.String()
		if code != exitOutput || !strings.Contains(said, "Không ghi hết được kết quả") || !strings.Contains(said, "could not be written in full") {
			t.Errorf("%v: exit %d, %q", args, code, said)
		}
	}
}
