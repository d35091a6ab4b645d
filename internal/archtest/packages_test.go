package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	g := loadGraph(t)
	for _, path := range slices.Sorted(maps.Keys(g)) {
		relative, isOurs := ours(path)
		if isOurs && g[path].Name != "" && g[path].Doc == "" {
			t.Errorf("%s has no package comment", name(relative))
		}
	}
}

// databaseName matches the names of databases and of their drivers.
var databaseName = regexp.MustCompile(`(?i)postgres|mysql|mariadb|sqlite|pgx`)

func TestTheCoreAndTheGeneratorNameNoDatabase(t *testing.T) {
	t.Parallel()
	for _, free := range databaseFree {
		walkSources(t, filepath.Join(root, free.tree), func(path string, source []byte) {
			names, err := databaseNames(path, source)
			if err != nil {
				t.Error(err)
			}
			for _, found := range names {
				t.Errorf("%s: %s", found, free.because)
			}
		})
	}
}

func TestTheReferenceProviderStaysShort(t *testing.T) {
	t.Parallel()
	lines := 0
	walkSources(t, filepath.Join(root, short.tree), func(path string, source []byte) {
		if !slices.Contains(short.aside, filepath.Base(path)) {
			lines += linesOfCode(source)
		}
	})
	if lines == 0 || lines > short.lines {
		t.Errorf("%s has %d lines besides %v, want 1 to %d: %s", short.tree, lines, short.aside, short.lines, short.because)
	}
}

// linesOfCode counts the lines that are neither blank nor comments.
func linesOfCode(source []byte) (n int) {
	for line := range strings.Lines(string(source)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			n++
		}
	}
	return n
}

// walkSources visits a tree's Go files, tests aside. A tree that does not exist
// has none.
func walkSources(t *testing.T, tree string, visit func(path string, source []byte)) {
	t.Helper()
	err := filepath.WalkDir(tree, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case os.IsNotExist(err):
			return nil
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == "testdata":
			return fs.SkipDir
		case entry.IsDir(), !strings.HasSuffix(path, ".go"), strings.HasSuffix(path, "_test.go"):
			return nil
		}
		source, err := os.ReadFile(path)
		if err == nil {
			visit(path, source)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// databaseNames returns the identifiers and literals of a Go file that name a
// database, with their places.
func databaseNames(path string, source []byte) ([]string, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		var text string
		switch n := n.(type) {
		case *ast.Ident:
			text = n.Name
		case *ast.BasicLit:
			text = n.Value
		}
		if databaseName.MatchString(text) {
			found = append(found, fmt.Sprintf("%s names a database: %s", files.Position(n.Pos()), text))
		}
		return true
	})
	return found, nil
}

func TestNamesOfDatabasesAreSeenOutsideComments(t *testing.T) {
	t.Parallel()
	const source = `package p

import "modernc.org/sqlite"

// MySQL may be named here.
var isPostgres, other = true, "MariaDB 10" // and SQLite here
`
	want := []string{
		`p.go:3:8 names a database: "modernc.org/sqlite"`,
		`p.go:6:5 names a database: isPostgres`,
		`p.go:6:31 names a database: "MariaDB 10"`,
	}
	got, err := databaseNames("p.go", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
