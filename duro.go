// Package duro opens providers by URL. It links no driver by itself: a program
// registers the backends it wants, or imports package all for every one there is.
//
//	import (
//		"github.com/durokit/duro"
//		_ "github.com/durokit/duro/all"
//	)
//
//	p, err := duro.Open(ctx, "sqlite:orchestrations.db")
package duro

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/durokit/duro/core"
)

// Opener opens the provider a URL names. It returns a *core.ProviderError, with
// no secret in it, when it cannot.
type Opener func(ctx context.Context, url string) (core.Provider, error)

var (
	openersMu sync.RWMutex
	openers   = map[string]Opener{}
)

// Register makes a backend known under a URL scheme. It panics when the scheme
// is taken: two backends of one name are a mistake in the program.
func Register(scheme string, open Opener) {
	openersMu.Lock()
	defer openersMu.Unlock()
	if _, taken := openers[scheme]; taken {
		panic(fmt.Sprintf("duro: scheme %q is registered twice", scheme))
	}
	openers[scheme] = open
}

// Schemes lists the registered schemes in order.
func Schemes() []string {
	openersMu.RLock()
	defer openersMu.RUnlock()
	return slices.Sorted(maps.Keys(openers))
}

// Open opens the provider a URL names, for example "sqlite:path/to/file.db" or
// "sqlite::memory:". The scheme chooses the backend.
func Open(ctx context.Context, url string) (core.Provider, error) {
	scheme, _, ok := strings.Cut(url, ":")
	openersMu.RLock()
	open := openers[scheme]
	openersMu.RUnlock()
	if !ok || open == nil {
		known := strings.Join(Schemes(), ", ")
		if !ok {
			return nil, core.Errorf("Open", core.ErrInvalidArgument, "a backend URL begins with a scheme; known: %s", known)
		}
		return nil, core.Errorf("Open", core.ErrInvalidArgument, "no backend is registered for scheme %q; known: %s", scheme, known)
	}
	return open(ctx, url)
}
