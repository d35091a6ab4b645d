package scaffold

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/durokit/duro/internal/othermodule"
	"github.com/durokit/duro/sqlgen"
	"github.com/durokit/duro/sqlgen/spec"
)

const backends = "../../backends"

// edit is what MariaDB's description has beyond what was written for it.
const edit = `
# MariaDB 10.6 or later, which has no LATERAL.
per_class: union
`

// MariaDB is what Write writes, one edit, and what generate makes of it.
func TestMariaDBIsASiblingWithOneEdit(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "mariadb")
	paths, err := Write(t.Context(), Dialect{Name: "mariadb", Dir: dir, Extends: backends + "/mysql"})
	if err != nil {
		t.Fatal(err)
	}
	description := filepath.Join(dir, spec.FileName)
	text, err := os.ReadFile(description)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(description, append(text, edit...), 0o600); err != nil {
		t.Fatal(err)
	}
	changes, err := sqlgen.Plan(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := sqlgen.Apply(changes); err != nil {
		t.Fatal(err)
	}
	got, want := folder(t, dir), folder(t, backends+"/mariadb")
	if got[provocations] == "" || want[provocations] == "" {
		t.Errorf("%s is missing", provocations)
	}
	got[provocations] = want[provocations] // its author's
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(paths) != len(want) {
		t.Errorf("%d files are named, of %d: %v", len(paths), len(want), paths)
	}
}

// elsewhere matches what depends on where a folder is: the way to another
// description, and with it the digest.
var elsewhere = regexp.MustCompile(`(?m)^extends: .*/(mysql/)|^const Digest = .*`)

func folder(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = elsewhere.ReplaceAllString(string(text), "$1")
	}
	return files
}

func TestWhatIsWrittenCompilesInAnotherModule(t *testing.T) {
	t.Parallel()
	dir := othermodule.New(t, "../..")
	for name, parent := range map[string]string{
		"fresh": "", "ofmysql": "mysql", "ofpostgres": "postgres", "ofsqlite": "sqlite", "ofmariadb": "mariadb",
	} {
		d := Dialect{Name: name, Dir: filepath.Join(dir, name)}
		if parent != "" {
			d.Extends = filepath.Join(backends, parent)
		}
		if _, err := Write(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "vet", "./...")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// The full description speaks of every key there is.
func TestTheFullDescriptionNamesEveryKey(t *testing.T) {
	t.Parallel()
	text, err := templates.ReadFile("template/dialect.yaml.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`yaml:"(\w+)`).FindAllStringSubmatch(source(t), -1) {
		key := m[1]
		if key != "extends" && !regexp.MustCompile(`(?m)^[# -]*`+key+`:`).Match(text) {
			t.Errorf("%s is not there", key)
		}
	}
}

func source(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../spec/dialect.go")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWhatCannotBeWrittenIsRefused(t *testing.T) {
	t.Parallel()
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "notes"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		Dialect
		want string
	}{
		"a name with a dash":   {Dialect{Name: "my-db", Dir: t.TempDir()}, "lower-case letters and digits"},
		"a keyword":            {Dialect{Name: "func", Dir: t.TempDir()}, "no keyword"},
		"a folder in use":      {Dialect{Name: "mine", Dir: full}, "--out"},
		"a parent that is not": {Dialect{Name: "mine", Dir: t.TempDir(), Extends: full}, "holds no dialect to extend"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			paths, err := Write(t.Context(), c.Dialect)
			if err == nil || !strings.Contains(err.Error(), c.want) || len(paths) > 0 {
				t.Errorf("want an error with %q, got %v, %v", c.want, paths, err)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(full, "notes")); err != nil {
		t.Errorf("what was there is gone: %v", err)
	}
}
