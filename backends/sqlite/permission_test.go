//go:build unix

package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/durokit/duro/core"
)

// jobRefused opens a store as somebody who is not root and prints what that says.
func jobRefused(path string) error {
	if os.Getuid() == 0 {
		if err := errors.Join(syscall.Setgid(65534), syscall.Setuid(65534)); err != nil {
			return err
		}
	}
	p, err := Open(context.Background(), Config{Path: path})
	if err == nil {
		return errors.Join(errors.New("it was opened"), p.Close(context.Background()))
	}
	pe, ok := errors.AsType[*core.ProviderError](err)
	if !ok {
		return err
	}
	fmt.Fprintln(os.Stdout, pe.Code.String(), pe.Message)
	return nil
}

func TestFilesWithoutPermission(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // for the other user
		t.Fatal(err)
	}
	cases := []struct {
		name      string
		file, dir os.FileMode
		want      string
	}{
		{"unreadable", 0o000, 0o777, "cannot be read and written: permission denied"},
		{"readonly", 0o444, 0o777, "cannot be read and written: permission denied"},
		{"folder", 0o666, 0o555, "cannot be written: permission denied; the database keeps files beside its own there"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			folder := filepath.Join(dir, c.name)
			path := filepath.Join(folder, "store.db")
			err := errors.Join(os.Mkdir(folder, 0o700), os.WriteFile(path, nil, 0o600),
				os.Chmod(path, c.file), os.Chmod(folder, c.dir))
			if err != nil {
				t.Fatal(err)
			}
			what := path
			if c.name == "folder" {
				what = "the folder " + folder
			}
			cmd, out := spawn(t, "refused", path, 0)
			out.Scan()
			want := "invalid_argument invalid argument: " + what + " " + c.want
			if err := cmd.Wait(); err != nil || out.Text() != want {
				t.Errorf("got  %s, %v\nwant %s", out.Text(), err, want)
			}
		})
	}
}
