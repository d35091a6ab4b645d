package testservers

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"syscall"
)

// Kind describes one database server: where its programs are found, how a
// throw-away instance is made, and how it is asked whether it is ready. A
// database joins the tests by an entry in [Kinds].
type Kind struct {
	// Name is what DURO_TEST_REQUIRE and [URL] call it.
	Name string
	// Title is its proper name, for messages.
	Title string
	// Env is the variable that carries the server's address to the tests.
	Env string

	// Programs must all stand in one folder for the folder to count as an
	// installation. The first is looked up in PATH.
	Programs []string
	// Folders are patterns, relative to a file system root, of folders outside
	// PATH that hold the programs.
	Folders []string

	// Accept, where there is one, has the last word on a folder that holds them.
	Accept func(folder string) bool

	// Package is the Debian package whose closure holds the server.
	Package string
	// Suite is the Debian suite the package comes from. Empty, it is the release
	// of this machine.
	Suite string
	// Unpack selects from that closure the packages worth unpacking, besides the
	// shared libraries.
	Unpack *regexp.Regexp

	// Releases are the versions that tests run against, oldest first.
	Releases []Release
	// Wanted is the version to have, as it begins: "17", "11.8". Empty, any does.
	Wanted string

	// Image is the Docker image, and ImagePort the port its server listens on.
	Image     string
	ImagePort int

	// Stop is the signal that asks the server for a quick orderly end.
	Stop syscall.Signal

	// URL is the address of an instance.
	URL func(Instance) string
	// Launch says how to make and run an instance with the programs in a folder.
	Launch func(bin string, in Instance) Launch
	// ImageEnv is the environment that sets the image's server up.
	ImageEnv func(Instance) []string
	// Version connects and asks for the version: the proof that the server is
	// ready, and what the summary shows.
	Version func(ctx context.Context, url string) (string, error)

	// Place is how tests keep apart.
	Place placing
}

// placing says how a place is made, see [NewPlace].
type placing struct {
	Word string // what SQL calls it
	Drop string // what must follow the word and the name to drop one that is not empty
	Into func(u *url.URL, name string)
	Pool func(address string) (*sql.DB, error)
}

// Instance is one throw-away server to be.
type Instance struct {
	Dir      string // its folder, for everything it writes
	Port     int    // its port on the loopback interface
	Password string // its administrator's password
}

// Kinds lists the servers that tests can use.
func Kinds() []Kind {
	return []Kind{postgresKind(), mysqlKind(), mariadbKind()}
}

// Lookup returns the kind with that name.
func Lookup(name string) (Kind, error) {
	kinds := Kinds()
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		names := make([]string, len(kinds))
		for j, k := range kinds {
			names[j] = k.Name
		}
		return Kind{}, fmt.Errorf("no test server is called %q; there are: %s", name, strings.Join(names, ", "))
	}
	return kinds[i], nil
}

// splitList splits a comma-separated list, forgiving spaces and empty members.
func splitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}
