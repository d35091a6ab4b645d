//go:build !unix

package sqlite

import "errors"

func jobRefused(string) error { return errors.ErrUnsupported }
