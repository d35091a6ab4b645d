package casestores

import (
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/sqlstore"
)

// Place is what a URL says: a store, and where it lies when it is embedded.
type Place struct {
	sqlstore.Store
	// Path is its file, or empty.
	Path string
	// Memory is set for a store that ends with its handle.
	Memory bool
}

// Configure reads a URL. set, unless nil, changes how the store's engine is set up.
type Configure func(url string, set func(*engine.Options)) (Place, error)

// Served reads the URLs of stores that are no file.
func Served[C interface{ Store() sqlstore.Store }](parse func(url string) (C, error), options func(*C) *engine.Options) Configure {
	return func(url string, set func(*engine.Options)) (Place, error) {
		c, err := parse(url)
		if set != nil {
			set(options(&c))
		}
		return Place{Store: c.Store()}, err
	}
}
