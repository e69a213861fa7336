//go:build !linux

package cluster

import "os/exec"

// dieWithUs does nothing: only Linux can. Stop ends the processes elsewhere.
func dieWithUs(*exec.Cmd) {}
