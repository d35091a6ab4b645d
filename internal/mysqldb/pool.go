package mysqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/durokit/duro/core"
)

// open makes a pool whose connections have the settings that a store needs. It
// connects at the first use.
func (d Database) open(c Config) (*sql.DB, error) {
	m, err := mysql.ParseDSN(c.DSN)
	if err != nil {
		return nil, refuse("the DSN is not one of go-sql-driver/mysql: %v", err)
	}
	if m.DBName == "" {
		return nil, refuse("no database is named")
	}
	m.MultiStatements, m.InterpolateParams = true, true
	m.ParseTime, m.ColumnsWithAlias = false, false
	m.Collation, m.MaxAllowedPacket = "utf8mb4_bin", 0 // 0: the server's
	m.Logger = &mysql.NopLogger{}                      // its errors are returned as well
	settings := map[string]string{"innodb_lock_wait_timeout": lockWait}
	maps.Copy(settings, m.Params) // who names one wants it
	delete(settings, isolation)   // what the plans were written for
	delete(settings, isolationOfMariaDB)
	settings["sql_mode"] = "'" + strictMode + ",NO_ENGINE_SUBSTITUTION'"
	settings["sql_mode"] += fmt.Sprintf(onlyMySQL, isolation, readCommitted) + fmt.Sprintf(onlyMariaDB, isolationOfMariaDB, readCommitted)
	if settings[countThreads] == "" {
		settings["sql_mode"] += fmt.Sprintf(onlyMySQL, countThreads, "1")
	}
	if settings[idleInTransaction] == "" {
		settings["sql_mode"] += fmt.Sprintf(onlyMariaDB, idleInTransaction, wholeSeconds(c.Engine.StatementTimeout))
	}
	m.Params = settings
	if err := m.Apply(mysql.BeforeConnect(c.BeforeConnect)); err != nil {
		return nil, refuse("%v", err)
	}
	connector, err := mysql.NewConnector(m)
	if err != nil {
		return nil, refuse("%v", err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

// wholeSeconds is a statement timeout, which is 30 s unless it is set, as a server
// that counts in seconds takes it.
func wholeSeconds(d time.Duration) string {
	if d <= 0 {
		d = 30 * time.Second
	}
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}

// probeTimeout bounds the questions to a pool.
const probeTimeout = 10 * time.Second

// probe refuses a pool that a store cannot work with, and names what is missing.
func probe(db *sql.DB) error {
	ctx, cancel := context.WithTimeout(context.Background(), probeTimeout)
	defer cancel()
	var missing []string
	if n := db.Stats().MaxOpenConnections; n > 0 && n < conns {
		missing = append(missing, fmt.Sprintf("%d connections (SetMaxOpenConns allows %d)", conns, n))
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var mode string
	var database sql.NullString
	if err := conn.QueryRowContext(ctx, "SELECT @@SESSION.sql_mode, DATABASE()").Scan(&mode, &database); err != nil {
		return err
	}
	if !strings.Contains(mode, strictMode) && !strings.Contains(mode, "STRICT_ALL_TABLES") {
		missing = append(missing, "sql_mode "+strictMode)
	}
	if database.String == "" {
		missing = append(missing, "a default database")
	}
	if _, err := conn.ExecContext(ctx, "DO 0; DO 0"); err != nil {
		if code(err) != "1064" {
			return err
		}
		missing = append(missing, "multiStatements=true")
	}
	if !interpolates(ctx, conn) {
		missing = append(missing, "interpolateParams=true")
	}
	if len(missing) > 0 {
		return refuse("the given pool lacks %s", strings.Join(missing, ", "))
	}
	return nil
}

// interpolates reports whether the driver puts arguments into texts by itself.
func interpolates(ctx context.Context, conn *sql.Conn) bool {
	err := conn.Raw(func(dc any) error {
		q, ok := dc.(driver.QueryerContext)
		if !ok {
			return driver.ErrSkip
		}
		rows, err := q.QueryContext(ctx, "SELECT ?", []driver.NamedValue{{Ordinal: 1, Value: int64(1)}})
		if err != nil {
			return err
		}
		return rows.Close()
	})
	return !errors.Is(err, driver.ErrSkip)
}

func refuse(format string, args ...any) error {
	return core.Errorf("Open", core.ErrInvalidArgument, format, args...)
}
