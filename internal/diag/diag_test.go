package diag

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPrint(t *testing.T) {
	list := []Diagnostic{
		{File: "a,b/dialect.yaml", Line: 3, Column: 7, Message: `<"x"> is 100% wrong`, Detail: "3 | x\n"},
		{File: "c.go", Message: "missing"},
	}
	for format, want := range map[Format]string{
		Text: `a,b/dialect.yaml:3:7: <"x"> is 100% wrong
3 | x
c.go: missing
`,
		JSON: `{"file":"a,b/dialect.yaml","line":3,"column":7,"message":"<\"x\"> is 100% wrong","detail":"3 | x\n"}
{"file":"c.go","message":"missing"}
`,
		GitHub: `::error file=a%2Cb/dialect.yaml,line=3,col=7::<"x"> is 100%25 wrong
::error file=c.go::missing
`,
	} {
		var b strings.Builder
		if err := format.Print(&b, list); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, b.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
}

func TestAnErrorSaysEverything(t *testing.T) {
	err := Error{{File: "a", Line: 1, Column: 2, Message: "one"}, {File: "b", Message: "two"}}
	if got, want := err.Error(), "a:1:2: one\nb: two"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
