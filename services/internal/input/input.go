// Package input opens the files that a person names for what a command reads.
//
// The one rule a reader must not miss: only a regular file is opened. To open a pipe waits for whoever writes into it,
// maybe for ever. What comes through a pipe is read from the standard input, where a command takes "-".
package input

import (
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/rasoat/rasoat/services/internal/fault"
)

const op = "input.open"

// Open opens a regular file. It fails with Invalid for a path that is something else or cannot be read.
func Open(path string) (*os.File, error) {
	path = filepath.Clean(path)
	info, err := os.Stat(path)
	switch {
	case err != nil:
	case info.IsDir():
		err = syscall.EISDIR
	case !info.Mode().IsRegular():
		err = fault.ErrNotRegular
	}
	if err != nil {
		return nil, fault.OfFile(op, path, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.OfFile(op, path, err)
	}
	return f, nil
}

// ReadFile reads a regular file. It fails as Open does.
func ReadFile(path string) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // read only
	data, err := io.ReadAll(f)
	return data, fault.OfFile(op, path, err)
}
