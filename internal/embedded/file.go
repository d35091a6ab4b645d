package embedded

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/durokit/duro/core"
)

// What is wrong with a file is found out before the library opens it, so that it
// is said in words. The file itself is never opened here: on Unix, closing a file
// gives up every lock the process has on it, and another connection may be using it.

// resolve returns the one true path of a database file, absolute and without
// symbolic links, so that everyone who opens it meets at the same lock file. The
// file need not exist, its folder must. What cannot work is refused as
// core.ErrInvalidArgument: a path on a network file system too, whose kind remote
// returns; nil accepts those.
func resolve(path string, remote func(path string) (kind string, err error)) (string, error) {
	if path == "" {
		return "", refuse("no path is given for the database file")
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", refuse("%s: %v", path, err)
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(abs))
	if err != nil {
		return "", refuse("the folder of %s cannot be used: %v; create it first", path, cause(err))
	}
	if err := access(dir); err != nil {
		return "", refuse("the folder %s cannot be written: %v; the database keeps files beside its own there", dir, cause(err))
	}
	file, err := checkFile(filepath.Join(dir, filepath.Base(abs)))
	if err != nil || remote == nil {
		return file, err
	}
	switch kind, err := remote(file); {
	case err != nil:
		return "", refuse("the file system of %s: %v", path, err)
	case kind != "":
		return "", refuse("%s is on a network file system (%s), where file locks and shared memory do not work and the "+
			"database gets corrupted; use a local disk or a database server, or set allow_network_fs=1 if only one machine "+
			"ever uses it", path, kind)
	}
	return file, nil
}

// checkFile follows path if it is a link, and refuses what is no file this
// process can read and write.
func checkFile(path string) (string, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path, nil // not there yet
	}
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		link := path
		if path, err = filepath.EvalSymlinks(link); err != nil {
			return "", refuse("%s is a link that leads nowhere: %v", link, cause(err))
		}
		info, err = os.Stat(path)
	}
	if err == nil {
		err = access(path)
	}
	switch {
	case info != nil && info.IsDir():
		return "", refuse("%s is a folder, not a database file", path)
	case info != nil && !info.Mode().IsRegular():
		return "", refuse("%s is no regular file", path)
	case err != nil:
		return "", refuse("%s cannot be read and written: %v", path, cause(err))
	}
	return path, nil
}

// uri writes an absolute path as a file: URI, which carries every character.
func uri(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/…
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// cause leaves out the path, which the message names already.
func cause(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

func refuse(format string, args ...any) error {
	return core.Errorf("Open", core.ErrInvalidArgument, format, args...)
}
