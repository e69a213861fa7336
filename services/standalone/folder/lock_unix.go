//go:build unix

package folder

import (
	"os"
	"syscall"
)

// lockFile takes the file for this process alone, until it is closed or the process ends.
func lockFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// Private keeps every file that this process makes from other users of the machine.
func Private() { syscall.Umask(0o077) }
