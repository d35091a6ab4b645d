package render_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/durokit/duro/internal/testservers"
)

func init() { open[testservers.Postgres] = openPostgres }

// openPostgres makes a store in a schema of its own. The names of its tables
// carry schema and prefix, as the description allows for.
func openPostgres(t testing.TB, r rendered) *store {
	t.Helper()
	address := testservers.URL(t, testservers.Postgres)
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	schema := fmt.Sprintf("render_%x", rand.Uint64())
	s := &store{TB: t, rendered: r, pool: db, db: db, prefix: schema + `"."t_`}
	s.exec("CREATE SCHEMA " + schema)
	t.Cleanup(func() {
		if _, err := db.Exec("DROP SCHEMA " + schema + " CASCADE"); err != nil {
			t.Error(err)
		}
		db.Close()
	})
	for _, text := range r.up {
		s.exec(text)
	}
	return s
}

// TestPostgresPrepares: the server accepts every form, and infers the types of
// all parameters.
func TestPostgresPrepares(t *testing.T) {
	t.Parallel()
	s := openPostgres(t, renderAll(t, testservers.Postgres))
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, testservers.URL(t, testservers.Postgres))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, st := range s.statements {
		for i, f := range st.Forms {
			d, err := conn.Prepare(ctx, fmt.Sprint(st.Name, i), s.own(f.SQL))
			if err != nil {
				t.Errorf("%s: %v\n%s", st.Name, err, f.SQL)
				continue
			}
			if n := len(st.Scalars) + len(st.Columns); len(d.ParamOIDs) != n || len(d.Fields) != len(st.Output) {
				t.Errorf("%s has %d parameters and %d columns", st.Name, len(d.ParamOIDs), len(d.Fields))
			}
			for j, field := range d.Fields {
				if field.DataTypeOID != 20 && field.DataTypeOID != 25 && field.DataTypeOID != 17 {
					t.Errorf("%s: %s has type %d", st.Name, st.Output[j], field.DataTypeOID)
				}
			}
		}
	}
	for _, text := range s.down {
		s.exec(text)
	}
}
