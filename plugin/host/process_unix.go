//go:build unix

package host

import (
	"os/exec"
	"syscall"
)

// ownGroup keeps a terminal's Ctrl-C from the child, and lets its own children be ended
// with it.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup ends a child's group. There may be nobody left in it.
func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }
