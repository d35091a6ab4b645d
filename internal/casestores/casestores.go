// Package casestores makes the stores that a conformance run needs: an empty one for
// each case, beside a store that a URL names.
package casestores

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
)

// makeTimeout bounds how long a store may take to be made or taken away.
const makeTimeout = time.Minute

// Stores makes stores beside the one that a URL names, and never touches that:
// on a server with a table prefix each, and on a file system with a folder each.
type Stores struct {
	url     string
	read    Configure
	version string // a statement that tells the server's
	at      Place  // what the URL says
	run     string // begins the names of the stores

	mu     sync.Mutex
	made   int
	folder string           // holds the folders, "" before the first one and on servers
	left   map[string]Place // what is to be taken away, by name
}

// New makes the stores of a URL. version is a statement that tells the version of the
// database.
func New(at string, read Configure, version string) (*Stores, error) {
	place, err := read(at, nil)
	if err != nil {
		return nil, err
	}
	return &Stores{
		url: at, read: read, version: version, at: place, run: strings.ToLower(rand.Text()[:8]), left: map[string]Place{},
	}, nil
}

// New implements conformance.Factory. An interrupt does not stop it: half a store
// would be harder to take away than a whole one.
func (s *Stores) New(ctx context.Context, _ string) (*conformance.Harness, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), makeTimeout)
	defer cancel()
	name, h, err := s.unopened()
	if err != nil {
		return nil, err
	}
	if h.Provider, err = h.Open(ctx); err != nil {
		s.undo(name)
		return nil, err
	}
	if e, ok := h.Provider.(interface{ Hooks() engine.Hooks }); ok {
		h.Hooks = e.Hooks()
	}
	h.Unopened = func(context.Context) (*conformance.Harness, error) {
		_, h, err := s.unopened()
		return h, err
	}
	if s.at.Memory { // every opening is a store of its own
		h.Open, h.Unopened = nil, nil
	}
	return h, nil
}

// unopened prepares a store, with a clock that all its handles share.
func (s *Stores) unopened() (name string, h *conformance.Harness, err error) {
	name, at, err := s.next()
	if err != nil {
		return name, nil, err
	}
	clock := &engine.ManualClock{}
	p, err := s.configure(at, clock)
	if err != nil {
		return name, nil, err
	}
	s.mu.Lock()
	s.left[name] = p
	s.mu.Unlock()
	h = &conformance.Harness{
		Open: p.Open,
		// What cannot be taken away now can perhaps at the end, and is not the provider's fault.
		Close: func(ctx context.Context) error { _ = s.remove(ctx, name); return nil },
	}
	h.Timing.OneClock = s.at.Path != "" || s.at.Memory
	if !h.Timing.OneClock { // a server's clock decides
		h.Skewed = func(ctx context.Context, by time.Duration) (core.Provider, error) {
			skewed, err := s.configure(at, engine.SkewedClock{Clock: clock, By: by})
			if err != nil {
				return nil, err
			}
			return skewed.Open(ctx)
		}
	}
	return name, h, nil
}

// next names a store, and says at which URL it will be.
func (s *Stores) next() (name, at string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	name = fmt.Sprintf("duro_c_%s_%d_", s.run, s.made)
	switch {
	case s.at.Memory:
		at = s.url
	case s.at.Path != "":
		at, err = s.inFolder(name)
	default:
		at = withParameter(s.url, "prefix", name)
	}
	return name, at, err
}

// configure reads a store's URL. The store is new, whatever is asked of old ones.
func (s *Stores) configure(at string, clock engine.Clock) (Place, error) {
	p, err := s.read(at, func(o *engine.Options) { o.Clock = clock })
	p.Migrate = migrate.Auto
	return p, err
}

// inFolder makes a folder for a store, in one that stands beside the file of the
// URL: the same file system is judged.
func (s *Stores) inFolder(name string) (at string, err error) {
	if s.folder == "" {
		beside, err := filepath.Abs(filepath.Dir(s.at.Path))
		if err != nil {
			return "", err
		}
		s.folder = filepath.Join(beside, "duro-conformance-"+s.run)
	}
	own := filepath.Join(s.folder, name)
	if err := os.MkdirAll(own, 0o700); err != nil {
		return "", err
	}
	return withPath(s.url, filepath.Join(own, "store.db")), nil
}

// withPath replaces the path in the URL of a file.
func withPath(backend, path string) string {
	scheme, rest, _ := strings.Cut(backend, ":")
	_, parameters, given := strings.Cut(rest, "?")
	out := scheme + ":" + strings.ReplaceAll(url.PathEscape(filepath.ToSlash(path)), "%2F", "/")
	if given {
		out += "?" + parameters
	}
	return out
}

// withParameter sets a parameter of a URL. All others stay as they are written.
func withParameter(backend, name, value string) string {
	rest, query, _ := strings.Cut(backend, "?")
	var pairs []string
	for pair := range strings.SplitSeq(query, "&") {
		key, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(key); pair != "" && (err != nil || plain != name) {
			pairs = append(pairs, pair)
		}
	}
	return rest + "?" + strings.Join(append(pairs, name+"="+url.QueryEscape(value)), "&")
}

// remove takes one store away.
func (s *Stores) remove(ctx context.Context, name string) error {
	s.mu.Lock()
	p, there := s.left[name]
	s.mu.Unlock()
	if !there {
		return nil
	}
	var err error
	switch {
	case p.Memory:
	case p.Path != "":
		err = os.RemoveAll(filepath.Dir(p.Path))
	default:
		err = p.Migrations(ctx, func(r *migrate.Runner) error { return r.Remove(ctx) })
	}
	if err == nil {
		s.mu.Lock()
		delete(s.left, name)
		s.mu.Unlock()
	}
	return err
}

// undo takes away what there is of a store that could not be opened. It is tried
// again at the end, but for the first store: where that one can neither be opened
// nor removed, nothing was reached.
func (s *Stores) undo(name string) {
	err := s.removeAtLast(context.Background(), name)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && s.made == 1 {
		delete(s.left, name)
	}
}

// Probe makes one store, takes it away again, and says which version the database is
// of, "" where that is unknown.
func (s *Stores) Probe(ctx context.Context) (server string, err error) {
	h, err := s.New(ctx, "")
	if err != nil {
		return "", err
	}
	server, err = s.serverVersion(ctx)
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), makeTimeout)
	defer cancel()
	err = errors.Join(err, h.Provider.Close(closing))
	_ = h.Close(closing) // never fails: close takes away what stays
	return server, err
}

// serverVersion asks the database by the first setting that the doctor shows.
func (s *Stores) serverVersion(ctx context.Context) (version string, err error) {
	ask := func(r *migrate.Runner) error {
		rows, err := r.Session.Query(ctx, s.version)
		if err == nil && len(rows) > 0 {
			version = text(rows[0][len(rows[0])-1])
		}
		return err
	}
	for _, p := range s.stores() {
		return version, p.Migrations(ctx, ask) // any of them will do
	}
	return "", nil
}

func (s *Stores) stores() map[string]Place {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.left)
}

// Close takes away what is left. Its error names what it could not take away.
func (s *Stores) Close(ctx context.Context) error {
	var failures []error
	for _, name := range slices.Sorted(maps.Keys(s.stores())) {
		if err := s.removeAtLast(ctx, name); err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", name, err))
		}
	}
	if s.folder != "" {
		failures = append(failures, os.RemoveAll(s.folder))
	}
	err := errors.Join(failures...)
	switch {
	case err == nil:
		return nil
	case s.folder != "":
		return fmt.Errorf("the folder %s could not be removed: %w", s.folder, err)
	}
	return fmt.Errorf("tables whose names begin with duro_c_%s_ could not be dropped: %w", s.run, err)
}

func (s *Stores) removeAtLast(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), makeTimeout)
	defer cancel()
	return s.remove(ctx, name)
}

// text spells a value of a statement's result.
func text(v any) string {
	if b, ok := v.([]byte); ok {
		return string(b)
	}
	return fmt.Sprint(v)
}
