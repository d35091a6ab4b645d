//go:build !windows && (!unix || aix || solaris)

package filelock

import (
	"errors"
	"os"
)

func openFile(path string) (*os.File, error) {
	return nil, &os.PathError{Op: "lock", Path: path, Err: errors.ErrUnsupported}
}

func flock(*os.File, bool) (bool, error) { return false, errors.ErrUnsupported }

func unlock(*os.File) {}
