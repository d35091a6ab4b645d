package testservers

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
)

// ServersEnv names, separated by commas, the servers to have, each as kind or
// kind:version. A kind that is named several times makes as many runs. Unset, one
// run has a server of each kind, in whatever version; [EveryRelease] is all that
// the kinds list.
const ServersEnv = "DURO_TEST_SERVERS"

// EveryRelease stands in DURO_TEST_SERVERS for every version that tests run against.
const EveryRelease = "every"

// Release is a version that tests run against, and the package of the Debian suite
// that has it.
type Release struct{ Version, Suite, Package string }

// at returns the kind in one version. Debian is known to have it where it is one
// of the releases; other sources are asked for any.
func (k Kind) at(version string) Kind {
	k.Wanted, k.Suite, k.Package = version, "", ""
	repository, _, _ := strings.Cut(k.Image, ":")
	k.Image = repository + ":" + version
	for _, r := range k.Releases {
		if r.Version == version {
			k.Suite, k.Package = r.Suite, r.Package
		}
	}
	return k
}

// String is the kind as DURO_TEST_SERVERS names it.
func (k Kind) String() string {
	if k.Wanted == "" {
		return k.Name
	}
	return k.Name + ":" + k.Wanted
}

var numbers = regexp.MustCompile(`\d+(\.\d+)*`)

// fits reports whether a version, found in what a server or its program says, is
// the wanted one or belongs to it, as 17.2 belongs to 17.
func (k Kind) fits(said string) bool {
	return k.Wanted == "" || strings.HasPrefix(numbers.FindString(said)+".", k.Wanted+".")
}

// named reports whether a list has the kind, as such or in its version.
func (k Kind) named(list []string) bool {
	return slices.Contains(list, k.Name) || slices.Contains(list, k.String())
}

// Runs reads DURO_TEST_SERVERS: the kinds that each run of the tests is to have.
// What DURO_TEST_REQUIRE names must be among them.
func Runs() ([][]Kind, error) {
	runs, err := runsOf(os.Getenv(ServersEnv))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ServersEnv, err)
	}
	var errs []error
	all := append(slices.Concat(runs...), pgbouncerKind()) // which tests start for themselves
	for _, name := range splitList(os.Getenv(RequireEnv)) {
		if !slices.ContainsFunc(all, func(k Kind) bool { return k.named([]string{name}) }) {
			errs = append(errs, fmt.Errorf("%s names %s, which is no test server of this run", RequireEnv, name))
		}
	}
	return runs, errors.Join(errs...)
}

func runsOf(list string) (runs [][]Kind, err error) {
	names := splitList(list)
	switch {
	case len(names) == 0:
		return [][]Kind{Kinds()}, nil
	case slices.Equal(names, []string{EveryRelease}):
		names = everyRelease()
	}
	had := map[string]int{}
	for _, name := range names {
		name, version, versioned := strings.Cut(name, ":")
		kind, err := Lookup(name)
		if err != nil {
			return nil, err
		}
		if versioned {
			kind = kind.at(version)
		}
		if had[name] == len(runs) {
			runs = append(runs, nil)
		}
		runs[had[name]] = append(runs[had[name]], kind)
		had[name]++
	}
	return runs, nil
}

func everyRelease() (names []string) {
	for _, kind := range Kinds() {
		for _, r := range kind.Releases {
			names = append(names, kind.at(r.Version).String())
		}
	}
	return names
}

// ofRun returns the kind as the run that a test belongs to has it. A test whose
// kind the run leaves out is skipped.
func ofRun(tb TB, name string) Kind {
	tb.Helper()
	runs, err := runsOf(os.Getenv(ServersEnv))
	if err != nil {
		tb.Fatalf("%s: %v", ServersEnv, err)
	}
	for _, kind := range runs[0] {
		if kind.Name == name {
			return kind
		}
	}
	kind, err := Lookup(name)
	if err != nil {
		tb.Fatalf("%v", err)
	}
	tb.Skipf("%s leaves out %s", ServersEnv, kind.Title)
	return kind
}
