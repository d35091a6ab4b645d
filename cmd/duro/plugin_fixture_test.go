package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/durokit/duro"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin"
	"github.com/durokit/duro/plugin/wire"
)

// servePlugin makes this program the plugin acme, whose stores are fixtures, when a
// host has started it.
func servePlugin() {
	if os.Getenv(wire.CookieKey) == "" {
		return
	}
	registerFixtures()
	err := plugin.Serve(context.Background(), plugin.Info{
		Name: "acme", Version: "1.2.0", Summary: "stores for tests",
		ConfigSchema: `{"type":"object","required":["url"],"additionalProperties":false,
			"properties":{"url":{"type":"string","pattern":"^fixture:"},"region":{"type":"string"}}}`,
	}, func(ctx context.Context, config json.RawMessage) (core.Provider, error) {
		var c struct{ URL, Region string }
		if err := json.Unmarshal(config, &c); err != nil {
			return nil, err
		}
		return duro.Open(ctx, c.URL)
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// installs copies this program into a folder, where it is the plugin acme.
//
//	installs FOLDER VERSION
func installs(ts *testscript.TestScript, _ bool, args []string) {
	self, err := os.Executable()
	ts.Check(err)
	program, err := os.ReadFile(self)
	ts.Check(err)
	folder := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(folder, 0o700))
	ts.Check(os.WriteFile(filepath.Join(folder, acmeFile(args[1])), program, 0o700))
}

// pins writes the checksum of the plugin acme into a configuration that has none.
//
//	pins FILE
func pins(ts *testscript.TestScript, _ bool, args []string) {
	before := ts.ReadFile(args[0])
	after := strings.Replace(before, "acme: {}", "acme: {sha256: "+sumOfSelf(ts)+"}", 1)
	if after == before {
		ts.Fatalf("%s has no acme: {}", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(after), 0o600))
}

// sums writes the list of checksums into a folder of plugins.
//
//	sums FOLDER
func sums(ts *testscript.TestScript, _ bool, args []string) {
	line := sumOfSelf(ts) + "  " + acmeFile("1.2.0") + "\n"
	ts.Check(os.WriteFile(filepath.Join(ts.MkAbs(args[0]), "SHA256SUMS"), []byte(line), 0o600))
}

func sumOfSelf(ts *testscript.TestScript) string {
	self, err := os.Executable()
	ts.Check(err)
	program, err := os.ReadFile(self)
	ts.Check(err)
	return fmt.Sprintf("%x", sha256.Sum256(program))
}

func acmeFile(version string) string {
	return fmt.Sprintf("duro-backend-acme_v%s_x1_%s_%s", version, runtime.GOOS, runtime.GOARCH)
}
