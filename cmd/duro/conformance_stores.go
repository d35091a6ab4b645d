package main

import (
	"context"
	"strings"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/internal/casestores"
)

// caseStores makes a store for every case of a conformance run.
type caseStores interface {
	conformance.Factory
	// Probe makes one store, takes it away again, and says which version the
	// database is of, "" where that is unknown.
	Probe(ctx context.Context) (server string, err error)
	// Close takes away what is left. Its error names what it could not take away.
	Close(ctx context.Context) error
}

// caseStoreMakers make the stores of backends that are none of those in backends,
// by scheme.
var caseStoreMakers = map[string]func(url string) caseStores{}

// caseStores makes the stores of the chosen backend.
func (c *cli) caseStores(ctx context.Context) (caseStores, error) {
	scheme, _, _ := strings.Cut(c.url(), ":")
	if maker := caseStoreMakers[scheme]; maker != nil {
		return maker(c.url()), nil
	}
	if scheme == "unix" || scheme == "tcp" {
		return newServedStores(c.url())
	}
	if c.way() == wayChild {
		return newChildStores(ctx, c.choice.Target)
	}
	t, known, err := c.target()
	if err != nil {
		return nil, err
	}
	if !known {
		return nil, usagef("no way is known to make an empty store for each case on backend %q", scheme)
	}
	return casestores.New(t.url, t.config, t.settings[0].query)
}
