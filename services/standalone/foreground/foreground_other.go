//go:build !unix

package foreground

// Run does nothing where there are no process groups.
func Run() (code int, ended bool) { return 0, false }
