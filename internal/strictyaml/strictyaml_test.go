package strictyaml

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type shape struct {
	Name  string         `yaml:"name"`
	Color color          `yaml:"color,omitempty"`
	Size  size           `yaml:"size,omitempty"`
	Inner *inner         `yaml:"inner,omitempty"`
	Free  map[string]any `yaml:"free,omitempty"`
	List  []inner        `yaml:"list,omitempty"`
	other int
}

type inner struct {
	N  int  `yaml:"n"`
	On bool `yaml:"on,omitempty"`
}

type color string

func (color) Values() []string { return []string{"red", "green"} }

type size int

func (s *size) UnmarshalText(text []byte) error {
	if string(text) != "big" {
		return errors.New("only big is a size")
	}
	*s = 9
	return nil
}

func TestDecode(t *testing.T) {
	t.Parallel()
	got := shape{other: 1, List: []inner{{N: 7}}}
	f := Form{What: "shape"}.Decode("a.yaml", []byte(`
name: x
color: red
size: big
inner: {}
free: {s: text, i: 5, n: -5, f: 1.5, b: true, l: [1, a], m: {k: v}}
`), &got)
	if len(f.Errs) > 0 {
		t.Fatal(f.Errs)
	}
	want := shape{
		Name: "x", Color: "red", Size: 9, Inner: &inner{}, List: []inner{{N: 7}}, other: 1,
		Free: map[string]any{
			"s": "text", "i": uint64(5), "n": int64(-5), "f": 1.5, "b": true, "l": []any{uint64(1), "a"}, "m": map[string]any{"k": "v"},
		},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(shape{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, want := f.At["free.l[1]"], (Span{6, 54, 1}); got != want {
		t.Errorf("a value stands at %v, want %v", got, want)
	}
}

const wrong = `naem: secret
name: 5
color: gren
size: small
inner: {n: x, on: 1, n: 2}
free: {a: null}
list: [{on: true}]
`

func TestEverythingWrongIsToldAtOnce(t *testing.T) {
	t.Parallel()
	var got shape
	f := Form{What: "shape"}.Decode("a.yaml", []byte(wrong), &got)
	want := `a.yaml:1:1: unknown key "naem"; did you mean "name"?
    1 | naem: secret
      | ^^^^
a.yaml:2:7: name must be a string, not a number; quote it: "5"
    2 | name: 5
      |       ^
a.yaml:3:8: unknown value "gren" of color; did you mean "green"?
    3 | color: gren
      |        ^^^^
a.yaml:4:7: size: only big is a size
    4 | size: small
      |       ^^^^^
a.yaml:5:12: inner.n must be a number, not a string
    5 | inner: {n: x, on: 1, n: 2}
      |            ^
a.yaml:5:19: inner.on must be true or false, not a number
    5 | inner: {n: x, on: 1, n: 2}
      |                   ^
a.yaml:5:22: duplicate key "n"; it stands in line 5 already
    5 | inner: {n: x, on: 1, n: 2}
      |                      ^
a.yaml:6:11: free.a must be a string, a number, true or false, a list or a mapping, not nothing
    6 | free: {a: null}
      |           ^^^^
a.yaml:7:8: list[0] lacks n
    7 | list: [{on: true}]
      |        ^`
	if diff := cmp.Diff(want, f.Errs.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestADiscreetFormShowsKeysAndNoValues(t *testing.T) {
	t.Parallel()
	form := Form{What: "shape", Discreet: true}
	for text, words := range map[string]string{
		"naem: secret\n":                   `a.yaml:1:1: unknown key "naem"; did you mean "name"?`,
		"name: 5\n":                        "a.yaml:1:7: name must be a string, not a number; quote it",
		"{x://u:secret@h: 1, name: secret": "not YAML",
		"'x://u:secret@h': 1\n":            "a.yaml:1:1: unknown key; known are",
		"name: \"secret\n":                 "not YAML",
		"free: &secret {a: 1}\n":           "anchors, aliases and tags are not used here",
	} {
		var got shape
		err := form.Decode("a.yaml", []byte(text), &got).Errs.Error()
		if !strings.Contains(err, words) || strings.Contains(err, "secret") || strings.Contains(err, " | ") {
			t.Errorf("%q: %s; want %q", text, err, words)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		"bakcend": `; did you mean "backend"?`, "BACKEND": `; did you mean "backend"?`, "zzzzzz": "; known are backend, plugin",
	} {
		if hint := DidYouMean(got, []string{"plugin", "backend"}); hint != want {
			t.Errorf("%s: %q, want %q", got, hint, want)
		}
	}
}
