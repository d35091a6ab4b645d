package mysqldb

import (
	"context"
	"database/sql"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/sqlstore"
	"github.com/durokit/duro/internal/testservers"
)

// onSeams runs a test on the seam to every server there is, whose DSN ends with
// the parameters.
func onSeams(t *testing.T, parameters string, test func(db sqlstore.Database, dsn string)) {
	t.Helper()
	t.Parallel()
	for _, kind := range []string{testservers.MySQL, testservers.MariaDB} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			address, err := url.Parse(testservers.URL(t, kind))
			if err != nil {
				t.Fatal(err)
			}
			m := mysql.NewConfig()
			m.User, m.Net, m.Addr, m.DBName = address.User.Username(), "tcp", address.Host, "mysql"
			m.Passwd, _ = address.User.Password()
			db, err := Database{}.connect(Config{DSN: m.FormatDSN() + parameters}, &engine.Dialect{Name: kind})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			test(db, m.FormatDSN())
		})
	}
}

// A statement ends on the server with the patience of who waits for it.
func TestNothingOutlivesItsCaller(t *testing.T) {
	onSeams(t, "", func(db sqlstore.Database, dsn string) {
		sleep := engine.Statement{Name: "sleep", Output: []string{"n"}, Forms: []engine.Form{{SQL: "SELECT SLEEP(30) AS outliving"}}}
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		begin := time.Now()
		if _, err := db.Write(ctx, []engine.Call{{Stmt: &sleep}}); err == nil || time.Since(begin) > 5*time.Second {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
		admin, err := sql.Open("mysql", dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer admin.Close()
		running, err := testservers.Processes(t.Context(), admin, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range running {
			if strings.Contains(p.Info, "AS outliving") {
				t.Errorf("goes on: %s", p.Info)
			}
		}
	})
}

// A change counts the rows it made different, and each statement of a plan its own.
func TestAffectedRows(t *testing.T) {
	onSeams(t, "", func(db sqlstore.Database, _ string) {
		do := func(sql string) engine.Call {
			return engine.Call{Stmt: &engine.Statement{Name: "t", Forms: []engine.Form{{SQL: sql}}}, Counted: true}
		}
		results, err := db.Write(t.Context(), []engine.Call{
			do("CREATE TEMPORARY TABLE rows_of_a_test(k INT PRIMARY KEY, v BIGINT)"),
			do("INSERT INTO rows_of_a_test VALUES (1, 0), (2, 1764000000123), (3, 0)"),
			do("UPDATE rows_of_a_test SET v = 1764000000123 WHERE k <= 2"),
			do("DELETE FROM rows_of_a_test WHERE k >= 2"),
			do("DELETE FROM rows_of_a_test WHERE k > 3"),
			do("DROP TEMPORARY TABLE rows_of_a_test"),
		})
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, r := range results {
			got = append(got, r.Affected)
		}
		if want := []int64{0, 3, 1, 2, 0, 0}; !slices.Equal(got, want) {
			t.Errorf("affected %v, want %v", got, want)
		}
	})
}

// Each statement of a transaction sees what others have committed, whatever the DSN says
// and whoever made the pool.
func TestStatementsSeeWhatIsCommitted(t *testing.T) {
	const otherwise = "?transaction_isolation=%27SERIALIZABLE%27&tx_isolation=%27SERIALIZABLE%27"
	onSeams(t, otherwise, func(own sqlstore.Database, dsn string) {
		other, err := sql.Open("mysql", dsn+"?multiStatements=true&interpolateParams=true&sql_mode=%27STRICT_TRANS_TABLES%27")
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		exec := func(sql string) {
			if _, err := other.ExecContext(t.Context(), sql); err != nil {
				t.Error(err)
			}
		}
		exec("CREATE TABLE isolation_of_a_test(n INT)")
		defer exec("DROP TABLE isolation_of_a_test")
		brought, err := Database{}.connect(Config{DB: other}, &engine.Dialect{})
		if err != nil {
			t.Fatal(err)
		}
		defer brought.Close()
		count := engine.Statement{Name: "t", Output: []string{"n"}, Forms: []engine.Form{{SQL: "SELECT COUNT(*) FROM isolation_of_a_test"}}}
		for _, db := range []sqlstore.Database{own, brought} {
			err := db.Transact(t.Context(), func(run engine.Runner) error {
				before, err := run(engine.Call{Stmt: &count})
				if err != nil {
					return err
				}
				exec("INSERT INTO isolation_of_a_test VALUES (1)")
				after, err := run(engine.Call{Stmt: &count})
				if err == nil && after[0].Rows[0].Int(0) != before[0].Rows[0].Int(0)+1 {
					t.Errorf("%v rows, then %v", before[0].Rows, after[0].Rows)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
}

// The clock is the server's, and no matter of time zones.
func TestClock(t *testing.T) {
	onSeams(t, "?time_zone=%27%2B05%3A30%27", func(db sqlstore.Database, _ string) {
		now, err := db.Clock(t.Context())
		if off := time.Since(time.UnixMilli(now)); err != nil || off.Abs() > time.Minute {
			t.Errorf("%v, %v off", err, off)
		}
	})
}
