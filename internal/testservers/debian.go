package testservers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

// fromDebian starts a server from the distribution's own packages. They are not
// installed: apt-get resolves and fetches them with a state of its own, which
// needs no root, and they are unpacked into a cache folder, once.
func fromDebian(ctx context.Context, f *finder, kind Kind) (Server, error) {
	for _, program := range []string{"apt-get", "dpkg-deb"} {
		_, err := exec.LookPath(program)
		if err != nil {
			return Server{}, fmt.Errorf("%w: %w", err, errNone)
		}
	}
	if kind.Package == "" {
		return Server{}, fmt.Errorf("no suite of Debian is known to have %s: %w", kind, errNone)
	}
	release, err := debianRelease()
	switch kind.Suite {
	case "":
		if err != nil {
			return Server{}, err
		}
	case release: // the machine's own sources have its updates as well
		kind.Suite = ""
	default:
		release = kind.Suite
	}
	cache, err := cacheDir()
	if err != nil {
		return Server{}, err
	}
	root := filepath.Join(cache, "debian", strings.ReplaceAll(kind.String(), ":", "-")+"-"+release+"-"+runtime.GOARCH)
	bin, err := findPrograms(kind, root)
	if err != nil {
		f.sayf("%s: unpacking Debian's package %s into %s (once)", kind.Title, kind.Package, root)
		bin, err = unpackDebian(ctx, kind, root)
	}
	if err != nil {
		return Server{}, err
	}
	srv, err := f.run(ctx, kind, bin)
	srv.Source = "Debian's packages in " + root
	return srv, err
}

// unpackDebian makes root, complete or not at all, and returns the folder in it
// that holds the programs. Two runs at once each make their own; the first to
// finish wins.
func unpackDebian(ctx context.Context, kind Kind, root string) (string, error) {
	err := makeReadable(filepath.Dir(root))
	if err != nil {
		return "", err
	}
	work, err := os.MkdirTemp(filepath.Dir(root), ".unpack-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)

	tree := filepath.Join(work, "root")
	err = fetchPackages(ctx, kind, work, tree)
	if err != nil {
		return "", fmt.Errorf("%w: %w", err, errNone)
	}
	bin, err := findPrograms(kind, tree)
	if err != nil {
		return "", err
	}
	err = makeRunnable(tree, bin, root)
	if err != nil {
		return "", err
	}
	err = os.Rename(tree, root)
	if err != nil && !isDir(root) {
		return "", err
	}
	return findPrograms(kind, root)
}

// fetchPackages resolves the kind's package with a private apt state in work, and
// unpacks what a server needs of its closure into tree.
func fetchPackages(ctx context.Context, kind Kind, work, tree string) error {
	apt, err := newApt(work, kind.Suite)
	if err != nil {
		return err
	}
	_, err = apt.run(ctx, "update", "-qq")
	if err != nil {
		return err
	}
	plan, err := apt.run(ctx, "install", "--simulate", "-qq", "--yes", kind.Package)
	if err != nil {
		return err
	}
	names, err := selectPackages(string(plan), kind)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return fmt.Errorf("apt-get knows no way to %s:\n%s", kind.Package, tail(plan))
	}
	_, err = apt.run(ctx, append([]string{"download", "-qq"}, names...)...)
	if err != nil {
		return err
	}
	archives, err := filepath.Glob(filepath.Join(work, "*.deb"))
	if err != nil {
		return err
	}
	err = makeReadable(tree)
	if err != nil {
		return err
	}
	for _, archive := range archives {
		out, err := exec.CommandContext(ctx, "dpkg-deb", "--extract", archive, tree).CombinedOutput()
		if err != nil {
			return fmt.Errorf("unpack %s: %w: %s", filepath.Base(archive), err, tail(out))
		}
	}
	return nil
}

var (
	// simulated matches a line of apt-get's simulation: the package and its version.
	simulated = regexp.MustCompile(`(?m)^Inst (\S+) \((\S+) `)
	// sharedLibrary matches the packages that hold shared libraries.
	sharedLibrary = regexp.MustCompile(`^(lib.*|zlib1g)$`)
	// withoutEpoch matches what may stand before the version that upstream gave.
	withoutEpoch = regexp.MustCompile(`^\d+:`)
	// heavyLibrary matches those among them that a server runs without: the
	// just-in-time compiler's, which are most of the download, and Perl's.
	heavyLibrary = regexp.MustCompile(`^(libllvm|libz3|libperl|lib.*-perl$|libc-(bin|l10n|gconv.*)$)`)
)

// selectPackages picks from apt-get's simulation what a server needs: its own
// packages and shared libraries, the C library among them, so that it runs
// whatever this machine has installed. Each is returned as name=version. A suite
// may have moved on from the version that is wanted.
func selectPackages(plan string, kind Kind) (names []string, err error) {
	for _, m := range simulated.FindAllStringSubmatch(plan, -1) {
		name, version := m[1], m[2]
		own := kind.Unpack.MatchString(name)
		if own && !kind.fits(withoutEpoch.ReplaceAllString(version, "")) {
			return nil, fmt.Errorf("the suite has %s %s, not %s", name, version, kind.Wanted)
		}
		if own || sharedLibrary.MatchString(name) && !heavyLibrary.MatchString(name) {
			names = append(names, name+"="+version)
		}
	}
	return names, nil
}

// makeRunnable makes the programs in tree's folder bin use the unpacked
// libraries, by way of the unpacked loader, once tree has been renamed to root.
// Each program becomes a script that starts it so: unlike LD_LIBRARY_PATH that
// leaves alone the programs which the server starts in turn.
func makeRunnable(tree, bin, root string) error {
	loader, err := findLoader(tree)
	if err != nil {
		return err
	}
	moved := func(path string) string { return root + strings.TrimPrefix(path, tree) }
	var libraries []string
	for _, dir := range globAll(tree, "usr/lib/*-linux-gnu*", "lib/*-linux-gnu*") {
		libraries = append(libraries, moved(dir))
	}
	programs, err := os.ReadDir(bin)
	if err != nil {
		return err
	}
	for _, program := range programs {
		path := filepath.Join(bin, program.Name())
		if !isELF(path) {
			continue
		}
		hidden := path + ".elf"
		err := os.Rename(path, hidden)
		if err != nil {
			return err
		}
		script := fmt.Sprintf("#!/bin/sh\nexec '%s' --library-path '%s' '%s' \"$@\"\n",
			moved(loader), strings.Join(libraries, ":"), moved(hidden))
		err = os.WriteFile(path, []byte(script), 0o600)
		if err == nil {
			err = os.Chmod(path, 0o755) // a program is there to be run, also by the server's user
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// makeReadable makes a folder that the server's user can read whatever the
// caller's file mode mask says; so are the parents that it makes.
func makeReadable(dir string) error {
	if isDir(dir) {
		return nil
	}
	err := makeReadable(filepath.Dir(dir))
	if err == nil {
		err = os.Mkdir(dir, 0o700)
	}
	if err == nil || errors.Is(err, os.ErrExist) {
		err = os.Chmod(dir, 0o755)
	}
	return err
}

// findLoader returns the unpacked dynamic loader.
func findLoader(tree string) (string, error) {
	found := globAll(tree, "lib/*/ld-linux*.so.*", "usr/lib/*/ld-linux*.so.*", "lib/ld-linux*.so.*", "usr/lib/ld-linux*.so.*")
	if len(found) > 0 {
		return found[0], nil
	}
	return "", errors.New("the unpacked packages hold no dynamic loader")
}

// globAll returns what matches the patterns, in their order.
func globAll(dir string, patterns ...string) []string {
	var all []string
	for _, pattern := range patterns {
		found, _ := filepath.Glob(filepath.Join(dir, pattern)) // fails for malformed patterns only
		all = append(all, found...)
	}
	return all
}

func isELF(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	magic := make([]byte, 4)
	n, _ := f.Read(magic) // a short read is no program
	return string(magic[:n]) == "\x7fELF"
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
