//go:build unix

package foreground

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// Run runs this program again as a child that has the terminal to itself, and returns its exit code. It does nothing,
// and ended is false, where nobody asked for that, where there is no terminal, or where the terminal is another's: then
// this process goes on as the program itself.
func Run() (code int, ended bool) {
	if os.Getenv(Asked) == "" {
		return 0, false
	}
	_ = os.Unsetenv(Asked) // the child is the program itself
	terminal, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return 0, false
	}
	defer terminal.Close()
	fd := int(terminal.Fd())
	group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	if err != nil || group != syscall.Getpgrp() {
		return 0, false
	}
	self, err := os.Executable()
	if err != nil {
		return 0, false
	}

	// Ctrl-Z would stop the child alone, and the shell, which waits for make, could not continue it.
	signal.Ignore(syscall.SIGTSTP, syscall.SIGTTOU, syscall.SIGTTIN)
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)

	child := exec.Command(self, os.Args[1:]...)
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
	child.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Foreground: true, Ctty: fd}
	if err := child.Start(); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		return 1, true
	}
	go func() {
		for s := range signals {
			_ = child.Process.Signal(s) // it may have ended already
		}
	}()
	err = child.Wait()
	_ = unix.IoctlSetPointerInt(fd, unix.TIOCSPGRP, group) // a terminal that is gone needs no owner
	return exitCode(err), true
}

// exitCode is that of a child, or what a shell makes of the signal that killed it.
func exitCode(err error) int {
	var failed *exec.ExitError
	if err == nil {
		return 0
	}
	if !errors.As(err, &failed) {
		return 1
	}
	if status, ok := failed.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return failed.ExitCode()
}
