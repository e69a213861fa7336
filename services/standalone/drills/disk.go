package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/rasoat/rasoat/services/internal/fault"
)

const filler = "filler"

// fillDisk writes a file until the disk of a folder is full.
func fillDisk(dir string) error {
	const op = "drills.disk"
	f, err := os.Create(filepath.Join(dir, filler))
	if err != nil {
		return fault.Wrap(fault.Unavailable, op, err)
	}
	defer f.Close()
	for _, size := range []int64{1 << 20, 4 << 10, 1} {
		for err = nil; err == nil; {
			_, err = io.CopyN(f, zeros{}, size)
		}
		if !errors.Is(err, syscall.ENOSPC) {
			return fault.Wrap(fault.Unavailable, op, err)
		}
	}
	return nil
}

// freeDisk takes the file away.
func freeDisk(dir string) error {
	return fault.Wrap(fault.Unavailable, "drills.disk", os.Remove(filepath.Join(dir, filler)))
}

// zeros are what the file is made of.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
