//go:build !unix

package testservers

import (
	"errors"
	"os/exec"
	"syscall"
)

// Throw-away servers need process groups, so this system has none: [Start]
// offers only servers whose address stands in the environment.

func ownGroup(*exec.Cmd) {}

func asServer(*exec.Cmd, syscall.Signal, bool) {}

func signalGroup(int, syscall.Signal) error { return errors.ErrUnsupported }
