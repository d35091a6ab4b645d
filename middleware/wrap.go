package middleware

import (
	"context"
	"slices"

	"github.com/durokit/duro/core"
)

//go:generate go run ../internal/wrapgen

// provider is a provider with layers around it; its methods are generated from the
// interface.
type provider struct {
	p core.Provider
	*layers
}

// admin is the admin half of one.
type admin struct {
	p core.ProviderAdmin
	*layers
}

// ProviderAdmin implements core.AdminDiscoverer. The provider inside is asked each
// time, so that the answer is always its answer.
func (w *provider) ProviderAdmin() (core.ProviderAdmin, bool) {
	a, ok := core.Admin(w.p)
	if !ok {
		return nil, false
	}
	return &admin{p: a, layers: w.layers}, true
}

// Unwrap returns the provider inside all layers, for those who look for what it offers
// beyond the contract.
func (w *provider) Unwrap() core.Provider { return w.p }

// layer is what one middleware does around each call. It calls c.next once.
type layer func(ctx context.Context, c *call) error

// layers are those of a provider, the outermost first.
type layers struct {
	around []layer
}

// do makes a call through all layers.
func (l *layers) do(ctx context.Context, c *call, run func(context.Context) error) error {
	c.began, c.rest, c.run = now(), l.around, run
	return c.next(ctx)
}

// outermost puts a layer around a provider. Layers of one provider share a wrapper: a
// call is then described once, and Redaction can get below the others.
func outermost(p core.Provider, around layer) core.Provider {
	inner, there := inside(p)
	return &provider{p: inner, layers: &layers{around: append([]layer{around}, there...)}}
}

// innermost puts a layer below those that a provider has already.
func innermost(p core.Provider, around layer) core.Provider {
	inner, there := inside(p)
	return &provider{p: inner, layers: &layers{around: append(slices.Clone(there), around)}}
}

// inside returns the provider inside our layers, and the layers.
func inside(p core.Provider) (core.Provider, []layer) {
	if w, ok := p.(*provider); ok {
		return w.p, w.around
	}
	return p, nil
}
