package spec

import "github.com/durokit/duro/internal/strictyaml"

var form = strictyaml.Form{What: "description"}

// decoder is one file that was decoded, what the file does not say being left as it
// was: an heir is decoded over what it extends.
type decoder struct {
	*strictyaml.File
	// overrides is where each overridden statement is named.
	overrides map[string]strictyaml.Span
}

// decode reads data over what d holds already.
func decode(name string, data []byte, d *Dialect) *decoder {
	return &decoder{File: form.Decode(name, data, d), overrides: map[string]strictyaml.Span{}}
}

func files(chain []*decoder) []*strictyaml.File {
	out := make([]*strictyaml.File, len(chain))
	for i, d := range chain {
		out[i] = d.File
	}
	return out
}
