package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// clone makes a folder with this repository's Makefile, where the commands have been built: the program is this test's.
func clone(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"Makefile", ".gitignore"} {
		text, err := os.ReadFile(filepath.Join("../..", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"scripts", ".bin"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "scripts/install"), []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self(t), filepath.Join(dir, ".bin/rasoat-standalone")); err != nil {
		t.Fatal(err)
	}
	git(t, dir, "init", "--quiet")
	git(t, dir, "add", "Makefile", ".gitignore", "scripts")
	return dir
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// openTerminal makes a pseudo-terminal: the side of the person and the side of the program.
func openTerminal(t *testing.T) (person, screen *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = person.Close() })
	fd := int(person.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		screen, err = os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|syscall.O_NOCTTY, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 100})
	}
	if err != nil {
		t.Fatal(err)
	}
	return person, screen
}

// Ctrl-C in a terminal under make: the exit code is 0, make reports no failure, and the working tree is as clean as before.
func TestMakeDemoInATerminal(t *testing.T) {
	t.Parallel()
	dir := clone(t)
	before := git(t, dir, "status", "--porcelain", "--untracked-files=all")
	person, screen := openTerminal(t)
	p := prepare(dir, "make", "--no-print-directory", "demo", "ARGS="+strings.Join(append(small, free...), " "))
	p.Stdin, p.Stdout, p.Stderr = screen, screen, screen
	p.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	p.begin(t)
	_ = screen.Close() // the program has its own
	read := make(chan struct{})
	go func() {
		defer close(read)
		buf := make([]byte, 4096)
		for {
			n, err := person.Read(buf)
			_, _ = p.Write(buf[:n])
			if err != nil {
				return // EIO: nobody has the other side any more
			}
		}
	}()

	p.until(t, "README.md")
	if _, err := person.Write([]byte{3}); err != nil { // Ctrl-C
		t.Fatal(err)
	}
	<-p.ended
	<-read
	said := p.end(t, 0)
	contains(t, said, "\x1b[K", "Stopped", "rm -r rasoat-data")
	lacks(t, said, "***", "Error", "Interrupt")
	if after := git(t, dir, "status", "--porcelain", "--untracked-files=all"); after != before {
		t.Errorf("git status: got\n%s\nwant\n%s", after, before)
	}
}

// Without a terminal, make ends by the signal itself, but reports no failure of the demo.
func TestMakeDemoWithoutATerminal(t *testing.T) {
	t.Parallel()
	p := prepare(clone(t), "make", "demo", "ARGS="+strings.Join(append(small, free...), " "))
	p.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	p.begin(t)
	p.until(t, "README.md")
	if err := syscall.Kill(-p.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	<-p.ended
	text, _ := p.output()
	contains(t, text, "Stopped", "rm -r rasoat-data")
	lacks(t, text, "***", "Error", "\x1b")
}
