// Package netfs finds out whether a path is on a file system that is shared with
// other machines, where a database that relies on file locks and shared memory
// gets corrupted.
//
// Linux: the file system's magic number; for FUSE, whose number does not tell a
// local file system from a remote one, the type in /proc/self/mountinfo, where
// only the known local ones pass. macOS and the BSDs: the mount is not flagged as
// local. Windows: UNC paths and drives of type DRIVE_REMOTE. Elsewhere nothing
// is known, and nothing is reported. It is a best effort: a block device shared
// by two machines looks local.
package netfs

import (
	"errors"
	"io/fs"
	"path/filepath"
)

// Kind returns the kind of network file system that holds path, such as "nfs",
// and "" for a local one. A path that does not exist yet is judged by the nearest
// directory above that does.
func Kind(path string) (string, error) { return nearest(path, system) }

func nearest(path string, ask func(path string) (string, error)) (string, error) {
	for {
		kind, err := ask(path)
		above := filepath.Dir(path)
		if !errors.Is(err, fs.ErrNotExist) || above == path {
			return kind, err
		}
		path = above
	}
}
