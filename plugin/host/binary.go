package host

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// binary is a program that was found fit to be run. It is open, so that what is run is
// what was looked at.
type binary struct {
	path string // without symbolic links
	file *os.File
}

// find looks for the configured program, and checks where it lies, who may write to it,
// and its checksum.
func (c ChildConfig) find() (*binary, error) {
	path, err := c.locate()
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, c.refuse("open its program: %v", err)
	}
	b := &binary{path, f}
	if err := c.examine(b); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return b, nil
}

// locate resolves the program's path, and sees to it that it lies in the folder.
func (c ChildConfig) locate() (string, error) {
	path := c.Command
	if c.Folder != "" && !filepath.IsAbs(path) {
		path = filepath.Join(c.Folder, path)
	}
	resolved, err := filepath.EvalSymlinks(path)
	if err == nil {
		resolved, err = filepath.Abs(resolved)
	}
	if err != nil {
		return "", c.refuse("there is no program %s: %v", path, err)
	}
	if c.Folder == "" {
		return resolved, nil
	}
	folder, err := filepath.EvalSymlinks(c.Folder)
	if err == nil {
		folder, err = filepath.Abs(folder)
	}
	if err != nil {
		return "", c.refuse("there is no folder of plugins %s: %v", c.Folder, err)
	}
	if inside, err := filepath.Rel(folder, resolved); err != nil || !filepath.IsLocal(inside) {
		return "", c.refuse("its program is %s, which is not in the folder of plugins %s", resolved, folder)
	}
	return resolved, nil
}

// examine checks the opened program.
func (c ChildConfig) examine(b *binary) error {
	info, err := b.file.Stat()
	if err != nil {
		return c.refuse("look at its program: %v", err)
	}
	switch {
	case !info.Mode().IsRegular():
		return c.refuse("%s is no program", b.path)
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o111 == 0:
		return c.refuse("%s is not executable; chmod +x it", b.path)
	}
	if err := trusted(info); err != nil {
		return c.refuse("%s %v", b.path, err)
	}
	return c.verify(b)
}

// verify compares the program's checksum with the configured one.
func (c ChildConfig) verify(b *binary) error {
	if c.SHA256 == "" {
		if c.Unverified {
			return nil
		}
		actual, err := b.checksum()
		if err != nil {
			return c.refuse("read its program: %v", err)
		}
		return c.refuse("its configuration has no checksum; if you trust %s, add sha256: %s", b.path, actual)
	}
	want, err := Checksum(c.SHA256)
	if err != nil {
		return c.refuse("%v", err)
	}
	actual, err := b.checksum()
	if err != nil {
		return c.refuse("read its program: %v", err)
	}
	if subtle.ConstantTimeCompare([]byte(want), []byte(actual)) != 1 {
		return c.refuse("the checksum of %s is %s, and the configuration says %s; "+
			"if you have replaced the program, configure sha256: %s", b.path, actual, want, actual)
	}
	return nil
}

func (b *binary) checksum() (string, error) {
	if _, err := b.file.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	h := sha256.New()
	if _, err := io.Copy(h, b.file); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Checksum reads a SHA-256 checksum: 64 hexadecimal digits, alone or at the beginning
// of a line of a SHA256SUMS file.
func Checksum(s string) (string, error) {
	fields := strings.Fields(s)
	if len(fields) == 0 || len(fields) > 2 {
		return "", errors.New("a checksum is 64 hexadecimal digits, or a line of a SHA256SUMS file")
	}
	digits := strings.ToLower(fields[0])
	raw, err := hex.DecodeString(digits)
	if err != nil || len(raw) != sha256.Size {
		return "", errors.New("a checksum is 64 hexadecimal digits, and " + fields[0] + " is not")
	}
	return digits, nil
}
