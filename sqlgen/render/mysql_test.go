package render_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"

	"github.com/durokit/duro/internal/testservers"
)

// mysqls are the kinds of servers that speak MySQL's protocol.
var mysqls = []string{testservers.MySQL, testservers.MariaDB}

func init() {
	for _, kind := range mysqls {
		open[kind] = func(t testing.TB, r rendered) *store {
			t.Helper()
			return openMySQL(t, kind, r)
		}
	}
}

// openMySQL makes a store in a database of its own, with the settings that the
// engine's connections have.
func openMySQL(t testing.TB, kind string, r rendered) *store {
	t.Helper()
	address, err := url.Parse(testservers.URL(t, kind))
	if err != nil {
		t.Fatal(err)
	}
	config := mysql.NewConfig()
	config.User, config.Net, config.Addr = address.User.Username(), "tcp", address.Host
	config.Passwd, _ = address.User.Password()
	config.ClientFoundRows = true
	config.Params = map[string]string{
		"sql_mode":              "'TRADITIONAL,NO_ENGINE_SUBSTITUTION'",
		"transaction_isolation": "'READ-COMMITTED'",
	}
	if kind == testservers.MariaDB {
		delete(config.Params, "transaction_isolation")
		config.Params["tx_isolation"] = "'READ-COMMITTED'"
	}
	connect := func() *sql.DB {
		connector, err := mysql.NewConnector(config)
		if err != nil {
			t.Fatal(err)
		}
		return sql.OpenDB(connector)
	}
	admin, name := connect(), fmt.Sprintf("render_%x", rand.Uint64())
	if _, err := admin.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	config.DBName = name
	db := connect()
	t.Cleanup(func() {
		db.Close()
		if _, err := admin.Exec("DROP DATABASE " + name); err != nil {
			t.Error(err)
		}
		admin.Close()
	})
	s := &store{TB: t, rendered: r, pool: db, db: db, prefix: "t_"}
	for _, text := range r.up {
		s.exec(text)
	}
	return s
}

// TestMySQLPrepares: the servers accept every form.
func TestMySQLPrepares(t *testing.T) {
	t.Parallel()
	for _, kind := range mysqls {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := openMySQL(t, kind, renderAll(t, kind))
			for _, st := range s.statements {
				for _, f := range st.Forms {
					if err := prepares(s.pool, s.own(f.SQL)); err != nil {
						t.Errorf("%s, %d rows: %v\n%s", st.Name, f.Rows, err, f.SQL)
						continue
					}
					want := len(f.Args)
					if f.Args == nil {
						want = len(st.Scalars) + max(f.Rows, 1)*len(st.Columns)
					}
					if f.Args == nil && f.Rows == 0 && len(st.Columns) > 0 { // one JSON text
						want = len(st.Scalars) + 1
					}
					if got := strings.Count(f.SQL, "?"); got != want {
						t.Errorf("%s has %d placeholders, want %d", st.Name, got, want)
					}
				}
			}
			for _, text := range s.down {
				s.exec(text)
			}
		})
	}
}

// prepares tells what the server says against a text.
func prepares(db *sql.DB, text string) error {
	s, err := db.Prepare(text)
	if err == nil {
		defer s.Close()
	}
	return err
}
