package spec

import (
	"cmp"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/durokit/duro/internal/diag"
	"github.com/durokit/duro/internal/strictyaml"
)

// FileName is what a backend's description is called.
const FileName = "dialect.yaml"

// Version is the form of description this package reads.
const Version = 1

// maxHeirs bounds a chain of descriptions that extend one another.
const maxHeirs = 8

// Loader reads descriptions. The logical model's names are given to it, so that
// a description which speaks of something else is refused where it does so.
type Loader struct {
	// Statements and Tables are the names the model knows; nil checks nothing.
	Statements []string
	Tables     []string
	// ReadFile reads a file; nil is os.ReadFile.
	ReadFile func(name string) ([]byte, error)
}

// Load reads the description at path, with those it extends. What is wrong is a
// diag.Error with everything that is wrong; a file that cannot be read is an
// error of the file system.
func (l Loader) Load(path string) (*Description, error) {
	if l.ReadFile == nil {
		l.ReadFile = os.ReadFile
	}
	var d Dialect
	chain, err := l.load(filepath.Clean(path), &d, nil)
	if err != nil {
		return nil, err
	}
	errs := collect(chain)
	if len(errs) == 0 {
		// Only a chain that could be read can be judged as a whole.
		whole := chain[len(chain)-1]
		whole.complete(chain, reflect.TypeFor[Dialect](), "")
		whole.checkWhole(&d)
		errs = collect(chain)
	}
	if len(errs) > 0 {
		return nil, errs
	}
	return &Description{Dialect: &d, files: chain}, nil
}

// collect returns the diagnostics of all files, in the order of their lines.
func collect(chain []*decoder) diag.Error {
	var errs diag.Error
	for _, dec := range chain {
		slices.SortStableFunc(dec.Errs, func(a, b diag.Diagnostic) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		errs = append(errs, dec.Errs...)
	}
	return errs
}

// load reads path and, before it, what it extends. heirs are the files that led
// here. It returns the files' decoders, the oldest ancestor first.
func (l Loader) load(path string, d *Dialect, heirs []string) ([]*decoder, error) {
	data, err := l.ReadFile(path)
	if err != nil {
		return nil, err
	}
	src := form.New(path, data)

	// A first look finds only the ancestor: the file itself is decoded over it.
	var own Dialect
	peek := form.Decode(path, data, &own)
	var chain []*decoder
	at, extends := peek.At["extends"]
	switch {
	case !extends || own.Extends == "":
	case filepath.IsAbs(own.Extends):
		src.Errorf(at, "extends must be a relative path, so that the description can be moved")
	case len(heirs) >= maxHeirs:
		src.Errorf(at, "more than %d descriptions extend one another", maxHeirs)
	default:
		base := filepath.Join(filepath.Dir(path), filepath.FromSlash(own.Extends))
		heirs = append(heirs, path)
		if slices.Contains(heirs, base) {
			src.Errorf(at, "extends itself: %s", strings.Join(append(heirs, base), " -> "))
			break
		}
		chain, err = l.load(base, d, heirs)
		if err != nil {
			src.Errorf(at, "cannot read the extended description: %v", err)
		}
	}

	errorRows, overrides := d.Errors, d.Overrides
	d.Errors, d.Overrides = nil, nil
	dec := decode(path, data, d)
	dec.Errs = append(src.Errs, dec.Errs...)
	dec.checkFile(d, l)
	d.Errors = mergeErrors(errorRows, d.Errors)
	d.Overrides = mergeOverrides(overrides, d.Overrides)
	return append(chain, dec), nil
}

// complete reports the required keys that no file of the chain gives, each
// where the last file has the section that should hold it.
func (d *decoder) complete(chain []*decoder, t reflect.Type, path string) {
	missing := strictyaml.Lacks(t, path, files(chain)...)
	if len(missing) > 0 {
		at, ok := d.Given[path]
		if !ok || path == "" {
			at = strictyaml.Top
		}
		section := path
		if path == "" {
			section = "the description"
		}
		d.Errorf(at, "%s lacks %s", section, strings.Join(missing, ", "))
	}
	for _, f := range strictyaml.FieldsOf(t) {
		section := t.Field(f.Index).Type
		if section.Kind() == reflect.Struct && !slices.Contains(missing, f.Key) {
			d.complete(chain, section, strictyaml.Join(path, f.Key))
		}
	}
}
