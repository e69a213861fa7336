package main

import "syscall"

// peakMemory gives the most memory that the process had at once, in bytes; 0 where the system does not tell.
func peakMemory() int64 {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return 0
	}
	return int64(use.Maxrss) << 10
}
