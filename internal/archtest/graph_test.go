package archtest

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// root is the module's folder, seen from this package's.
const root = "../.."

// module is the module's path.
const module = "github.com/durokit/duro"

// pkg is what `go list -json` says about a package.
type pkg struct {
	ImportPath string
	Name       string // empty for one that is imported and does not exist
	Doc        string
	Standard   bool
	Imports    []string
}

// graph is the module's packages and everything they depend on.
type graph map[string]pkg

// loadGraph asks the go command. Packages that do not build are in the graph with
// what is known about them: whether they build is the compiler's business.
func loadGraph(t *testing.T) graph {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-deps", "-json=ImportPath,Name,Doc,Standard,Imports", "./...")
	cmd.Dir = root
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	err = cmd.Start()
	if err != nil {
		t.Fatal(err)
	}
	g := graph{}
	for decoder := json.NewDecoder(out); ; {
		var p pkg
		err = decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		g[p.ImportPath] = p
	}
	err = cmd.Wait()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, stderr.String())
	}
	return g
}

// ours returns the path relative to the module, for the module's own packages.
func ours(path string) (string, bool) {
	if path == module {
		return "", true
	}
	return strings.CutPrefix(path, module+"/")
}

// chain returns a shortest way of imports from a package to one that wanted
// accepts, both included, or nil.
func (g graph) chain(from string, wanted func(path string) bool) []string {
	cameFrom := map[string]string{from: ""}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		path := queue[0]
		if wanted(path) {
			var way []string
			for ; path != ""; path = cameFrom[path] {
				way = append([]string{path}, way...)
			}
			return way
		}
		for _, next := range g[path].Imports {
			if _, seen := cameFrom[next]; !seen {
				cameFrom[next] = path
				queue = append(queue, next)
			}
		}
	}
	return nil
}

// under reports whether a path is the parent or lies below it.
func under(path, parent string) bool {
	return path == parent || strings.HasPrefix(path, parent+"/")
}

// matches reports whether a path relative to the module matches a rule's pattern.
func matches(pattern, path string) bool {
	if pattern == "..." {
		return true
	}
	if parent, tree := strings.CutSuffix(pattern, "/..."); tree {
		return under(path, parent)
	}
	return path == pattern
}
