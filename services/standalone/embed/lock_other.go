//go:build !unix

package embed

import "os"

// lockFile does nothing where the system has no flock: there the operator sees to it that one process has the folder.
func lockFile(*os.File) error { return nil }
