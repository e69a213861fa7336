package main

import (
	"context"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// goApart runs this program again, with the same arguments and a folder, in namespaces of its own: network, mounts and processes. It fails with Invalid when that is
// not allowed here.
func goApart(ctx context.Context, dir string) error {
	const op = "drills.apart"
	if _, err := exec.LookPath("ip"); err != nil || os.Geteuid() != 0 {
		return fault.New(fault.Invalid, op, "Cần quyền root và chương trình ip (gói iproute2): các diễn tập tạo mạng và ổ đĩa riêng rồi tự xoá.",
			"root and the program ip (package iproute2) are needed: the drills make networks and disks of their own, which vanish with them")
	}
	self, err := os.Executable()
	if err != nil {
		return fault.Wrap(fault.Internal, op, err)
	}
	cmd := exec.CommandContext(ctx, self, os.Args[1:]...)
	cmd.Env = append(os.Environ(), apartEnv+"="+dir)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID, Unshareflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 30 * time.Second
	if err := cmd.Start(); err != nil {
		return fault.New(fault.Invalid, op, "Không tạo được không gian tên (namespace) của Linux: cần CAP_SYS_ADMIN và CAP_NET_ADMIN.",
			"the namespaces cannot be made: CAP_SYS_ADMIN and CAP_NET_ADMIN are needed ("+err.Error()+")")
	}
	err = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code > 0 {
		os.Exit(code) // it has said why
	}
	return fault.Wrap(fault.Internal, op, err)
}

// settleApart makes the mounts that a process in namespaces of its own needs.
func settleApart() error {
	if err := syscall.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return fault.Wrap(fault.Unavailable, "drills.apart", err)
	}
	return mountDisk("/run/netns", "1m") // where ip keeps the names of its namespaces
}

// mountDisk makes a small disk in memory.
func mountDisk(dir, size string) error {
	const op = "drills.disk"
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fault.Wrap(fault.Unavailable, op, err)
	}
	return fault.Wrap(fault.Unavailable, op, syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size))
}

// unmountDisk takes a disk away with all that is on it.
func unmountDisk(dir string) error {
	return fault.Wrap(fault.Unavailable, "drills.disk", syscall.Unmount(dir, syscall.MNT_DETACH))
}
