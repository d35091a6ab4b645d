package config

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/durokit/duro/internal/strictyaml"
)

const document = "../docs/configuration.md"

func readDocument(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The file that the document shows is one.
func TestTheDocumentedFileIsRight(t *testing.T) {
	t.Parallel()
	m := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindStringSubmatch(readDocument(t))
	if m == nil {
		t.Fatal("no file is shown")
	}
	parse(t, m[1])
}

func TestEveryKeyIsDocumented(t *testing.T) {
	t.Parallel()
	text := readDocument(t)
	for _, typ := range []reflect.Type{
		reflect.TypeFor[File](), reflect.TypeFor[Backend](), reflect.TypeFor[Plugin](), reflect.TypeFor[TLS](),
	} {
		for _, field := range strictyaml.FieldsOf(typ) {
			if !strings.Contains(text, "`"+field.Key+"`") && !strings.Contains(text, "\n"+field.Key+":") {
				t.Errorf("%s does not speak of %s", document, field.Key)
			}
		}
	}
	for _, name := range []string{EnvBackend, EnvConfig, EnvPluginDir} {
		if !strings.Contains(text, "`"+name+"`") {
			t.Errorf("%s does not speak of %s", document, name)
		}
	}
}

// The document's table of short forms is true.
func TestTheDocumentedURLs(t *testing.T) {
	t.Parallel()
	rows := regexp.MustCompile("(?m)^\\| `([^`]+:[^`]*)` \\| `(\\{[^`]+\\})`(.*) \\|$").FindAllStringSubmatch(readDocument(t), -1)
	if len(rows) != 4 {
		t.Fatalf("found %d rows", len(rows))
	}
	for _, row := range rows {
		f := parse(t, "version: 1\nbackends:\n  long: "+row[2]+"\nplugins:\n  acme: {}\n  remote: {address: 'unix:/run/x.sock'}\n")
		want, err := f.Target("long", plugins)
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.Target(row[1], plugins)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-documented +got):\n%s", row[1], diff)
		}
	}
}
