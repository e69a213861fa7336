package cluster

import (
	"os/exec"
	"syscall"
)

// dieWithUs has the system kill the command when this process ends, however it ends.
func dieWithUs(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	cmd.SysProcAttr.Setpgid = true // a Ctrl-C is ours to pass on, in order
}
