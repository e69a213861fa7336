//go:build !linux

package main

import "runtime"

// peakMemory gives the memory that the process took from the system, in bytes.
func peakMemory() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys)
}
