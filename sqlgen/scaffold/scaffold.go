// Package scaffold writes the folder of a new dialect: a description, and the few
// lines of Go that open its driver. What it writes compiles at once.
package scaffold

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/durokit/duro/sqlgen"
	"github.com/durokit/duro/sqlgen/spec"
)

//go:embed template/*.tmpl
var templates embed.FS

var parsed = template.Must(template.ParseFS(templates, "template/*.tmpl"))

// Dialect is a dialect to be.
type Dialect struct {
	// Name is that of the database, of the package and of the URLs' scheme.
	Name string
	// Dir is the folder to write.
	Dir string
	// Extends is the folder of the dialect to start from; empty for none.
	Extends string
}

// provocations is the test file in which the author makes a server fail.
const provocations = "provocations_test.go"

// inputs are what the templates are filled with.
type inputs struct {
	Name string
	// Of the dialect to start from: its package, and its description from here.
	Parent, ParentPath, Extends string
}

// Write writes the folder, generates the code in it, and returns the paths of all
// files. After an error there is nothing left of it.
func Write(ctx context.Context, d Dialect) ([]string, error) {
	if !spec.IsPackageName(d.Name) {
		return nil, fmt.Errorf("%q cannot name a dialect: it names a Go package too, so use lower-case letters and digits, and no keyword",
			d.Name)
	}
	in, err := d.inputs(ctx)
	if err != nil {
		return nil, err
	}
	if err := claim(d.Dir); err != nil {
		return nil, err
	}
	paths, err := d.fill(in)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(d.Dir))
	}
	return paths, nil
}

// claim makes the folder, and refuses one that holds anything.
func claim(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case err == nil && len(entries) > 0:
		return fmt.Errorf("%s holds files already, which are left as they are; remove them, or name another folder with --out", dir)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return os.MkdirAll(dir, 0o755) //nolint:gosec // as for the files in it
}

// inputs finds out about the dialect to start from.
func (d Dialect) inputs(ctx context.Context) (inputs, error) {
	in := inputs{Name: d.Name}
	if d.Extends == "" {
		return in, nil
	}
	description := filepath.Join(d.Extends, spec.FileName)
	if _, err := os.Stat(description); err != nil {
		return in, fmt.Errorf("%s holds no dialect to extend: %w; name a folder that does, in this module or another", d.Extends, err)
	}
	// Their relation must not depend on where the command runs.
	from, err := filepath.Abs(d.Dir)
	if err != nil {
		return in, err
	}
	to, err := filepath.Abs(description)
	if err != nil {
		return in, err
	}
	relative, err := filepath.Rel(from, to)
	if err != nil {
		return in, err
	}
	in.Extends = filepath.ToSlash(relative)
	in.Parent, in.ParentPath, err = goPackage(ctx, d.Extends)
	return in, err
}

// goPackage asks the go command for the package in a folder.
func goPackage(ctx context.Context, dir string) (name, path string, err error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-f", "{{.Name}} {{.ImportPath}}", ".")
	cmd.Dir = dir
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return "", "", fmt.Errorf("%s is no Go package to import: %w\n%s", dir, err, bytes.TrimSpace(complaint.Bytes()))
	}
	name, path, _ = strings.Cut(strings.TrimSpace(string(out)), " ")
	return name, path, nil
}

// fill writes the files by hand, then the generated ones.
func (d Dialect) fill(in inputs) ([]string, error) {
	kind := "dialect"
	if in.Parent != "" {
		kind = "sibling"
	}
	var paths []string
	for _, file := range []struct{ name, template string }{
		{spec.FileName, kind + ".yaml.tmpl"}, {"doc.go", "doc.go.tmpl"}, {d.Name + ".go", kind + ".go.tmpl"},
		{provocations, provocations + ".tmpl"},
	} {
		var text bytes.Buffer
		if err := parsed.ExecuteTemplate(&text, file.template, in); err != nil {
			return nil, err
		}
		path, data := filepath.Join(d.Dir, file.name), text.Bytes()
		if filepath.Ext(path) == ".go" {
			formatted, err := format.Source(data) // sorts the imports
			if err != nil {
				return nil, err
			}
			data = formatted
		}
		if err := os.WriteFile(path, data, 0o644); err != nil { //nolint:gosec // source code is for everybody to read
			return nil, err
		}
		paths = append(paths, path)
	}
	changes, err := sqlgen.Plan(d.Dir)
	if err != nil {
		return nil, err
	}
	for _, change := range changes {
		paths = append(paths, change.Path)
	}
	return paths, sqlgen.Apply(changes)
}
