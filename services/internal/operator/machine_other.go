//go:build !linux

package operator

// diskOf knows no disk here.
func diskOf(string) (free, size int64, ok bool) { return 0, 0, false }

// resident knows no memory here.
func resident() int64 { return 0 }
