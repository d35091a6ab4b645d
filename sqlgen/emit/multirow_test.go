package emit

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/durokit/duro/core/engine"
)

func TestMultiRowIsFound(t *testing.T) {
	s := engine.Statement{Scalars: []string{"now"}, Forms: spelled(extend, 16, 4, 1)}
	got, ok := multiRow(s)
	if diff := cmp.Diff(extend, got); !ok || diff != "" {
		t.Errorf("found %t (-want +got):\n%s", ok, diff)
	}
}

// Forms that one text does not give exactly are written one by one.
func TestMultiRowIsNotGuessed(t *testing.T) {
	for name, change := range map[string]func([]engine.Form) []engine.Form{
		"one form":             func(f []engine.Form) []engine.Form { return f[:1] },
		"no form for one row":  func(f []engine.Form) []engine.Form { return f[:2] },
		"another text":         func(f []engine.Form) []engine.Form { f[0].SQL += " "; return f },
		"other arguments":      func(f []engine.Form) []engine.Form { f[0].Args[0]++; return f },
		"another pack":         func(f []engine.Form) []engine.Form { f[1].Pack = engine.PackJSON; return f },
		"all forms alike":      func(f []engine.Form) []engine.Form { f[0].SQL, f[1].SQL = f[2].SQL, f[2].SQL; return f },
		"only more lines left": func(f []engine.Form) []engine.Form { f[2].SQL = ""; return f },
	} {
		forms := change(spelled(extend, 16, 4, 1))
		if got, ok := multiRow(engine.Statement{Scalars: []string{"now"}, Forms: forms}); ok {
			t.Errorf("%s: found %+v", name, got)
		}
	}
}
