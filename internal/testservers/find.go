package testservers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// RequireEnv names, separated by commas, the servers without which a run fails,
// each as kind or kind:version.
const RequireEnv = "DURO_TEST_REQUIRE"

// Set is the servers of one run.
type Set struct {
	// Servers are those that answered.
	Servers []Server
	// Missing are the kinds that no source could offer, as DURO_TEST_SERVERS names
	// them, with the reasons.
	Missing map[string]error

	kinds  []Kind
	finder *finder
}

// finder looks for servers. It starts a supervisor when the first one needs it.
type finder struct {
	log     io.Writer
	options []string // to be added to those a server is started with
	started *Supervisor
}

func (f *finder) supervisor() (*Supervisor, error) {
	if f.started != nil {
		return f.started, nil
	}
	var err error
	f.started, err = StartSupervisor()
	return f.started, err
}

// sayf tells the user what is going on.
func (f *finder) sayf(format string, args ...any) {
	fmt.Fprintf(f.log, "testservers: "+format+"\n", args...)
}

// Start finds or starts a server of each kind and says on log what it does.
// Close the set in any case, also after an error.
func Start(ctx context.Context, log io.Writer, kinds []Kind) (*Set, error) {
	set := &Set{Missing: map[string]error{}, kinds: kinds, finder: &finder{log: log}}
	chosen, err := chosenSources(os.Getenv(SourcesEnv))
	if err != nil {
		return set, err
	}
	for _, kind := range kinds {
		srv, err := set.finder.find(ctx, kind, chosen)
		if ctx.Err() != nil {
			return set, ctx.Err()
		}
		if err != nil {
			set.Missing[kind.String()] = err
			continue
		}
		set.Servers = append(set.Servers, srv)
	}
	for _, line := range set.Summary() {
		set.finder.sayf("%s", line)
	}
	err = set.requireAll(splitList(os.Getenv(RequireEnv)))
	return set, err
}

// find tries the sources one after the other.
func (f *finder) find(ctx context.Context, kind Kind, chosen []source) (Server, error) {
	var reasons []error
	for _, source := range chosen {
		srv, err := source.start(ctx, f, kind)
		if err == nil {
			return srv, nil
		}
		reasons = append(reasons, fmt.Errorf("%s: %w", source.name, err))
		if !errors.Is(err, errNone) {
			break
		}
	}
	return Server{}, errors.Join(reasons...)
}

// requireAll fails for a kind that the list names and that is not there.
func (s *Set) requireAll(list []string) error {
	var errs []error
	for _, kind := range s.kinds {
		if kind.named(list) && s.Missing[kind.String()] != nil {
			errs = append(errs, fmt.Errorf("%s names %s, which cannot be had", RequireEnv, kind))
		}
	}
	return errors.Join(errs...)
}

// Summary says in a line for each kind what the tests have, or why they do not.
func (s *Set) Summary() []string {
	var lines []string
	for _, srv := range s.Servers {
		lines = append(lines, fmt.Sprintf("%s %s, from %s", srv.Kind.Title, srv.Version, srv.Source))
	}
	names := make([]string, 0, len(s.Missing))
	for name := range s.Missing {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		reasons := strings.ReplaceAll(s.Missing[name].Error(), "\n", "\n  ")
		lines = append(lines, fmt.Sprintf("no %s; its tests are skipped:\n  %s", name, reasons))
	}
	return lines
}

// Environ returns the variables that tell tests where the servers are, and which
// versions those of their own are to have.
func (s *Set) Environ() []string {
	vars := make([]string, 0, len(s.Servers)+1)
	for _, srv := range s.Servers {
		vars = append(vars, srv.Kind.Env+"="+srv.URL)
	}
	if os.Getenv(ServersEnv) != "" {
		names := make([]string, len(s.kinds))
		for i, kind := range s.kinds {
			names[i] = kind.String()
		}
		vars = append(vars, ServersEnv+"="+strings.Join(names, ","))
	}
	return vars
}

// Supervisor returns the process that owns the servers, or starts it where all
// servers were found running.
func (s *Set) Supervisor() (*Supervisor, error) { return s.finder.supervisor() }

// Close stops the servers that were started.
func (s *Set) Close() error {
	if s.finder.started == nil {
		return nil
	}
	return s.finder.started.Close()
}
