package testservers

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// fromLocal starts a server with programs installed on this machine.
func fromLocal(ctx context.Context, f *finder, kind Kind) (Server, error) {
	bin, err := findPrograms(kind.installed(ctx), "/")
	if err != nil {
		return Server{}, err
	}
	srv, err := f.run(ctx, kind, bin)
	srv.Source = "the programs in " + bin
	return srv, err
}

// installed accepts only programs that say they are of the wanted version.
func (k Kind) installed(ctx context.Context) Kind {
	accept := k.Accept
	k.Accept = func(folder string) bool {
		if accept != nil && !accept(folder) {
			return false
		}
		if k.Wanted == "" {
			return true
		}
		said, err := exec.CommandContext(ctx, filepath.Join(folder, k.Programs[0]), "--version").Output()
		return err == nil && k.fits(string(said))
	}
	return k
}

// findPrograms returns the folder that holds all of the kind's programs: the one
// that PATH leads to, or under root the one with the highest version.
func findPrograms(kind Kind, root string) (string, error) {
	var folders []string
	if root == "/" {
		path, err := exec.LookPath(kind.Programs[0])
		if err == nil {
			// A link in PATH stands alone; its siblings are where it leads.
			path, err = filepath.EvalSymlinks(path)
		}
		if err == nil {
			folders = append(folders, filepath.Dir(path))
		}
	}
	for _, pattern := range kind.Folders {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			return "", err
		}
		slices.SortFunc(found, func(a, b string) int { return cmp.Compare(versionIn(b), versionIn(a)) })
		folders = append(folders, found...)
	}
	for _, folder := range folders {
		if holdsAll(folder, kind.Programs) && (kind.Accept == nil || kind.Accept(folder)) {
			return folder, nil
		}
	}
	return "", fmt.Errorf("no folder under %s holds %v of %s: %w", root, kind.Programs, kind, errNone)
}

func holdsAll(folder string, programs []string) bool {
	return !slices.ContainsFunc(programs, func(program string) bool {
		info, err := os.Stat(filepath.Join(folder, program))
		return err != nil || info.IsDir() || info.Mode().Perm()&0o111 == 0
	})
}

// versionIn returns the version that a folder such as /usr/lib/postgresql/15/bin
// carries in its path, or 0.
func versionIn(folder string) int {
	version, err := strconv.Atoi(filepath.Base(filepath.Dir(folder)))
	if err != nil {
		return 0
	}
	return version
}
