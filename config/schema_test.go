package config

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	build "github.com/invopop/jsonschema"
	check "github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "rewrite golden files")

const schemaFile = "duro.schema.json"

// The schema that is shipped is the one the Go types give.
func TestSchemaIsWhatTheTypesSay(t *testing.T) {
	t.Parallel()
	want := buildSchema(t)
	if *update {
		if err := os.WriteFile(schemaFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(want), string(Schema())); diff != "" {
		t.Errorf("run go test ./config -run TestSchema -update (-want +got):\n%s", diff)
	}
}

func TestSchemaNamesTheVariables(t *testing.T) {
	t.Parallel()
	for _, name := range []string{EnvBackend, EnvConfig, EnvPluginDir} {
		if !bytes.Contains(Schema(), []byte(name)) {
			t.Errorf("the schema does not name %s", name)
		}
	}
}

// Every configuration of this repository is right by the schema and by the parser.
func TestSchemaAcceptsTheExamples(t *testing.T) {
	t.Parallel()
	compiled := compileSchema(t)
	paths, err := filepath.Glob("../examples/config/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal("no examples", err)
	}
	for _, path := range append(paths, "testdata/full.yaml") {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := compiled.Validate(instance(t, data)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if _, err := Parse(path, data, inTree...); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// What the parser refuses for its form the schema refuses too.
func TestSchemaRefusesWhatTheParserRefuses(t *testing.T) {
	t.Parallel()
	compiled := compileSchema(t)
	full, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, edit := range [][2]string{
		{"version: 1", "version: 2"},
		{"version: 1\n", ""},
		{"plugin_dir:", "plugins_dir:"},
		{"kind: sqlite", "knid: sqlite"},
		{"kind: sqlite", "kind: sqlite\n    plugin: acme"},
		{"    kind: sqlite\n", ""},
		{"dsn: dev.db", "dsn: dev.db\n    dsn_env: PG_DSN"},
		{"    dsn: dev.db\n", ""},
		{"dsn: dev.db", "dsn: 5"},
		{"dsn: dev.db", `dsn: ""`},
		{"dsn_command: [pass, show, duro]", "dsn_command: []"},
		{"max_conns: 20", "max_conns: [20]"},
		{"address: unix:///run/acme.sock", "command: acme\n    address: unix:///run/acme.sock"},
		{"address: unix:///run/acme.sock", "address: unix:///run/acme.sock\n    args: [a]"},
		{"sha256: 0123", "sha256: O123"},
		{"unverified: true", "unverified: true, sha256: " + strings.Repeat("0", 64)},
		{"start_timeout: 10s", "start_timeout: soon"},
		{"token_file: acme.token", "token_file: acme.token\n    token: abc"},
		{"  acme:\n", "  Acme:\n"},
	} {
		changed := strings.Replace(string(full), edit[0], edit[1], 1)
		if changed == string(full) {
			t.Fatalf("full.yaml does not hold %q", edit[0])
		}
		if err := compiled.Validate(instance(t, []byte(changed))); err == nil {
			t.Errorf("the schema accepts %q in place of %q", edit[1], edit[0])
		}
		if _, err := Parse("duro.yaml", []byte(changed), inTree...); err == nil {
			t.Errorf("the parser accepts %q in place of %q", edit[1], edit[0])
		}
	}
}

// buildSchema reflects the schema, and adds which keys exclude each other.
func buildSchema(t *testing.T) []byte {
	t.Helper()
	r := &build.Reflector{FieldNameTag: "yaml", Mapper: func(typ reflect.Type) *build.Schema {
		if typ == reflect.TypeFor[Duration]() {
			return &build.Schema{Type: "string", Pattern: `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`}
		}
		return nil
	}}
	if err := r.AddGoComments("github.com/durokit/duro/config", "./"); err != nil {
		t.Fatal(err)
	}
	s := r.Reflect(&File{})
	s.ID, s.Title = "", "A duro.yaml"

	property := func(typ, key string) *build.Schema {
		p, ok := s.Definitions[typ].Properties.Get(key)
		if !ok {
			t.Fatalf("%s has no key %s", typ, key)
		}
		return p
	}
	property("File", "version").Const = Version
	property("File", "backends").PropertyNames = &build.Schema{Pattern: nameForm.String()}
	property("File", "plugins").PropertyNames = &build.Schema{Pattern: pluginForm.String()}
	property("Backend", "kind").Pattern = kindForm.String()
	property("Backend", "kind").Examples = []any{"sqlite", "postgres", "mysql", "mariadb"}
	property("Backend", "plugin").Pattern = pluginForm.String()
	property("Backend", "dsn_env").Pattern = variableForm.String()
	one := uint64(1)
	property("Backend", "dsn_command").MinItems = &one
	property("Plugin", "sha256").Pattern = `^\s*[0-9A-Fa-f]{64}(\s+\S+)?\s*$`
	property("Plugin", "address").Pattern = `^(unix|tcp):.+$`
	property("Plugin", "env").PropertyNames = &build.Schema{Pattern: variableForm.String()}
	for typ, keys := range map[string][]string{
		"File": {"backend", "plugin_dir"}, "Backend": {"dsn", "dsn_file"},
		"Plugin": {"command", "token", "token_file"},
	} {
		for _, key := range keys {
			property(typ, key).MinLength = &one
		}
	}

	backend := s.Definitions["Backend"]
	needsDSN := &build.Schema{Properties: build.NewProperties()}
	for _, key := range dsnKeys() {
		needsDSN.AnyOf = append(needsDSN.AnyOf, &build.Schema{Required: []string{key}})
	}
	single := &build.Schema{AdditionalProperties: &build.Schema{
		AnyOf: []*build.Schema{{Type: "string"}, {Type: "number"}, {Type: "boolean"}},
	}}
	needsDSN.Properties.Set("options", single)
	needsDSN.Required = []string{"kind"}
	backend.OneOf = []*build.Schema{needsDSN, {Required: []string{"plugin"}}}
	backend.AllOf = atMostOne(dsnKeys()...)

	plugin := s.Definitions["Plugin"]
	plugin.AllOf = append(atMostOne("command", "address"), atMostOne("token", "token_file")...)
	plugin.AllOf = append(plugin.AllOf, atMostOne("sha256", "unverified")...)
	plugin.AllOf = append(plugin.AllOf, notTogether([]string{"address"}, []string{"sha256", "unverified", "args", "env", "start_timeout"})...)
	plugin.DependentRequired = map[string][]string{"token": {"address"}, "token_file": {"address"}, "tls": {"address"}}
	s.Definitions["TLS"].DependentRequired = map[string][]string{"cert": {"key"}, "key": {"cert"}}

	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// atMostOne forbids each pair of the keys.
func atMostOne(keys ...string) (out []*build.Schema) {
	for i := range keys {
		out = append(out, notTogether(keys[i:i+1], keys[i+1:])...)
	}
	return out
}

func notTogether(a, b []string) (out []*build.Schema) {
	for _, x := range a {
		for _, y := range b {
			out = append(out, &build.Schema{Not: &build.Schema{Required: []string{x, y}}})
		}
	}
	return out
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
