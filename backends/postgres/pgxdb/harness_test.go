package pgxdb_test

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/durokit/duro/backends/postgres"
	"github.com/durokit/duro/backends/postgres/pgxdb"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/internal/testservers"
)

// bench is a table of its own, a seam to it, and a way beside the seam.
type bench struct {
	*testing.T
	db    *pgxdb.DB
	other *pgxpool.Pool // the test's
	table string

	insert, all, pid engine.Statement
}

type option func(c *pgxpool.Config, o *pgxdb.Options)

// open makes a seam over a pool of its own.
func open(t *testing.T, options ...option) *bench {
	t.Helper()
	return seam(t, pgxdb.Open, options...)
}

// openShared makes a seam over a pool of the test's.
func openShared(t *testing.T, options ...option) *bench {
	t.Helper()
	return seam(t, func(c *pgxpool.Config, o pgxdb.Options) (*pgxdb.DB, error) {
		pool, err := pgxpool.NewWithConfig(t.Context(), c)
		if err != nil {
			return nil, err
		}
		t.Cleanup(pool.Close)
		return pgxdb.New(pool, o), nil
	}, options...)
}

// openUnnamed makes a seam over a pool of its own that prepares nothing.
func openUnnamed(t *testing.T, options ...option) *bench {
	t.Helper()
	return open(t, append(options, unnamed)...)
}

// seam makes the table t(k text primary key, v bytea, n bigint) and a seam to it.
func seam(t *testing.T, open func(*pgxpool.Config, pgxdb.Options) (*pgxdb.DB, error), options ...option) *bench {
	t.Helper()
	address := testservers.URL(t, testservers.Postgres)
	c, err := pgxdb.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	o := pgxdb.Options{Dialect: &postgres.Dialect}
	for _, set := range options {
		set(c, &o)
	}
	b := &bench{T: t, table: "pgxdb_" + strings.ToLower(rand.Text())}
	if b.db, err = open(c, o); err != nil {
		t.Fatal(err)
	}
	if b.other, err = pgxpool.New(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	b.exec("CREATE TABLE " + b.table + "(k text COLLATE \"C\" PRIMARY KEY, v bytea, n bigint)")
	t.Cleanup(func() {
		if err := b.db.Close(); err != nil {
			t.Error(err)
		}
		if _, err := b.other.Exec(context.Background(), "DROP TABLE "+b.table); err != nil {
			t.Error(err)
		}
		b.other.Close()
	})
	b.insert = engine.Statement{
		Name: "t.insert", Columns: []engine.Column{{Name: "k", Type: engine.Text}, {Name: "v", Type: engine.Bytes}, {Name: "n"}},
		Forms: []engine.Form{{Pack: engine.PackArrays, SQL: "INSERT INTO " + b.table + " SELECT k, v, n FROM unnest($1::text[], $2::bytea[], $3::int8[]) AS r(k, v, n)"}},
	}
	b.all = statement("t.all", 3, "SELECT k, v, n FROM "+b.table+" ORDER BY k")
	b.pid = statement("pid", 1, "SELECT pg_backend_pid()::int8")
	return b
}

// kinds are the seams that differ in what they keep on a connection.
var kinds = map[string]func(*testing.T, ...option) *bench{
	"Own":     open,
	"Shared":  openShared,
	"Unnamed": openUnnamed,
}

// one makes a seam with a single connection.
func one(c *pgxpool.Config, _ *pgxdb.Options) { c.MaxConns = 1 }

func unnamed(c *pgxpool.Config, _ *pgxdb.Options) {
	c.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
}

// statement takes no inputs.
func statement(name string, outputs int, sql string) engine.Statement {
	return engine.Statement{Name: name, Output: make([]string, outputs), Forms: []engine.Form{{SQL: sql}}}
}

// exec runs a statement beside the seam.
func (b *bench) exec(sql string) {
	b.Helper()
	if _, err := b.other.Exec(b.Context(), sql); err != nil {
		b.Fatal(err)
	}
}

// keep is a call that inserts keys.
func (b *bench) keep(keys ...string) engine.Call {
	c := engine.Call{Stmt: &b.insert}
	for _, k := range keys {
		c.Rows = append(c.Rows, []any{k, nil, nil})
	}
	return c
}

func (b *bench) write(calls ...engine.Call) []engine.Result {
	b.Helper()
	results, err := b.db.Write(b.Context(), calls)
	if err != nil {
		b.Fatal(err)
	}
	return results
}

func (b *bench) read(calls ...engine.Call) []engine.Result {
	b.Helper()
	results, err := b.db.Read(b.Context(), calls)
	if err != nil {
		b.Fatal(err)
	}
	return results
}

// kept asserts which keys are stored, seen beside the seam.
func (b *bench) kept(want ...string) {
	b.Helper()
	rows, err := b.other.Query(b.Context(), "SELECT k FROM "+b.table+" ORDER BY k")
	if err != nil {
		b.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || strings.Join(got, " ") != strings.Join(want, " ") {
		b.Errorf("stored %q, want %q; %v", got, want, err)
	}
}

// backend is the server's process behind the seam's connection.
func (b *bench) backend() int64 {
	b.Helper()
	return b.read(engine.Call{Stmt: &b.pid})[0].Rows[0].Int(0)
}

// waits returns when a backend waits for a lock.
func (b *bench) waits(pid int64) {
	b.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; {
		var waits bool
		err := b.other.QueryRow(b.Context(), "SELECT coalesce(wait_event_type = 'Lock', false) FROM pg_stat_activity WHERE pid = $1", pid).Scan(&waits)
		switch {
		case err != nil:
			b.Fatal(err)
		case waits:
			return
		case time.Now().After(deadline):
			b.Fatal("the backend never waited")
		}
	}
}

// fails asserts that err is a failure of the class, by the call.
func fails(tb testing.TB, err error, outcome engine.Outcome, code core.Code, call int, ambiguous bool) *engine.Failure {
	tb.Helper()
	f, ok := errors.AsType[*engine.Failure](err)
	if !ok {
		tb.Fatalf("got %v (%T), want a failure", err, err)
	}
	if f.Class.Outcome != outcome || f.Class.Code != code || f.Call != call || f.Ambiguous != ambiguous {
		tb.Fatalf("got %v, %v by call %d, ambiguous %v (%v); want %v, %v by call %d, ambiguous %v",
			f.Class.Outcome, f.Class.Code, f.Call, f.Ambiguous, err, outcome, code, call, ambiguous)
	}
	return f
}

// proxy stands between the seam and the server. It counts round trips and can cut
// the way.
type proxy struct {
	server string
	trips  atomic.Int64 // how often the client spoke after the server
	mu     sync.Mutex
	// asked and answered see what passes and return how much of it may go on; less
	// than all ends the connection.
	asked, answered func(b []byte) int
}

// through leads the seam's connections through p.
func through(t *testing.T, p *proxy) option {
	t.Helper()
	u, err := url.Parse(testservers.URL(t, testservers.Postgres))
	if err != nil {
		t.Fatal(err)
	}
	p.server = u.Host
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { p.serve(t.Context(), client) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		all.Wait()
	})
	return func(c *pgxpool.Config, _ *pgxdb.Options) {
		c.ConnConfig.DialFunc = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", l.Addr().String())
		}
	}
}

func (p *proxy) serve(ctx context.Context, client net.Conn) {
	defer client.Close()
	server, err := (&net.Dialer{}).DialContext(ctx, "tcp", p.server)
	if err != nil {
		return
	}
	defer server.Close()
	defer context.AfterFunc(ctx, func() { client.Close(); server.Close() })()
	var answered atomic.Bool
	answered.Store(true)
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.pass(client, server, func(b []byte) int {
			answered.Store(true)
			return p.look(&p.answered, b)
		})
		client.Close()
	}()
	p.pass(server, client, func(b []byte) int {
		if answered.Swap(false) {
			p.trips.Add(1)
		}
		return p.look(&p.asked, b)
	})
	if t, ok := server.(*net.TCPConn); ok {
		_ = t.CloseWrite() // what the server has got it carries out
	}
	<-done
}

func (p *proxy) look(f *func([]byte) int, b []byte) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if *f == nil {
		return len(b)
	}
	return (*f)(b)
}

// cut sets what the proxy does from now on.
func (p *proxy) cut(asked, answered func([]byte) int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked, p.answered = asked, answered
}

func (p *proxy) pass(to io.Writer, from io.Reader, look func([]byte) int) {
	b := make([]byte, 1<<16)
	for {
		n, err := from.Read(b)
		if n > 0 {
			may := look(b[:n])
			if _, werr := to.Write(b[:may]); werr != nil || may < n {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
