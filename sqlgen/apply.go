package sqlgen

import (
	"errors"
	"os"
	"path/filepath"
)

// Apply makes the changes: it writes what is missing or changed and removes what
// is orphaned. A file is replaced whole or not at all.
func Apply(changes []Change) error {
	for _, c := range changes {
		var err error
		if c.Kind == Orphaned {
			err = os.Remove(c.Path)
		} else {
			err = replace(c.Path, c.New)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// replace writes a file beside the old one and renames it, so that a compiler
// that runs at the same time never reads half of it.
func replace(path string, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".durogen-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(data)
	// Generated code is for everybody to read; CreateTemp gives 0600.
	err = errors.Join(err, temp.Chmod(0o644), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return nil
}
