package config

import (
	_ "embed"
	"slices"
)

// The schema is made from the types in this package, their comments included:
// go test ./config -run TestSchema -update.
//
//go:embed duro.schema.json
var schema []byte

// Schema returns the JSON schema of a configuration.
func Schema() []byte { return slices.Clone(schema) }
