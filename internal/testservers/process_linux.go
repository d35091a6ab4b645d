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

// asServer gives cmd the server's user where root runs the tests, and has the
// kernel send it the signal stop when its parent dies.
//
// The kernel means the parent's thread, not its process: the caller must hold
// its thread locked for as long as the child shall live.
func asServer(cmd *exec.Cmd, stop syscall.Signal, drop bool) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: stop}
	if drop {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
}

// signalGroup sends a signal to a whole process group.
func signalGroup(group int, signal syscall.Signal) error { return syscall.Kill(-group, signal) }
