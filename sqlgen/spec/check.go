package spec

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/internal/strictyaml"
)

// MaxOverrides is how many statements a dialect may replace. More means the
// model lacks a capability that the description should name instead.
const MaxOverrides = 5

// MaxNotProvoked is how many rows of its table of errors a dialect may leave
// untried. More means that the table is what somebody read, not what was seen.
const MaxNotProvoked = 5

// Outcomes lists what an error row may ask the engine to do.
func Outcomes() []string {
	return values(
		engine.RetryStatement.String(), engine.ReplayTransaction.String(),
		engine.NextCandidate.String(), engine.Tell.String(),
	)
}

// checkFile reports what is wrong within one file, whatever it extends. Values
// that are not in the file (or were refused) have no place, and are not judged.
func (d *decoder) checkFile(dialect *Dialect, l Loader) {
	if _, parsed := d.Given[""]; !parsed {
		return
	}
	if at, ok := d.At["version"]; ok && dialect.Version != Version {
		// Another version's keys are not wrong, only unknown here.
		d.Errs = nil
		d.Errorf(at, "version %d is unknown; this durogen reads version %d", dialect.Version, Version)
		return
	}
	for _, key := range []string{"version", "name", "package"} {
		if _, ok := d.Given[key]; !ok {
			d.Errorf(strictyaml.Top, "the description lacks %s; an heir has its own, too", key)
		}
	}
	if at, ok := d.At["package"]; ok && !IsPackageName(dialect.Package) {
		d.Errorf(at, "package %q is not a Go package name: lower-case letters and digits, no keyword", dialect.Package)
	}
	d.checkTables(dialect, l.Tables)
	d.checkErrors(dialect.Errors)
	d.checkOverrides(dialect.Overrides, l.Statements)
}

func (d *decoder) checkTables(dialect *Dialect, known []string) {
	if known == nil {
		return
	}
	for table := range dialect.TableOptions {
		if at, ok := d.At["table_options."+table]; ok && table != "*" && !slices.Contains(known, table) {
			d.Errorf(at, "the model has no table %q%s", table, strictyaml.DidYouMean(table, known))
		}
	}
}

func (d *decoder) checkErrors(rows []ErrorRow) {
	first := map[string]strictyaml.Span{}
	for i, row := range rows {
		path := fmt.Sprintf("errors[%d]", i)
		for j, code := range row.Codes {
			at, ok := d.At[fmt.Sprintf("%s.codes[%d]", path, j)]
			if !ok {
				continue
			}
			if before, dup := first[code]; dup {
				d.Errorf(at, "code %q is classified already, in line %d", code, before.Line)
				continue
			}
			first[code] = at
		}
		if at, ok := d.At[path+".outcome"]; ok && !slices.Contains(Outcomes(), row.Outcome) {
			d.Errorf(at, "unknown outcome %q%s", row.Outcome, strictyaml.DidYouMean(row.Outcome, Outcomes()))
		}
		if at, ok := d.At[path+".code"]; ok {
			if _, known := core.ParseCode(row.Code); !known {
				d.Errorf(at, "unknown code %q%s", row.Code, strictyaml.DidYouMean(row.Code, codeNames()))
			}
		}
	}
}

func (d *decoder) checkOverrides(overrides []Override, known []string) {
	for i, o := range overrides {
		at, ok := d.At[fmt.Sprintf("overrides[%d].statement", i)]
		if !ok {
			continue
		}
		if known != nil && !slices.Contains(known, o.Statement) {
			d.Errorf(at, "the model has no statement %q%s", o.Statement, strictyaml.DidYouMean(o.Statement, known))
		}
		if first, dup := d.overrides[o.Statement]; dup {
			d.Errorf(at, "statement %q is overridden already, in line %d", o.Statement, first.Line)
		}
		d.overrides[o.Statement] = at
	}
}

// checkWhole reports what only the merged description shows.
func (d *decoder) checkWhole(dialect *Dialect) {
	if n := len(dialect.Overrides); n > MaxOverrides {
		d.Errorf(d.At["overrides"], "%d statements are overridden; at most %d may be", n, MaxOverrides)
	}
	n := 0
	for _, row := range dialect.Errors {
		if row.NotProvoked != "" {
			n++
		}
	}
	if n > MaxNotProvoked {
		d.Errorf(d.At["errors"], "%d rows of errors are not provoked; at most %d may be", n, MaxNotProvoked)
	}
}

func codeNames() []string {
	var out []string
	for _, c := range core.Codes() {
		out = append(out, c.String())
	}
	return out
}

// IsPackageName reports whether a name can be that of a Go package, and a dialect's.
func IsPackageName(s string) bool {
	return token.IsIdentifier(s) && s == strings.ToLower(s) && !strings.Contains(s, "_")
}
