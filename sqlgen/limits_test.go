package sqlgen

import (
	"bytes"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/durokit/duro/sqlgen/emit"
	"github.com/durokit/duro/sqlgen/spec"
)

// What a database costs in hand-written lines. A backend that needs more shows
// that the model lacks a capability, which then belongs into the model.
const (
	maxDescription = 150
	maxSibling     = 30
	maxGo          = 100
)

func TestABackendIsSmall(t *testing.T) {
	descriptions, err := filepath.Glob("../backends/*/" + spec.FileName)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range descriptions {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		most := maxDescription
		if regexp.MustCompile(`(?m)^extends:`).Match(data) {
			most = maxSibling
		}
		if n := lines(data); n > most {
			t.Errorf("%s has %d lines, at most %d are allowed", path, n, most)
		}
		if dir := filepath.Dir(path); handWritten(t, dir) > maxGo {
			t.Errorf("%s has %d lines of hand-written Go, at most %d are allowed", dir, handWritten(t, dir), maxGo)
		}
	}
}

// handWritten counts the lines of a package that are neither generated nor tests.
func handWritten(t *testing.T, dir string) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(path, "_test.go") && !emit.IsGenerated(data) {
			sum += lines(data)
		}
	}
	return sum
}

func lines(data []byte) int { return bytes.Count(data, []byte("\n")) }

// The generator knows capabilities, no databases: a name in its code would be a
// special case that a description cannot reach. Comments may name them.
func TestNoDatabaseIsNamed(t *testing.T) {
	name := regexp.MustCompile(`(?i)postgres|mysql|mariadb|sqlite`)
	for _, root := range []string{".", "../cmd/durogen"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && entry.Name() == "testdata":
				return fs.SkipDir
			case filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			src, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			fset := token.NewFileSet()
			file := fset.AddFile(path, -1, len(src))
			var s scanner.Scanner
			s.Init(file, src, nil, 0) // without ScanComments, comments are left out
			for {
				pos, tok, text := s.Scan()
				if tok == token.EOF {
					return nil
				}
				if name.MatchString(text) {
					t.Errorf("%s: %s names a database", fset.Position(pos), text)
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
