// Package treeplugin serves a backend of this module as a plugin: the programs
// duro-backend-NAME are made with it.
package treeplugin

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/internal/casestores"
	"github.com/durokit/duro/plugin"
	"github.com/durokit/duro/plugin/harness"
)

// Version is that of the programs.
const Version = "0.0.0"

// schema describes what opens a store.
const schema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {
    "url": {"type": "string", "description": "the URL of the store, as duro --backend takes it"}
  },
  "required": ["url"],
  "additionalProperties": false
}`

// Backend is what is served.
type Backend struct {
	// Name is the backend's, and Example a URL of it.
	Name, Example string
	// Open opens the store of a URL.
	Open func(ctx context.Context, url string) (core.Provider, error)
	// Configure reads a URL, and VersionQuery asks the database for its version: for
	// the harness.
	Configure    casestores.Configure
	VersionQuery string
}

// Serve serves a backend, as plugin.Serve does.
func Serve(b Backend) error {
	return plugin.Serve(context.Background(), plugin.Info{
		Name: b.Name, Version: Version, Summary: "Duro's " + b.Name + " backend", ConfigSchema: schema,
	}, b.open, harness.Option(b.stores))
}

func (b Backend) open(ctx context.Context, config json.RawMessage) (core.Provider, error) {
	url, err := b.url(config)
	if err != nil {
		return nil, err
	}
	return b.Open(ctx, url)
}

func (b Backend) stores(config json.RawMessage) (conformance.Factory, error) {
	url, err := b.url(config)
	if err != nil {
		return nil, err
	}
	return casestores.New(url, b.Configure, b.VersionQuery)
}

// url reads a configuration.
func (b Backend) url(config json.RawMessage) (string, error) {
	var c struct {
		URL string `json:"url"`
	}
	d := json.NewDecoder(bytes.NewReader(config))
	d.DisallowUnknownFields()
	if len(config) > 0 {
		if err := d.Decode(&c); err != nil {
			return "", core.Wrap("Open", core.ErrInvalidArgument, err, "read the configuration of the plugin "+b.Name)
		}
	}
	if c.URL == "" {
		return "", core.Errorf("Open", core.ErrInvalidArgument, `the plugin %s needs the option url, for example %q`, b.Name, b.Example)
	}
	return c.URL, nil
}
