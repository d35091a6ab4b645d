// Command wrapgen writes the methods of a provider from the interfaces that they
// implement, so that one which the contract gains cannot be left out. It runs in
// the package's folder, which holds the template.
package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

// The template and the file that is written are in the folder of a package of this
// module, and contract is the folder of package core in it.
const (
	input    = "wrap.go.tmpl"
	output   = "wrap_gen.go"
	contract = "core"
)

func main() {
	source, err := generate(".")
	if err == nil {
		err = os.WriteFile(output, source, 0o644) //nolint:gosec // a source file is for everybody to read
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "wrapgen:", err)
		os.Exit(1)
	}
}

// generate returns the file for the package in a folder.
func generate(folder string) ([]byte, error) {
	root, err := module(folder)
	if err != nil {
		return nil, err
	}
	provider, err := methods(filepath.Join(root, contract, "provider.go"), "Provider")
	if err != nil {
		return nil, err
	}
	admin, err := methods(filepath.Join(root, contract, "admin.go"), "ProviderAdmin")
	if err != nil {
		return nil, err
	}
	file, err := template.ParseFiles(filepath.Join(folder, input))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = file.Execute(&b, []wrapper{{"provider", "Provider", provider}, {"admin", "ProviderAdmin", admin}})
	if err != nil {
		return nil, err
	}
	return format.Source(b.Bytes())
}

// module returns the folder of the module that a folder belongs to.
func module(folder string) (string, error) {
	at, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	for {
		_, err := os.Stat(filepath.Join(at, "go.mod"))
		if err == nil {
			return at, nil
		}
		above := filepath.Dir(at)
		if above == at {
			return "", fmt.Errorf("looking for the contract: %s is in no module: %w", folder, err)
		}
		at = above
	}
}

// wrapper is a type and the interface that it implements.
type wrapper struct {
	Type, Interface string
	Methods         []method
}

// method is one of an interface.
type method struct {
	Name string
	// Params are names with their types, Args the names, and Results types.
	Params, Args, Results string
	// Inputs are Args without the context, Has tells which there are, and Values are
	// the results besides the error.
	Inputs string
	Has    map[string]bool
	Values []string
	// Finds is set for methods that can find nothing: the last value is then a pointer,
	// or says whether there is one.
	Finds bool
	// Plain methods take nothing and cannot fail.
	Plain bool
	// Ends is set for the one that closes a provider.
	Ends bool
	// Waits is set for methods that wait for work.
	Waits bool
}

// methods returns those of an interface in the order in which a file declares them.
func methods(path, name string) ([]method, error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return nil, err
	}
	object := file.Scope.Lookup(name)
	if object == nil {
		return nil, fmt.Errorf("%s declares no %s", path, name)
	}
	var all []method
	for _, m := range object.Decl.(*ast.TypeSpec).Type.(*ast.InterfaceType).Methods.List {
		all = append(all, methodOf(m.Names[0].Name, m.Type.(*ast.FuncType)))
	}
	return all, nil
}

func methodOf(name string, f *ast.FuncType) method {
	_, results := list(f.Results)
	args, params := list(f.Params)
	has := map[string]bool{}
	for i, arg := range args {
		params[i] = arg + " " + params[i]
		has[arg] = true
	}
	values := results[:len(results)-1]
	return method{
		Name: name, Inputs: strings.Join(args[min(1, len(args)):], ", "), Has: has, Values: values,
		Finds:  len(values) > 0 && (len(values) == 2 || strings.HasPrefix(values[0], "*")),
		Params: strings.Join(params, ", "), Args: strings.Join(args, ", "), Results: strings.Join(results, ", "),
		Plain: len(params) == 0,
		Ends:  name == "Close",
		Waits: strings.HasPrefix(name, "Fetch"),
	}
}

// list returns the names of parameters or results, and the type of each.
func list(fields *ast.FieldList) (names, kinds []string) {
	for _, f := range fields.List {
		kind := qualified(f.Type)
		for _, n := range f.Names {
			names, kinds = append(names, n.Name), append(kinds, kind)
		}
		if f.Names == nil {
			kinds = append(kinds, kind)
		}
	}
	return names, kinds
}

// qualified writes a type of package core as another package does.
func qualified(e ast.Expr) string {
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.IsExported() {
			id.Name = "core." + id.Name
		}
		_, elsewhere := n.(*ast.SelectorExpr)
		return !elsewhere
	})
	return types.ExprString(e)
}
