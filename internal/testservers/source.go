package testservers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// SourcesEnv names the sources to try, in order, separated by commas. Unset, all
// are tried.
const SourcesEnv = "DURO_TEST_SOURCES"

// errNone is what a source answers that has nothing to offer here.
var errNone = errors.New("nothing to offer")

// source is one way to have a server of a kind.
type source struct {
	name string
	// start offers a server. An error joined with errNone lets the next source
	// try; any other is final.
	start func(ctx context.Context, f *finder, kind Kind) (Server, error)
}

// sources are all ways to a server, cheapest first.
func sources() []source {
	return []source{
		{name: "env", start: fromEnv},
		{name: "local", start: fromLocal},
		{name: "docker", start: fromDocker},
		{name: "debian", start: fromDebian},
	}
}

// chosenSources returns the sources that a list names, or all for an empty list.
func chosenSources(list string) ([]source, error) {
	all := sources()
	names := splitList(list)
	if len(names) == 0 {
		return all, nil
	}
	chosen := make([]source, 0, len(names))
	for _, name := range names {
		i := slices.IndexFunc(all, func(s source) bool { return s.name == name })
		if i < 0 {
			return nil, fmt.Errorf("%s: no source is called %q; there are: env, local, docker, debian", SourcesEnv, name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// fromEnv takes the server that the environment names. One that is named and
// does not answer is an error: somebody meant that server and no other.
func fromEnv(ctx context.Context, _ *finder, kind Kind) (Server, error) {
	address := os.Getenv(kind.Env)
	if address == "" {
		return Server{}, fmt.Errorf("%s is not set: %w", kind.Env, errNone)
	}
	version, err := kind.Version(ctx, address)
	if err != nil {
		return Server{}, fmt.Errorf("%s is set, but the server does not answer: %w", kind.Env, err)
	}
	if !kind.fits(version) {
		return Server{}, fmt.Errorf("%s is set, but the server has version %s, not %s", kind.Env, version, kind.Wanted)
	}
	return Server{Kind: kind, URL: address, Version: version, Source: "the address in " + kind.Env}, nil
}

// run makes a throw-away server with the programs in a folder.
func (f *finder) run(ctx context.Context, kind Kind, bin string) (Server, error) {
	return f.start(ctx, kind, func(in Instance) Launch {
		l := kind.Launch(bin, in)
		l.Argv = append(l.Argv, f.options...)
		return l
	})
}

// start makes a throw-away server. Between the choice of a port and the server's
// use of it somebody else may take it; then another is tried.
func (f *finder) start(ctx context.Context, kind Kind, launch func(Instance) Launch) (Server, error) {
	supervisor, err := f.supervisor()
	if err != nil {
		return Server{}, err
	}
	for attempt := 1; ; attempt++ {
		in, err := newInstance(kind)
		if err != nil {
			return Server{}, err
		}
		srv, err := supervisor.start(ctx, kind, in, launch(in))
		if err == nil || attempt == 3 || !strings.Contains(err.Error(), "in use") {
			return srv, err
		}
	}
}
