package main

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/durokit/duro/conformance"
)

// config names a file in a folder of the test's own.
func config(t *testing.T) json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(Config{Path: filepath.Join(t.TempDir(), "duro.bolt")})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestConformance(t *testing.T) {
	f, err := stores(config(t))
	if err != nil {
		t.Fatal(err)
	}
	conformance.Test(t, f)
}
