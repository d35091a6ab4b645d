//go:build unix

package host

import (
	"errors"
	"os"
	"syscall"
)

// trusted refuses a program that somebody else may have changed.
func trusted(info os.FileInfo) error {
	if info.Mode().Perm()&0o022 != 0 {
		return errors.New("can be written to by others than its owner; chmod go-w it")
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if ok && stat.Uid != 0 && int(stat.Uid) != os.Geteuid() {
		return errors.New("belongs to another user; let it belong to root or to whom the host runs as")
	}
	return nil
}
