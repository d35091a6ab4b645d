//go:build unix && !linux

package testservers

import (
	"os/exec"
	"syscall"
)

// ownGroup puts cmd into a process group of its own, so that an interrupt typed
// at the terminal reaches the runner alone, which then ends everything in order.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

// asServer gives cmd the server's user where root runs the tests. Only Linux can
// tie a child's life to its parent's; elsewhere a server outlives a supervisor
// that was killed with SIGKILL.
func asServer(cmd *exec.Cmd, _ syscall.Signal, drop bool) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if drop {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
}

// signalGroup sends a signal to a whole process group.
func signalGroup(group int, signal syscall.Signal) error { return syscall.Kill(-group, signal) }
