package spec

import (
	"slices"

	"github.com/durokit/duro/internal/diag"
)

// Description is a dialect with the files it was read from.
type Description struct {
	*Dialect
	files []*decoder
}

// Blame makes a diagnostic of what is wrong with a statement: where it is
// overridden when it is, else of the description as a whole.
func (d *Description) Blame(statement string, err error) diag.Diagnostic {
	for _, file := range slices.Backward(d.files) {
		if at, ok := file.overrides[statement]; ok {
			return file.Diagnostic(at, "%v", err)
		}
	}
	return diag.Diagnostic{File: d.files[len(d.files)-1].Name, Message: err.Error()}
}
