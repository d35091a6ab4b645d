package mysqldb_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/url"
	"testing"

	"github.com/go-sql-driver/mysql"

	"github.com/durokit/duro/backends/mariadb"
	mysqlbackend "github.com/durokit/duro/backends/mysql"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine/sqlstore"
	"github.com/durokit/duro/internal/mysqldb"
	"github.com/durokit/duro/internal/testservers"
)

// backend is one of those that this package serves.
type backend struct {
	name  string
	store func(mysqldb.Config) sqlstore.Store
	parse func(string) (mysqldb.Config, error)
}

var backends = []backend{{
	testservers.MySQL,
	func(c mysqldb.Config) sqlstore.Store { return mysqlbackend.Config(c).Store() },
	func(s string) (mysqldb.Config, error) {
		c, err := mysqlbackend.ParseURL(s)
		return mysqldb.Config(c), err
	},
}, {
	testservers.MariaDB,
	func(c mysqldb.Config) sqlstore.Store { return mariadb.Config(c).Store() },
	func(s string) (mysqldb.Config, error) { c, err := mariadb.ParseURL(s); return mysqldb.Config(c), err },
}}

// onBackends runs a test on every server there is.
func onBackends(t *testing.T, test func(s *server)) {
	t.Helper()
	t.Parallel()
	for _, b := range backends {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			test(connect(t, b))
		})
	}
}

// server is a server with an administrator's pool.
type server struct {
	*testing.T
	backend
	admin  *sql.DB
	config *mysql.Config
}

func connect(t *testing.T, b backend) *server {
	t.Helper()
	return connectTo(t, b, testservers.URL(t, b.name))
}

func connectTo(t *testing.T, b backend, where string) *server {
	t.Helper()
	address, err := url.Parse(where)
	if err != nil {
		t.Fatal(err)
	}
	c := mysql.NewConfig()
	c.User, c.Net, c.Addr = address.User.Username(), "tcp", address.Host
	c.Passwd, _ = address.User.Password()
	c.Logger = &mysql.NopLogger{}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{T: t, backend: b, admin: sql.OpenDB(connector), config: c}
	s.admin.SetMaxIdleConns(-1) // the suite looks for goroutines that outlive it
	t.Cleanup(func() { s.admin.Close() })
	return s
}

// database makes an empty database and returns its DSN, and what drops it.
func (s *server) database(ctx context.Context) (dsn string, drop func(context.Context) error, err error) {
	c := s.config.Clone()
	c.DBName = fmt.Sprintf("duro_%x", rand.Uint64())
	_, err = s.admin.ExecContext(ctx, "CREATE DATABASE "+c.DBName)
	return c.FormatDSN(), func(ctx context.Context) error {
		_, err := s.admin.ExecContext(ctx, "DROP DATABASE "+c.DBName)
		return err
	}, err
}

// fresh is database for one test.
func (s *server) fresh() (dsn string) {
	s.Helper()
	dsn, drop, err := s.database(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() {
		if err := drop(context.Background()); err != nil {
			s.Error(err)
		}
	})
	return dsn
}

// open opens a store and closes it with the test.
func (s *server) open(c mysqldb.Config) core.Provider {
	s.Helper()
	p, err := s.store(c).Open(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() {
		if err := p.Close(context.Background()); err != nil {
			s.Errorf("close: %v", err)
		}
	})
	return p
}
