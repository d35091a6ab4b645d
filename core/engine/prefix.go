package engine

import (
	"reflect"
	"slices"
	"strings"

	"github.com/durokit/duro/core"
)

// PrefixMark stands for the table prefix in generated SQL, as in "§claims".
const PrefixMark = "§"

// DefaultPrefix begins the names of all tables and indexes unless the
// application asks for another prefix.
const DefaultPrefix = "duro_"

const maxPrefix = 32

// WithPrefix returns a copy of d whose statements and migrations carry prefix
// instead of the mark. A prefix has at most 32 of the characters a-z, 0-9 and _,
// so that it needs no quoting in any database; it may be empty.
func (d Dialect) WithPrefix(prefix string) (*Dialect, error) {
	if err := CheckPrefix(prefix); err != nil {
		return nil, err
	}
	bind := func(sql string) string { return strings.ReplaceAll(sql, PrefixMark, prefix) }
	statements := reflect.ValueOf(&d.Statements).Elem()
	for _, field := range statements.Fields() {
		s, ok := reflect.TypeAssert[*Statement](field.Addr())
		if !ok {
			continue
		}
		s.Forms = slices.Clone(s.Forms)
		for j := range s.Forms {
			s.Forms[j].SQL = bind(s.Forms[j].SQL)
		}
	}
	d.Migrations = slices.Clone(d.Migrations)
	for i := range d.Migrations {
		m := &d.Migrations[i]
		m.Up, m.Down = bindAll(m.Up, bind), bindAll(m.Down, bind)
	}
	return &d, nil
}

// CheckPrefix says whether a table prefix is one WithPrefix takes.
func CheckPrefix(prefix string) error {
	if len(prefix) > maxPrefix {
		return core.Errorf("Open", core.ErrInvalidArgument,
			"the table prefix has %d characters; the limit is %d", len(prefix), maxPrefix)
	}
	for _, c := range prefix {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return core.Errorf("Open", core.ErrInvalidArgument,
				"the table prefix %q holds %q; use a-z, 0-9 and _ only", prefix, c)
		}
	}
	return nil
}

func bindAll(list []string, bind func(string) string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = bind(s)
	}
	return out
}
