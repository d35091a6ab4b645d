package mysqldb

import (
	"context"
	"database/sql"
	"net/url"
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
		var n int
		err = admin.QueryRow("SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE '%SLEEP(30) AS outl%' " +
			"AND id <> CONNECTION_ID()").Scan(&n)
		if err != nil || n != 0 {
			t.Errorf("%v, %d statements go on", err, n)
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
