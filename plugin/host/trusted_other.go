//go:build !unix

package host

import "os"

// trusted knows nothing of access lists.
func trusted(os.FileInfo) error { return nil }
