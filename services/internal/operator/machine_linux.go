package operator

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
)

// diskOf returns what is free for the process on the disk of a folder, and the disk's size, in bytes.
func diskOf(dir string) (free, size int64, ok bool) {
	var s syscall.Statfs_t
	if dir == "" || syscall.Statfs(dir, &s) != nil {
		return 0, 0, false
	}
	return int64(s.Bavail) * s.Bsize, int64(s.Blocks) * s.Bsize, true
}

// resident returns the memory of the machine that the process has, in bytes; 0 where the system does not tell.
func resident() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	fields := bytes.Fields(text)
	if err != nil || len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}
