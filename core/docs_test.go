package core

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"testing"
)

// sources parses the package's files; tests too when asked.
func sources(t *testing.T, tests bool) (*token.FileSet, []*ast.File) {
	t.Helper()
	names, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	set, files := token.NewFileSet(), []*ast.File(nil)
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") && !tests {
			continue
		}
		f, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return set, files
}

// Provider authors in any language read this package as the contract, so every
// exported name says what it means.
func TestEveryExportedNameIsDocumented(t *testing.T) {
	set, files := sources(t, false)
	for _, f := range files {
		for _, decl := range f.Decls {
			for _, name := range undocumented(decl) {
				t.Errorf("%s: %s has no doc comment", set.Position(name.Pos()), name.Name)
			}
		}
	}
}

func undocumented(decl ast.Decl) (names []*ast.Ident) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d.Recv) {
			names = append(names, d.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			names = append(names, undocumentedSpec(spec, d.Doc)...)
		}
	}
	return names
}

// undocumentedSpec lets the comment of a group stand for its constants.
func undocumentedSpec(spec ast.Spec, group *ast.CommentGroup) (names []*ast.Ident) {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		if s.Name.IsExported() && s.Doc == nil && group == nil {
			names = append(names, s.Name)
		}
		if i, ok := s.Type.(*ast.InterfaceType); ok {
			names = append(names, undocumentedMethods(i)...)
		}
	case *ast.ValueSpec:
		for _, name := range s.Names {
			if name.IsExported() && s.Doc == nil && s.Comment == nil && group == nil {
				names = append(names, name)
			}
		}
	}
	return names
}

func undocumentedMethods(i *ast.InterfaceType) (names []*ast.Ident) {
	for _, m := range i.Methods.List {
		for _, name := range m.Names {
			if name.IsExported() && m.Doc == nil && m.Comment == nil {
				names = append(names, name)
			}
		}
	}
	return names
}

// exportedReceiver reports whether a function is visible: it is no method, or
// one of an exported type.
func exportedReceiver(recv *ast.FieldList) bool {
	if recv == nil {
		return true
	}
	t := recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	id, ok := t.(*ast.Ident)
	return ok && id.IsExported()
}

// The contract must stay importable by anybody, at no cost: core imports the
// standard library only, its tests included.
func TestStandardLibraryOnly(t *testing.T) {
	set, files := sources(t, true)
	for _, f := range files {
		for _, i := range f.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			if err != nil || strings.Contains(strings.Split(path, "/")[0], ".") {
				t.Errorf("%s: imports %s", set.Position(i.Pos()), path)
			}
		}
	}
}
