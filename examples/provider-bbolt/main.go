// Command provider-bbolt is a provider out of tree: a plugin that keeps durable
// orchestrations in one bbolt file. It is made of Duro's public packages alone and has
// no SQL anywhere; its README says how to build, judge and run it.
//
// Reading order: tx.go and rows.go are the storage, orchestrator.go, turn.go and
// worker.go what a runtime asks of it, the others what is left of the contract.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin"
	"github.com/durokit/duro/plugin/harness"
)

// version is the provider's own.
const version = "0.1.0"

func main() {
	if err := serve(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve makes this process a plugin.
func serve(ctx context.Context) error {
	info := plugin.Info{Name: "bbolt", Version: version, Summary: "durable orchestrations in one bbolt file", ConfigSchema: schema}
	return plugin.Serve(ctx, info, open, harness.Option(stores))
}

// open implements plugin.Opener.
func open(ctx context.Context, raw json.RawMessage) (core.Provider, error) {
	c, err := parseConfig(raw)
	if err != nil {
		return nil, err
	}
	return Open(ctx, c)
}
