package documents

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// networkEnv says that this process has a network of its own.
const networkEnv = "RASOAT_DOCUMENTS_NETWORK"

// again is this program once more, in a network of its own where private.
func again(ctx context.Context, private bool) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "-test.run=^$")
	cmd.Env = os.Environ()
	if private {
		cmd.Env = append(cmd.Env, networkEnv+"=1")
		cmd.SysProcAttr = ownNetwork()
	}
	return cmd, nil
}

// ownNetwork asks for a network of its own; who is not root becomes it in a world of users of its own.
func ownNetwork() *syscall.SysProcAttr {
	if os.Geteuid() == 0 {
		return &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	}
	return &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWNET | syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
}

// isPrivate reports whether a process may have a network of its own here, and why not.
func isPrivate(ctx context.Context) (bool, error) {
	cmd, err := again(ctx, true)
	if err != nil {
		return false, err
	}
	err = cmd.Run()
	return err == nil, err
}

// networkUp makes the addresses of the machine itself work in a network of its own.
func networkUp() error {
	if os.Getenv(networkEnv) == "" {
		return nil
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo)
}

// terminal is the other terminal of a reader.
type terminal struct{ keys, screen *os.File }

// startInTerminal starts a command in a terminal. What it prints stays where the command has it.
func startInTerminal(cmd *exec.Cmd) (*terminal, error) {
	keys, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, err
	}
	t := &terminal{keys: keys}
	n, err := unix.IoctlGetInt(int(keys.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(keys.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		t.screen, err = os.OpenFile(filepath.Join("/dev/pts", strconv.Itoa(n)), os.O_RDWR|syscall.O_NOCTTY, 0)
	}
	if err == nil {
		cmd.Stdin = t.screen
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
		err = cmd.Start()
	}
	if err != nil {
		return nil, errors.Join(err, t.close())
	}
	return t, nil
}

// interrupt presses Ctrl-C.
func (t *terminal) interrupt(*exec.Cmd) error {
	_, err := t.keys.Write([]byte{3})
	return err
}

func (t *terminal) close() error {
	err := t.keys.Close()
	if t.screen != nil {
		err = errors.Join(err, t.screen.Close())
	}
	return err
}
