package testservers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
)

// apt runs apt-get with a state of its own: private package lists and an empty
// list of what is installed, so that any user can resolve a whole closure.
type apt struct {
	dir     string
	options []string
}

// newApt makes the private state in dir. The places packages come from are the
// machine's own; only Debian's are used where they stand in a file of their own,
// because others hold no servers of ours and may be out of reach. With a suite,
// that one is asked for at those places instead of the machine's own.
func newApt(dir, suite string) (*apt, error) {
	for _, sub := range []string{"lists/partial", "cache/archives/partial", "sources"} {
		err := os.MkdirAll(filepath.Join(dir, sub), 0o755)
		if err != nil {
			return nil, err
		}
	}
	status := filepath.Join(dir, "status")
	err := os.WriteFile(status, nil, 0o600)
	if err != nil {
		return nil, err
	}
	a := &apt{dir: dir, options: []string{
		"-o", "Dir::State=" + dir,
		"-o", "Dir::State::lists=" + filepath.Join(dir, "lists"),
		"-o", "Dir::State::status=" + status,
		"-o", "Dir::Cache=" + filepath.Join(dir, "cache"),
		"-o", "APT::Sandbox::User=root",
		"-o", "APT::Install-Recommends=false",
		"-o", "Acquire::Languages=none",
		"-o", "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
		"-o", "Acquire::Retries=3",
	}}
	for _, own := range []string{"debian.sources", "ubuntu.sources"} {
		content, err := os.ReadFile(filepath.Join("/etc/apt/sources.list.d", own))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err == nil && suite != "" {
			content, err = otherSuite(content, suite)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "sources", own), content, 0o600)
		}
		if err != nil {
			return nil, err
		}
		a.options = append(a.options,
			"-o", "Dir::Etc::sourcelist=/dev/null",
			"-o", "Dir::Etc::sourceparts="+filepath.Join(dir, "sources"))
		return a, nil
	}
	if suite != "" {
		return nil, fmt.Errorf("this machine's package sources say nothing of where %s is: %w", suite, errNone)
	}
	return a, nil
}

var (
	suites       = regexp.MustCompile(`(?m)^Suites:.*$`)
	debianSuites = regexp.MustCompile(`(?m)^Signed-By:.*debian-archive-keyring`)
)

// otherSuite rewrites the first entry of a sources file, which is the archive
// itself, to a suite of the same archive.
func otherSuite(sources []byte, suite string) ([]byte, error) {
	first, _, _ := bytes.Cut(sources, []byte("\n\n"))
	if !debianSuites.Match(first) || !suites.Match(first) {
		return nil, fmt.Errorf("this machine's package sources are not Debian's, which has %s: %w", suite, errNone)
	}
	return append(suites.ReplaceAll(first, []byte("Suites: "+suite)), '\n'), nil
}

// run runs apt-get in the state's folder and returns what it printed.
func (a *apt) run(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "apt-get", append(a.options, args...)...)
	cmd.Dir = a.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("apt-get %s: %w: %s", args[0], err, tail(stderr.Bytes()))
	}
	return out, nil
}

var codename = regexp.MustCompile(`(?m)^VERSION_CODENAME="?([a-z]+)"?$`)

// debianRelease returns the codename of the distribution's release.
func debianRelease() (string, error) {
	content, err := os.ReadFile("/etc/os-release")
	if err != nil {
		return "", fmt.Errorf("%w: %w", err, errNone)
	}
	m := codename.FindSubmatch(content)
	if m == nil {
		return "", fmt.Errorf("/etc/os-release names no codename: %w", errNone)
	}
	return string(m[1]), nil
}

// cacheDir returns the folder for what is worth keeping between runs: duro in the
// user's cache folder. A server that runs as another user must be able to get
// there, which root's home rarely allows; then it is the machine's cache folder.
func cacheDir() (string, error) {
	user, err := os.UserCacheDir()
	if err == nil && (!dropsPrivileges() || reachable(user)) {
		return filepath.Join(user, "duro"), nil
	}
	if dropsPrivileges() {
		return "/var/cache/duro", nil
	}
	return "", err
}
