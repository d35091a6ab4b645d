//go:build unix

package embedded

import "golang.org/x/sys/unix"

// access fails where this process may not read and write path.
func access(path string) error { return unix.Access(path, unix.R_OK|unix.W_OK) }
