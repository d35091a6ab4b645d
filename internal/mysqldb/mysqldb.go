// Package mysqldb opens stores on servers that speak MySQL's protocol, by way of
// go-sql-driver/mysql. What differs between them stands in Database.
package mysqldb

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
	"github.com/durokit/duro/core/engine/sqldb"
	"github.com/durokit/duro/core/engine/sqlstore"
)

// How many connections a store has: those that write, one for each lane and some
// for deletions and the like; those that read; and one to end another.
const (
	writers = 4
	readers = 4
	conns   = writers + readers + 1
)

// commitTimeout bounds a COMMIT: a cluster that waits for its other nodes is to
// be asked later what became of it.
const commitTimeout = 30 * time.Second

// Config says which database to open. A backend's Config has the same fields.
type Config struct {
	// DSN is the database, as go-sql-driver/mysql writes it.
	DSN string
	// DB is a pool to use instead. It stays open when the store is closed.
	DB *sql.DB
	// BeforeConnect, where it is set, is called before each connection is made from
	// the DSN, with a copy of the driver's configuration whose user, password and TLS
	// it may set: credentials that do not last come by way of it.
	BeforeConnect func(context.Context, *mysql.Config) error
	// Prefix begins the names of all tables. Default: engine.DefaultPrefix.
	Prefix string
	// Migrate says what opening does about the schema.
	Migrate migrate.Mode
	// Engine sets the engine up.
	Engine engine.Options
}

// Database describes a kind of server.
type Database struct {
	// Dialect is the generated one.
	Dialect engine.Dialect
}

// lockWait is how many seconds a statement waits for a row: then its batch goes
// again, for which the engine's patience of two seconds must leave time.
const lockWait = "1"

// Comments that only one of the two executes set variables that only it has.
const (
	onlyMySQL   = " /*!80014 , %s = %s */"
	onlyMariaDB = " /*M!100301 , %s = %s */"
)

// countThreads: to count a few rows MySQL starts threads unless it is told not to, which
// takes longer than all else in a claim.
const countThreads = "innodb_parallel_read_threads"

// idleInTransaction is how many seconds MariaDB waits for a client within a transaction.
const idleInTransaction = "idle_transaction_timeout"

// The isolation of transactions is set once for each connection of the store's own:
// each statement sees what is committed.
const isolation, isolationOfMariaDB, readCommitted = "transaction_isolation", "tx_isolation", "'READ-COMMITTED'"

// strictMode makes a value that does not fit an error, where it would become a
// shorter value otherwise.
const strictMode = "STRICT_TRANS_TABLES"

// Store describes c's store to what opens or migrates it.
func (d Database) Store(c Config) sqlstore.Store {
	return sqlstore.Store{
		Where: d.where(c), Dialect: d.Dialect, Prefix: c.Prefix, Migrate: c.Migrate, Engine: c.Engine,
		TableQuery: "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '%s'", Quote: "`",
		Connect: func(bound *engine.Dialect) (sqlstore.Database, error) { return d.connect(c, bound) },
	}
}

// where names the store without its user and password.
func (d Database) where(c Config) string {
	if c.DB != nil {
		return d.Dialect.Name + " in the given pool"
	}
	m, err := mysql.ParseDSN(c.DSN)
	if err != nil {
		return d.Dialect.Name
	}
	return d.Dialect.Name + " " + m.Addr + "/" + m.DBName
}

func (d Database) connect(c Config, bound *engine.Dialect) (sqlstore.Database, error) {
	db, begin := c.DB, "START TRANSACTION"
	var err error
	if db == nil {
		db, err = d.open(c)
	} else {
		begin = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED;\n" + begin
		err = probe(db)
	}
	if err != nil {
		return nil, err
	}
	return sqlstore.SQL{DB: sqldb.New(db, sqldb.Options{
		Dialect: bound, Code: code, Uncommitted: uncommitted,
		Begin:     begin, // reads see one state
		BeginRead: "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;\nSTART TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
		Packets:   true, PacketLimit: "max_allowed_packet", CommitTimeout: commitTimeout, Borrowed: c.DB != nil,
		Writers: writers, ReadFrom: db, Readers: readers,
		SessionID: "SELECT CONNECTION_ID()", Kill: "KILL %d",
		// No time zone is asked for: in one with summer time an hour is twice.
		ClockSQL: "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000",
	})}, nil
}

// code spells an error as the description does. What the driver found out by
// itself has the code that a server or its own client library gives.
func code(err error) string {
	if e, ok := errors.AsType[*mysql.MySQLError](err); ok {
		return strconv.Itoa(int(e.Number))
	}
	switch {
	case errors.Is(err, mysql.ErrInvalidConn), errors.Is(err, mysql.ErrMalformPkt):
		return "2013"
	case errors.Is(err, mysql.ErrPktTooLarge):
		return "1153"
	}
	return ""
}

// uncommitted: a COMMIT that collided or was not allowed changed nothing. What a
// cluster answers that lost its quorum meanwhile (1180, 3100) tells nothing.
func uncommitted(err error) bool {
	return slices.Contains([]string{"1213", "1205", "3101", "1290", "1792", "1836", "1153", "1064"}, code(err))
}
