//go:build !unix

package folder

import "os"

// lockFile does nothing where the system has no flock: there the operator sees to it that one process has the folder.
func lockFile(*os.File) error { return nil }

// Private does nothing where files have no such rights: there the folder's own must do.
func Private() {}
