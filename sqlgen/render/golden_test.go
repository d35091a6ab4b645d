package render_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/durokit/duro/sqlgen/model"
)

var update = flag.Bool("update", false, "write the golden files")

// goldenRows is the largest multi-row form in golden files; the others repeat.
const goldenRows = 4

func TestGolden(t *testing.T) {
	t.Parallel()
	for _, d := range dialects {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join("testdata", d.name+".golden.sql")
			if !d.verified {
				path = filepath.Join("testdata", d.name+".unverified.golden.sql")
			}
			got := document(renderAll(t, d.name))
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs from what is rendered; look at it, then run go test ./sqlgen/render -update", path)
			}
		})
	}
}

// document writes all statements for people to read.
func document(r rendered) string {
	var b strings.Builder
	for _, s := range r.up {
		fmt.Fprintf(&b, "%s;\n", s)
	}
	for i, m := range model.Statements() {
		s := r.statements[i]
		fmt.Fprintf(&b, "\n-- %s %s\n", s.Name, m.Purpose)
		if len(s.Forms) == 0 {
			b.WriteString("-- (nothing to do)\n")
		}
		for _, f := range s.Forms {
			fmt.Fprintf(&b, "-- inputs: %s\n", inputs(s.Scalars, m.Columns))
			if f.Rows > goldenRows {
				fmt.Fprintf(&b, "-- the same for %d rows\n", f.Rows)
				continue
			}
			if f.Args != nil {
				fmt.Fprintf(&b, "-- args: %v\n", f.Args)
			}
			fmt.Fprintf(&b, "%s;\n", f.SQL)
		}
	}
	return b.String()
}

func inputs(scalars []string, columns []model.Input) string {
	text := strings.Join(scalars, ", ")
	if len(columns) == 0 {
		return text
	}
	var names []string
	for _, c := range columns {
		names = append(names, c.Name)
	}
	return text + " | " + strings.Join(names, ", ")
}
