// Package plugins opens the plugins of configurations. It is apart from package
// config because it links the plugin protocol:
//
//	config.Open(ctx, config.Request{Plugin: plugins.Open})
package plugins

import (
	"context"

	"github.com/durokit/duro/config"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/address"
	"github.com/durokit/duro/plugin/host"
)

// Open runs the plugin's program, or calls its address.
func Open(ctx context.Context, t config.PluginTarget) (core.Provider, error) {
	if t.Address == "" {
		return host.OpenChild(ctx, Child(t))
	}
	return host.OpenAddress(ctx, at(t))
}

// Describe asks a plugin what it is, without opening a store.
func Describe(ctx context.Context, t config.PluginTarget) (host.About, error) {
	if t.Address == "" {
		return host.DescribeChild(ctx, Child(t))
	}
	return host.DescribeAddress(ctx, at(t))
}

// Child says how the program of a plugin is run.
func Child(t config.PluginTarget) host.ChildConfig {
	return host.ChildConfig{
		Name: t.Name, Command: t.Command, Folder: t.Dir, SHA256: t.SHA256, Unverified: t.Unverified, Args: t.Args, Env: t.Env,
		StartTimeout: t.StartTimeout, Config: t.Config,
	}
}

func at(t config.PluginTarget) host.AddressConfig {
	c := host.AddressConfig{Address: t.Address, Token: t.Token}
	if string(t.Config) != "{}" { // most servers have one store, and take no options
		c.Config = t.Config
	}
	if t.TLS != nil {
		c.TLS = &address.TLS{CA: t.TLS.CA, Cert: t.TLS.Cert, Key: t.TLS.Key, ServerName: t.TLS.ServerName}
	}
	return c
}
