package docscheck

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// root is the project's folder, seen from this package's.
const root = "../.."

func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	for _, path := range documents(t) {
		for _, target := range links(read(t, path)) {
			err := follow(path, target)
			if err != nil {
				t.Errorf("%s links to %s: %v", path, target, err)
			}
		}
	}
}

func TestCommandsThatReadersAreToldToTypeExist(t *testing.T) {
	t.Parallel()
	targets := makeTargets(read(t, filepath.Join(root, "Makefile")))
	for _, path := range documents(t) {
		for _, command := range commands(read(t, path)) {
			err := command.check(targets)
			if err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
}

func TestTheHelpNamesTheTargets(t *testing.T) {
	t.Parallel()
	want := []string{
		"demo", "test", "test/race", "test/full", "test/matrix", "lint", "generate", "verify", "plugins", "conformance", "bench", "fuzz",
	}
	var got []string
	for _, m := range described.FindAllStringSubmatch(read(t, filepath.Join(root, "Makefile")), -1) {
		got = append(got, m[1])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("targets with a description (-want +got):\n%s", diff)
	}
}

// documents returns the project's Markdown files.
func documents(t *testing.T) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata"):
			return fs.SkipDir
		case !entry.IsDir() && strings.HasSuffix(path, ".md"):
			found = append(found, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

var (
	fence      = regexp.MustCompile("(?s)```[^`\n]*\n.*?\n *```")
	inlineCode = regexp.MustCompile("`[^`\n]*`")
	link       = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	heading    = regexp.MustCompile(`(?m)^#+ +(.+?) *$`)
	notInSlug  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	makeName   = regexp.MustCompile(`(?m)^([a-zA-Z][\w/-]*):`)
	described  = regexp.MustCompile(`(?m)^([a-zA-Z][\w/-]*):.*## `)
	// typed matches a command at the beginning of a line or of a piece of code.
	typed = regexp.MustCompile("(?m)^[$` ]*(?:\\w+=\\S+ +)*" +
		`(?:make ([a-z][\w/-]*)|go (?:run|test|build|install|vet)(?: -\S+)* \./([\w/.-]*))`)
)

// links returns where a document's links lead, code aside.
func links(text string) []string {
	text = inlineCode.ReplaceAllString(fence.ReplaceAllString(text, ""), "")
	var targets []string
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		targets = append(targets, m[1])
	}
	return targets
}

// follow looks whether a relative link's file, and the heading in it, exist. What
// lies outside the project is not looked at: a check must not need a network.
func follow(from, target string) error {
	if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
		return nil
	}
	file, anchor, hasAnchor := strings.Cut(target, "#")
	path := from
	if file != "" {
		path = filepath.Join(filepath.Dir(from), file)
	}
	inside, err := filepath.Rel(root, path)
	if err != nil || strings.HasPrefix(inside, "..") {
		return errors.New("leads out of the project")
	}
	info, err := os.Stat(path)
	if err != nil || info.IsDir() || !hasAnchor || !strings.HasSuffix(path, ".md") {
		return err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !slices.Contains(anchors(string(content)), anchor) {
		return fmt.Errorf("no heading makes the anchor #%s", anchor)
	}
	return nil
}

// anchors returns the anchors that a document's headings make, by the common rule:
// lower case, punctuation dropped, a hyphen for each space, a number for a twin.
func anchors(text string) []string {
	var made []string
	times := map[string]int{}
	for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		slug := strings.ReplaceAll(notInSlug.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")
		if n := times[slug]; n > 0 {
			made = append(made, fmt.Sprintf("%s-%d", slug, n))
		} else {
			made = append(made, slug)
		}
		times[slug]++
	}
	return made
}

// command is a command that a document tells its reader to type: a target for
// make, or a folder for the go command.
type command struct{ target, folder string }

// commands returns the commands in a document's code.
func commands(text string) []command {
	var found []command
	code := append(fence.FindAllString(text, -1), inlineCode.FindAllString(fence.ReplaceAllString(text, ""), -1)...)
	for _, piece := range code {
		for _, m := range typed.FindAllStringSubmatch(piece, -1) {
			found = append(found, command{m[1], m[2]})
		}
	}
	return found
}

func (c command) check(targets []string) error {
	if c.target != "" && !slices.Contains(targets, c.target) {
		return fmt.Errorf("`make %s` is no target", c.target)
	}
	folder := strings.TrimSuffix(strings.TrimSuffix(c.folder, "..."), "/")
	_, err := os.Stat(filepath.Join(root, folder))
	return err
}

func makeTargets(makefile string) []string {
	var targets []string
	for _, m := range makeName.FindAllStringSubmatch(makefile, -1) {
		targets = append(targets, m[1])
	}
	return targets
}
