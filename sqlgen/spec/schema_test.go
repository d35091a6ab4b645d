package spec

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	build "github.com/invopop/jsonschema"
	check "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/durokit/duro/internal/strictyaml"
)

var update = flag.Bool("update", false, "rewrite golden files")

const schemaFile = "dialect.schema.json"

// The schema that is shipped is the one the Go types give.
func TestSchemaIsWhatTheTypesSay(t *testing.T) {
	want := buildSchema(t)
	if *update {
		if err := os.WriteFile(schemaFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("run go test ./sqlgen/spec -run TestSchema -update (-want +got):\n%s", diff)
	}
}

// Every description of this repository is right by the schema too, so that an
// editor never marks what durogen accepts.
func TestSchemaAcceptsEveryDescription(t *testing.T) {
	compiled := compileSchema(t)
	paths, err := filepath.Glob("../../backends/*/" + FileName)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(paths, "testdata/base.yaml", "testdata/heir.yaml") {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := compiled.Validate(instance(t, data)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// What the loader refuses for its form the schema refuses too.
func TestSchemaRefusesWhatTheLoaderRefuses(t *testing.T) {
	compiled := compileSchema(t)
	base, err := os.ReadFile("testdata/base.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, edit := range [][2]string{
		{"version: 1", "version: 2"},
		{"name: base", "naem: base"},
		{"placeholders: question", "placeholders: questions"},
		{"  token: BLOB", "  token: 16"},
		{"  token: BLOB\n", ""},
		{"outcome: tell", "outcome: say"},
		{"code: conflict", "code: clash"},
		{"upsert: on_conflict\n", ""},
	} {
		changed := strings.Replace(string(base), edit[0], edit[1], 1)
		if changed == string(base) {
			t.Fatalf("base.yaml does not hold %q", edit[0])
		}
		if err := compiled.Validate(instance(t, []byte(changed))); err == nil {
			t.Errorf("the schema accepts %q in place of %q", edit[1], edit[0])
		}
		if _, err := load(t, map[string]string{"d.yaml": changed}, "d.yaml"); err == nil {
			t.Errorf("the loader accepts %q in place of %q", edit[1], edit[0])
		}
	}
}

// buildSchema reflects the schema. What an heir may leave to its ancestor is
// required only of a description that extends nothing.
func buildSchema(t *testing.T) []byte {
	t.Helper()
	r := &build.Reflector{FieldNameTag: "yaml", Mapper: func(typ reflect.Type) *build.Schema {
		if e, ok := reflect.TypeAssert[enum](reflect.Zero(typ)); ok {
			return &build.Schema{Type: "string", Enum: anys(e.Values())}
		}
		return nil
	}}
	if err := r.AddGoComments("github.com/durokit/duro/sqlgen/spec", "./"); err != nil {
		t.Fatal(err)
	}
	s := r.Reflect(&Dialect{})
	s.ID, s.Title = "", "A dialect.yaml of durogen"

	set := func(typ, key string, change func(*build.Schema)) {
		property, ok := s.Definitions[typ].Properties.Get(key)
		if !ok {
			t.Fatalf("%s has no key %s", typ, key)
		}
		change(property)
	}
	set("Dialect", "version", func(p *build.Schema) { p.Const = Version })
	set("Dialect", "overrides", func(p *build.Schema) { most := uint64(MaxOverrides); p.MaxItems = &most })
	set("ErrorRow", "outcome", func(p *build.Schema) { p.Enum = anys(Outcomes()) })
	set("ErrorRow", "code", func(p *build.Schema) { p.Enum = anys(codeNames()) })

	root := s.Definitions["Dialect"]
	whole := &build.Schema{Properties: build.NewProperties(), Required: root.Required}
	root.Required = []string{"version", "name", "package"}
	for _, f := range strictyaml.FieldsOf(reflect.TypeFor[Dialect]()) {
		section := reflect.TypeFor[Dialect]().Field(f.Index).Type
		if section.Kind() == reflect.Struct {
			definition := s.Definitions[section.Name()]
			whole.Properties.Set(f.Key, &build.Schema{Required: definition.Required})
			definition.Required = nil
		}
	}
	root.If, root.Else = &build.Schema{Required: []string{"extends"}}, whole

	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func anys(list []string) []any {
	return slices.Collect(func(yield func(any) bool) {
		for _, s := range list {
			if !yield(s) {
				return
			}
		}
	})
}

func compileSchema(t *testing.T) *check.Schema {
	t.Helper()
	doc, err := check.UnmarshalJSON(bytes.NewReader(buildSchema(t)))
	if err != nil {
		t.Fatal(err)
	}
	c := check.NewCompiler()
	if err := c.AddResource(schemaFile, doc); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile(schemaFile)
}

// instance turns YAML into the values a JSON schema speaks of.
func instance(t *testing.T, data []byte) any {
	t.Helper()
	text, err := yaml.YAMLToJSON(data)
	if err != nil {
		t.Fatal(err)
	}
	v, err := check.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}
