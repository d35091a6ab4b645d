package sqlstore

import (
	"cmp"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
)

// schemaName is what needs no quoting in any database, as prefixes do not.
var schemaName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)

// qualified returns the store's dialect, its table names with the schema before them.
func (s Store) qualified() (engine.Dialect, error) {
	d := s.Dialect
	if s.Schema == "" {
		return d, nil
	}
	if !schemaName.MatchString(s.Schema) {
		return d, core.Errorf("Open", core.ErrInvalidArgument,
			"the schema is %q; use at most 63 of a-z, 0-9 and _, and no digit at the beginning", s.Schema)
	}
	quote := s.quote()
	qualify := strings.NewReplacer(quote+engine.PrefixMark, quote+s.inSchema(engine.PrefixMark)).Replace
	for _, field := range reflect.ValueOf(&d.Statements).Elem().Fields() {
		if st, ok := reflect.TypeAssert[*engine.Statement](field.Addr()); ok {
			st.Forms = slices.Clone(st.Forms)
			for i := range st.Forms {
				st.Forms[i].SQL = qualify(st.Forms[i].SQL)
			}
		}
	}
	d.Migrations = slices.Clone(d.Migrations)
	for i := range d.Migrations {
		m := &d.Migrations[i]
		m.Up, m.Down = slices.Clone(m.Up), slices.Clone(m.Down)
		for _, list := range [][]string{m.Up, m.Down} {
			for j := range list {
				list[j] = qualify(list[j])
			}
		}
	}
	return d, nil
}

// inSchema puts the schema before a name that stands between quotes already.
func (s Store) inSchema(name string) string {
	if s.Schema == "" {
		return name
	}
	return s.Schema + s.quote() + "." + s.quote() + name
}

func (s Store) quote() string { return cmp.Or(s.Quote, `"`) }
