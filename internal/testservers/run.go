package testservers

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"syscall"
	"time"
)

// interruptGrace is how long a command may take to end after an interrupt.
const interruptGrace = 10 * time.Second

// Run runs a command in a process group of its own and returns its exit code.
// When ctx ends, the group is interrupted, and after a while killed; when this
// process dies, the supervisor kills it. Whatever the command leaves behind in
// its group is killed too.
func (s *Supervisor) Run(ctx context.Context, cmd *exec.Cmd) (int, error) {
	ownGroup(cmd)
	err := cmd.Start()
	if err != nil {
		return 1, err
	}
	group := cmd.Process.Pid
	guarded := s.Guard(group)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var interrupted error
	select {
	case err = <-ended:
	case <-ctx.Done():
		interrupted = fmt.Errorf("%s: interrupted", cmd.Path)
		_ = signalGroup(group, syscall.SIGINT) // gone already is as good
		late := time.AfterFunc(interruptGrace, func() { _ = signalGroup(group, syscall.SIGKILL) })
		err = <-ended
		late.Stop()
	}
	_ = signalGroup(group, syscall.SIGKILL) // as a rule there is nobody left
	err = errors.Join(interrupted, guarded, s.Release(), notExit(err))
	return cmd.ProcessState.ExitCode(), err
}

// notExit drops the error that only says how the command ended: the exit code
// says it as well.
func notExit(err error) error {
	if _, exited := errors.AsType[*exec.ExitError](err); exited {
		return nil
	}
	return err
}
