package cluster

import (
	"os/exec"
	"runtime"
	"sync"
)

// forks gives the one thread that starts processes. The system kills a child when the thread that started it ends, not only when the process does, and
// Go ends threads as it likes; this one stays.
var forks = sync.OnceValue(func() chan func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for f := range work {
			f()
		}
	}()
	return work
})

// startWithUs starts a command that dies with this process.
func startWithUs(cmd *exec.Cmd) error {
	dieWithUs(cmd)
	started := make(chan error, 1)
	forks() <- func() { started <- cmd.Start() }
	return <-started
}
