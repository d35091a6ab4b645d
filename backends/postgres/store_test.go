package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/durokit/duro/backends/postgres"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
)

func start(instance string) core.WorkItem {
	return core.NewWorkItem(core.StartOrchestration{Instance: instance, Orchestration: "test", Input: "{}", ExecutionID: 1})
}

// open opens c and closes it with the test.
func open(tb testing.TB, c postgres.Config) core.Provider {
	tb.Helper()
	p, err := postgres.Open(tb.Context(), c)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := p.Close(context.Background()); err != nil {
			tb.Errorf("close: %v", err)
		}
	})
	return p
}

// config is that of a store in a schema of its own.
func config(tb testing.TB) (postgres.Config, *pgxpool.Pool) {
	tb.Helper()
	address, pool := server(tb)
	c := postgres.Config{Address: address, Schema: schema()}
	tb.Cleanup(func() {
		if err := drop(context.Background(), pool, c.Schema); err != nil {
			tb.Error(err)
		}
	})
	return c, pool
}

func enqueue(tb testing.TB, p core.Provider, instance string) {
	tb.Helper()
	if err := p.EnqueueForOrchestrator(tb.Context(), start(instance), 0); err != nil {
		tb.Fatal(err)
	}
}

// queued is how many orchestrator messages could be fetched.
func queued(tb testing.TB, p core.Provider) uint64 {
	tb.Helper()
	admin, _ := core.Admin(p)
	depths, err := admin.GetQueueDepths(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return depths.OrchestratorQueue
}

func TestManyOpenAnEmptyDatabaseAtOnce(t *testing.T) {
	t.Parallel()
	c, _ := config(t)
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			p, err := postgres.Open(t.Context(), c)
			if err != nil {
				t.Error(err)
				return
			}
			if err := p.EnqueueForOrchestrator(t.Context(), start(strconv.Itoa(i)), 0); err != nil {
				t.Error(err)
			}
			if err := p.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := queued(t, open(t, c)); n != 12 {
		t.Errorf("%d messages, want 12", n)
	}
}

// processEnv tells a copy of this test's program which store to open.
const processEnv = "DURO_TEST_POSTGRES_STORE"

func TestManyProcessesOpenAnEmptyDatabaseAtOnce(t *testing.T) {
	t.Parallel()
	if where := os.Getenv(processEnv); where != "" { // this is such a process
		p, err := postgres.OpenURL(t.Context(), where)
		if err != nil {
			t.Fatal(err)
		}
		enqueue(t, p, strconv.Itoa(os.Getpid()))
		if err := p.Close(t.Context()); err != nil {
			t.Error(err)
		}
		return
	}
	c, _ := config(t)
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
			cmd.Env = append(os.Environ(), processEnv+"="+c.Address+"&schema="+c.Schema)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	all.Wait()
	p := open(t, c)
	if n := queued(t, p); n != 12 {
		t.Errorf("%d messages, want 12", n)
	}
	if problems, err := p.(*engine.Engine).CheckInvariants(t.Context()); err != nil || len(problems) > 0 {
		t.Errorf("invariants: %v, %v", problems, err)
	}
}

func TestSchemasAndPrefixesKeepStoresApart(t *testing.T) {
	t.Parallel()
	c, pool := config(t)
	other, _ := config(t)
	prefixed := c
	prefixed.Prefix = "other_"
	a, b, d := open(t, c), open(t, other), open(t, prefixed)
	enqueue(t, a, "x")
	if queued(t, a) != 1 || queued(t, b) != 0 || queued(t, d) != 0 {
		t.Errorf("%d, %d and %d messages, want 1, 0 and 0", queued(t, a), queued(t, b), queued(t, d))
	}
	err := prefixed.Store().Migrations(t.Context(), func(r *migrate.Runner) error {
		_, err := r.Down(t.Context(), 0)
		return err
	})
	if err != nil || queued(t, a) != 1 {
		t.Errorf("after the other store's tables were dropped: %v", err)
	}
	var outside int
	if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'duro%'").Scan(&outside); err != nil {
		t.Fatal(err)
	}
	if outside > 0 {
		t.Errorf("%d tables outside the schemas", outside)
	}
}

// Without a schema the tables are where the search_path says.
func TestSearchPathFindsTheTables(t *testing.T) {
	t.Parallel()
	c, pool := config(t)
	if _, err := pool.Exec(t.Context(), "CREATE SCHEMA "+c.Schema); err != nil {
		t.Fatal(err)
	}
	enqueue(t, open(t, postgres.Config{Address: c.Address + "&search_path=" + c.Schema}), "x")
	if n := queued(t, open(t, c)); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
}

func TestVerifyChangesNothing(t *testing.T) {
	t.Parallel()
	c, pool := config(t)
	c.Migrate = migrate.Verify
	_, err := postgres.Open(t.Context(), c)
	if !errors.Is(err, core.ErrSchemaMismatch) {
		t.Errorf("an empty store, verified: %v", err)
	}
	var there bool
	if err := pool.QueryRow(t.Context(), "SELECT to_regnamespace($1) IS NOT NULL", c.Schema).Scan(&there); err != nil || there {
		t.Errorf("the schema is there: %v, %v", there, err)
	}
}

func TestBroughtPoolIsUsedAndLeftOpen(t *testing.T) {
	t.Parallel()
	c, pool := config(t)
	p, err := postgres.Open(t.Context(), postgres.Config{Pool: pool, Schema: c.Schema})
	if err != nil {
		t.Fatal(err)
	}
	enqueue(t, p, "x")
	if err := p.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if err := pool.Ping(t.Context()); err != nil {
		t.Errorf("the pool: %v", err)
	}
	if n := queued(t, open(t, c)); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
}

// A pool that a store cannot work with is refused with all that is wrong.
func TestBroughtPoolIsProbed(t *testing.T) {
	t.Parallel()
	address, server := server(t)
	name := schema()
	if _, err := server.Exec(t.Context(), "CREATE DATABASE "+name+" ENCODING SQL_ASCII TEMPLATE template0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := server.Exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	c, err := pgxpool.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	c.ConnConfig.Database, c.ConnConfig.RuntimeParams["client_encoding"] = name, "SQL_ASCII"
	pool, err := pgxpool.NewWithConfig(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	_, err = postgres.Open(t.Context(), postgres.Config{Pool: pool})
	for _, setting := range []string{"server_encoding SQL_ASCII", "client_encoding SQL_ASCII"} {
		if !errors.Is(err, core.ErrUnsupported) || !strings.Contains(err.Error(), setting) {
			t.Errorf("%v, want one about %s", err, setting)
		}
	}
}

// Each connection asks for its credentials, so that they may change.
func TestCredentialsMayChange(t *testing.T) {
	t.Parallel()
	c, admin := config(t)
	u, err := url.Parse(c.Address)
	if err != nil {
		t.Fatal(err)
	}
	user := c.Schema // a name of its own
	run := func(sql string) {
		t.Helper()
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	run("CREATE ROLE " + user + " LOGIN PASSWORD 'first'")
	run("CREATE SCHEMA " + c.Schema + " AUTHORIZATION " + user)
	t.Cleanup(func() {
		if _, err := admin.Exec(context.Background(), "DROP OWNED BY "+user+" CASCADE; DROP ROLE "+user); err != nil {
			t.Error(err)
		}
	})
	var password atomic.Value
	password.Store("first")
	u.User = url.User(user)
	c.Address = u.String()
	c.BeforeConnect = func(_ context.Context, conn *pgx.ConnConfig) error {
		conn.Password, _ = password.Load().(string)
		return nil
	}
	p := open(t, c)
	enqueue(t, p, "x")
	run("ALTER ROLE " + user + " PASSWORD 'second'")
	password.Store("second")
	run("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = '" + user + "'")
	enqueue(t, p, "y")
	if n := queued(t, p); n != 2 {
		t.Errorf("%d messages, want 2", n)
	}
}

// What an address says about TLS is the driver's.
func TestServerWithoutTLSIsRefusedWhereItIsRequired(t *testing.T) {
	t.Parallel()
	c, _ := config(t)
	u, err := url.Parse(c.Address)
	if err != nil {
		t.Fatal(err)
	}
	u.RawQuery = "sslmode=require"
	p, err := postgres.OpenURL(t.Context(), u.String())
	if err == nil { // a server that was not started for the tests may have it
		t.Cleanup(func() { _ = p.Close(context.Background()) })
		t.Skip("the server has TLS")
	}
	password, _ := u.User.Password()
	if !strings.Contains(err.Error(), "TLS") || strings.Contains(err.Error(), password) {
		t.Error(err)
	}
}

func TestURLs(t *testing.T) {
	t.Parallel()
	c, err := postgres.ParseURL("postgresql://u:p+w%40@h:1/d?prefix=x_&sslmode=disable&schema=s&migrate=verify&cache=0&poll=3s&options=-c%20a%3Db")
	if err != nil || c.Address != "postgres://u:p+w%40@h:1/d?sslmode=disable&options=-c%20a%3Db" || c.Schema != "s" || c.Prefix != "x_" ||
		c.Migrate != migrate.Verify || c.Engine.CacheBytes != -1 || c.Engine.PollInterval.Seconds() != 3 {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err := postgres.ParseURL("postgres:///d?host=/run/postgresql"); err != nil || c.Address != "postgres:///d?host=/run/postgresql" {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := postgres.Open(t.Context(), postgres.Config{Address: "postgres://h/d", Schema: `a"b`}); !errors.Is(err, core.ErrInvalidArgument) {
		t.Errorf("a bad schema: %v", err)
	}
}

func TestErrorsHoldNoSecret(t *testing.T) {
	t.Parallel()
	for _, where := range []string{
		"postgres://u:s3cr3t@127.0.0.1:1/d?sslmode=disable",
		"postgres://u:s3cr3t@127.0.0.1:1/d?sslmode=nonsense",
		"postgres://u:s3cr3t@127.0.0.1:port/d",
		"postgres://u:s3cr3t%zz@127.0.0.1/d",
		"postgres://u:s3c%72%33t@127.0.0.1:1/d?pool_max_conns=s3cr3t",
		"postgres://127.0.0.1:1/d?password=s3cr3t&sslmode=nonsense",
		"postgres://u@127.0.0.1:1/d?sslpassword=s3cr3t&sslmode=nonsense",
		"postgres://u:s3cr3t@127.0.0.1:1/d?migrate=never",
		"postgres:user=u password=s3cr3t host=127.0.0.1 sslmode=nonsense",
	} {
		p, err := postgres.OpenURL(t.Context(), where)
		if err == nil {
			_ = p.Close(t.Context())
			t.Fatalf("%s was opened", where)
		}
		pe, ok := errors.AsType[*core.ProviderError](err)
		if !ok || pe.Op != "Open" || strings.Contains(fmt.Sprintf("%v %+v", err, err), "s3cr3t") {
			t.Errorf("%s: %v", where, err)
		}
	}
}
