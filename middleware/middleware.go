package middleware

import (
	"slices"

	"github.com/durokit/duro/core"
)

// Middleware puts something around a provider.
type Middleware func(core.Provider) core.Provider

// Chain puts middlewares around a provider; the first sees a call first.
func Chain(p core.Provider, with ...Middleware) core.Provider {
	for _, m := range slices.Backward(with) {
		p = m(p)
	}
	return p
}
