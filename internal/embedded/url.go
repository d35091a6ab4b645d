package embedded

import (
	"cmp"
	"context"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/internal/storeurl"
)

// ParseURL reads name:path, name:///path or name::memory:, where name is the
// dialect's, with the parameters prefix, migrate, cache, poll and allow_network_fs.
func (d Database) ParseURL(url string) (c Config, err error) {
	rest, params, err := storeurl.Split(url, d.Dialect.Name)
	if err != nil {
		return c, err
	}
	params.Common(&c.Prefix, &c.Migrate, &c.Engine)
	params.Bool("allow_network_fs", &c.AllowNetworkFS)
	if c.Memory = rest == memory; !c.Memory {
		c.Path, err = storeurl.File(rest)
	}
	return c, cmp.Or(err, params.Err())
}

// OpenURL opens what ParseURL reads.
func (d Database) OpenURL(ctx context.Context, url string) (core.Provider, error) {
	c, err := d.ParseURL(url)
	if err != nil {
		return nil, err
	}
	return d.Store(c).Open(ctx)
}
