package config

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/durokit/duro"
	"github.com/durokit/duro/core"
)

// PluginOpener opens the store of a plugin, by running a program or by calling an
// address.
type PluginOpener func(ctx context.Context, t PluginTarget) (core.Provider, error)

// Opener opens targets.
type Opener struct {
	// Plugin opens plugins; without it they are refused.
	Plugin PluginOpener
	// LookupEnv looks up environment variables. Default: os.LookupEnv.
	LookupEnv func(name string) (string, bool)
}

// Open chooses a backend and opens it.
func Open(ctx context.Context, r Request) (core.Provider, error) {
	c, err := Choose(r)
	if err != nil {
		return nil, core.AsProviderError("Open", invalidate(err))
	}
	return Opener{Plugin: r.Plugin, LookupEnv: r.LookupEnv}.Open(ctx, c.Target)
}

// invalidate makes an error of an argument out of problems with a file.
func invalidate(err error) error {
	if problems, ok := err.(Problems); ok { //nolint:errorlint // Choose returns them bare
		return core.Wrap("Open", core.ErrInvalidArgument, problems, "read the configuration")
	}
	return err
}

// Open opens a target. A kind is opened by package duro, where the program has to
// have registered it.
func (o Opener) Open(ctx context.Context, t Target) (core.Provider, error) {
	if t.Plugin == nil {
		at, err := o.URL(ctx, t)
		if err != nil {
			return nil, err
		}
		return duro.Open(ctx, at)
	}
	p, err := o.PluginTarget(ctx, t)
	if err != nil {
		return nil, err
	}
	if o.Plugin == nil {
		return nil, core.Errorf("Open", core.ErrUnsupported, "this program opens no plugins, and the backend is %s", p.described())
	}
	return o.Plugin(ctx, p)
}

// URL returns the URL of a target that is no plugin, with the secrets that are
// elsewhere.
func (o Opener) URL(ctx context.Context, t Target) (string, error) {
	dsn, err := t.DSN.fetch(ctx, o.lookup())
	if err != nil {
		return "", err
	}
	return located(t.Kind, dsn, t.Options)
}

// PluginTarget completes the target of a plugin: with its program, its token, and the
// configuration of its store.
func (o Opener) PluginTarget(ctx context.Context, t Target) (PluginTarget, error) {
	p, err := t.Plugin.Reach()
	if err != nil {
		return p, err
	}
	dsn, err := t.DSN.fetch(ctx, o.lookup())
	if err != nil {
		return p, err
	}
	p.Config, err = object(dsn, t.Options)
	return p, err
}

// Reach completes what is needed to ask a plugin what it is: its program, or the token
// for its address.
func (p PluginTarget) Reach() (PluginTarget, error) {
	if err := p.complete(); err != nil || p.TokenFile == "" {
		return p, err
	}
	var err error
	p.Token, err = readSecret(p.TokenFile, "token_file")
	return p, err
}

func (o Opener) lookup() func(string) (string, bool) {
	if o.LookupEnv != nil {
		return o.LookupEnv
	}
	return os.LookupEnv
}

// object is the configuration of a plugin's store: its options, and the DSN as "url".
func object(dsn string, options map[string]any) ([]byte, error) {
	all := maps.Clone(options)
	if all == nil {
		all = map[string]any{}
	}
	if dsn != "" {
		if _, dup := all["url"]; dup {
			return nil, invalid("the DSN of a plugin is its option url, which is given as well")
		}
		all["url"] = dsn
	}
	config, err := json.Marshal(all)
	if err != nil {
		return nil, core.Wrap("Open", core.ErrInvalidArgument, err, "write the options for the plugin")
	}
	return config, nil
}

// described names a plugin for a message.
func (p PluginTarget) described() string {
	if p.Address != "" {
		return "at " + p.Address
	}
	return "the plugin " + p.Name
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// escape writes a blank as %20: some readers of URLs take a plus sign for itself.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
