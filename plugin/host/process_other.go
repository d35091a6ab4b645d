//go:build !unix

package host

import "os/exec"

// ownGroup does nothing where there are no groups of processes.
func ownGroup(*exec.Cmd) {}

// killGroup does nothing where there are none.
func killGroup(int) {}
