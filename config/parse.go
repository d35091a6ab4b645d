package config

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/durokit/duro/internal/diag"
	"github.com/durokit/duro/internal/strictyaml"
)

// FileName is what a configuration is called where it is looked for.
const FileName = "duro.yaml"

// Problem is one thing wrong with a file, and where.
type Problem = diag.Diagnostic

// Problems is everything that is wrong with a file, as an error.
type Problems = diag.Error

// form keeps values out of the problems: any of them may hold a password.
var form = strictyaml.Form{What: "configuration", Discreet: true}

// source is the file a configuration was read from.
type source struct {
	*strictyaml.File
	folder string // relative paths start here
	kinds  []string
}

// Load reads the configuration at path; see Parse.
func Load(path string, kinds ...string) (*File, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	return Parse(path, data, kinds...)
}

// Parse reads a configuration. name is the file's, for messages and for what is
// relative to it; kinds are the kinds of backends that there are, and none checks
// nothing. What is wrong is a Problems with everything that is wrong.
//
// The result is in its normal form: paths are absolute, a DSN has its scheme and no
// parameters, which are options, and a checksum is only digits.
func Parse(name string, data []byte, kinds ...string) (*File, error) {
	var f File
	folder, err := filepath.Abs(filepath.Dir(name))
	if err != nil {
		return nil, fmt.Errorf("read the configuration %s: %w", name, err)
	}
	f.src = &source{File: form.Decode(name, data, &f), folder: folder, kinds: kinds}
	f.check()
	f.normalize()
	if problems := f.src.Errs; len(problems) > 0 {
		slices.SortStableFunc(problems, func(a, b Problem) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		return nil, problems
	}
	return &f, nil
}

// wrongf notes a problem with the value at a path.
func (s *source) wrongf(path, format string, args ...any) {
	at, ok := s.Given[path]
	if !ok {
		at = strictyaml.Top
	}
	s.Errorf(at, format, args...)
}

// has reports whether the file gives a value at a path that could be read.
func (s *source) has(path string) bool {
	_, ok := s.At[path]
	return ok
}

// path makes a path absolute, which is relative to the file.
func (s *source) path(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(s.folder, p)
}
