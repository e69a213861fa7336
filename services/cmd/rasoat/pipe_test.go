//go:build unix

package main

import (
	"path/filepath"
	"syscall"
	"testing"
)

// A pipe that is named where a file belongs is refused: to open it would wait for somebody at its other end.
func TestPipeForAFile(t *testing.T) {
	file := mustWorkbook(t)
	pipe := filepath.Join(t.TempDir(), "pipe.xlsx")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"check", pipe},
		{"check", file, "--annotate", pipe},
		{"check", file, "--annotate", pipe, "--force"},
		{"submit", pipe, "--school", "01/01000701", "--dry-run"},
		{"return", "01/01000701", "--window", "first", "--in", pipe},
		{"recheck", "--numbers", pipe},
		{"outcomes", "01", "--state", pipe},
		{"reconcile", "--extract", pipe, "--profiles", pipe, "--out", "candidates.csv"},
		{"template", "--class", "12A1", "--offline", "--out", pipe},
		{"token", "--key", pipe, "--role", "school", "--scope", "01/01000701", "--subject", "minh"},
		{"status", "--ca", pipe},
	} {
		code, errOut := offline(t, args...)
		wantRefusal(t, code, errOut, []string{"không phải tệp thường", "is no regular file"}, args...)
	}
}
