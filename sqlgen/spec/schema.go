package spec

import (
	_ "embed"
	"slices"
)

// The schema is made from the types in this package, their comments included:
// go test ./sqlgen/spec -run TestSchema -update.
//
//go:embed dialect.schema.json
var schema []byte

// Schema returns the JSON schema of a description.
func Schema() []byte { return slices.Clone(schema) }
