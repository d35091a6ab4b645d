package docscheck

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAProviderComesOfTheGuide follows docs/provider-authors.md: it writes the
// files into an empty folder, types the commands, and compares what they print.
func TestAProviderComesOfTheGuide(t *testing.T) {
	t.Parallel()
	takeSteps(t, "docs/provider-authors.md")
}

// TestThePathOfTheREADMEWorks brings a plugin as the README says.
func TestThePathOfTheREADMEWorks(t *testing.T) {
	t.Parallel()
	takeSteps(t, "README.md")
}

// takeSteps takes all steps of a guide in an empty folder.
func takeSteps(t *testing.T, guide string) {
	t.Helper()
	dir := t.TempDir()
	done := steps(read(t, filepath.Join(root, guide)))
	if len(done) == 0 {
		t.Fatal("the guide has no steps")
	}
	download := exec.CommandContext(t.Context(), "go", "mod", "download")
	download.Dir = root
	if out, err := download.CombinedOutput(); err != nil {
		t.Fatalf("download what this repository needs: %v\n%s", err, out)
	}
	for _, s := range done {
		if err := s.follow(t, dir); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// step is one thing that a guide has its reader do: a file to write, or a command
// to type that prints something.
type step struct{ file, command, text string }

func (s step) String() string {
	if s.file != "" {
		return "write " + s.file
	}
	return "$ " + s.command
}

var (
	// block is a piece of code with the line of prose before it. Prose that ends in
	// a name in code and a colon says which file follows.
	block    = regexp.MustCompile("(?m)^(.*)\n\n```(go|yaml|console)\n((?:.*\n)*?)```$")
	fileName = regexp.MustCompile("`([\\w/.]+\\.(?:go|yaml))`[^`]*:$")
)

// steps returns what a guide has its reader do, in order.
func steps(guide string) []step {
	var all []step
	for _, m := range block.FindAllStringSubmatch(guide, -1) {
		if m[2] == "console" {
			all = append(all, typedCommands(m[3])...)
		} else if name := fileName.FindStringSubmatch(m[1]); name != nil {
			all = append(all, step{file: name[1], text: m[3]})
		}
	}
	return all
}

// typedCommands are the lines that begin with a prompt, each with the lines below.
func typedCommands(console string) []step {
	var all []step
	for line := range strings.Lines(console) {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			all = append(all, step{command: strings.TrimSpace(command)})
		} else if len(all) > 0 {
			all[len(all)-1].text += line
		}
	}
	return all
}

func (s step) follow(t *testing.T, dir string) error {
	t.Helper()
	if s.file != "" {
		return os.WriteFile(filepath.Join(dir, s.file), []byte(s.text), 0o600)
	}
	clone, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	command := strings.ReplaceAll(s.command, "../duro", clone)
	if os.Getenv("DURO_TEST_FULL") != "" {
		command = strings.ReplaceAll(command, " -short", "")
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
	cmd.Dir = dir
	// What this repository needs is there; a guide that needs more needs a network.
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOSUMDB=off", "GOFLAGS=")
	printed, err := cmd.CombinedOutput()
	if expected := strings.Contains(s.text, "FAIL"); expected != (err != nil) {
		return fmt.Errorf("ended with %w and printed:\n%s", err, printed)
	}
	if s.text != "" && !s.pattern().Match(printed) {
		return fmt.Errorf("printed:\n%s\nwant:\n%s", printed, s.text)
	}
	return nil
}

// pattern matches what the command should print. An ellipsis stands for the rest
// of a line or a part of it, and for any lines where it stands alone.
func (s step) pattern() *regexp.Regexp {
	var b strings.Builder
	for line := range strings.Lines(s.text) {
		if line == "…\n" {
			b.WriteString(`(?s:.*)`)
		} else {
			b.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*"))
		}
	}
	return regexp.MustCompile("^" + b.String())
}

func TestStepsAreFoundInAGuide(t *testing.T) {
	t.Parallel()
	const guide = "This is `a.go`:\n\n```go\npackage a\n```\n\nJust look:\n\n```go\nx := 1\n```\n\n" +
		"Type, after `b.go`:\n\n```console\n$ go build\n$ go test .\nok  a …\n…\nPASS\n```\n"
	want := []step{
		{file: "a.go", text: "package a\n"},
		{command: "go build"},
		{command: "go test .", text: "ok  a …\n…\nPASS\n"},
	}
	if diff := cmp.Diff(want, steps(guide), cmp.AllowUnexported(step{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatACommandPrintsIsCompared(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		command, expected string
		passes            bool
	}{
		{"echo a; echo b", "a\nb\n", true},
		{"echo a 1s; echo; echo c", "a …\n…\nc\n", true},
		{"echo a; echo b", "b\n", false},
		{"echo a; echo b", "a…\nc\n", false},
		{"echo a", "", true},
		{"exit 1", "", false},
		{"echo FAIL; exit 1", "FAIL\n", true},
		{"echo FAIL", "FAIL\n", false},
	} {
		err := step{command: c.command, text: c.expected}.follow(t, t.TempDir())
		if (err == nil) != c.passes {
			t.Errorf("%q against %q: %v", c.command, c.expected, err)
		}
	}
}
