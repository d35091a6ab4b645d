package ordeal

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/durokit/duro/backends/mariadb"
	"github.com/durokit/duro/backends/mysql"
	"github.com/durokit/duro/backends/postgres"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
	"github.com/durokit/duro/core/engine/sqlstore"
	"github.com/durokit/duro/internal/testservers"
)

// kind is a kind of server, with what these tests say to it in its own words.
type kind struct {
	name string
	// store describes the store at a place.
	store func(place *testservers.Place, parameters string) (sqlstore.Store, error)
	// impatient are parameters that let the engine's batches run into deadlocks and
	// lock waits soon, patient ones that let them wait for as long as a test may take,
	// durable options without which a killed server forgets commits.
	impatient, patient string
	durable            []string
	// plain are parameters without which a COMMIT may travel under another name.
	plain string
	// connections lists the ids of a store's connections, kill ends one.
	connections func(ctx context.Context, place *testservers.Place) ([]int64, error)
	kill        string
	// stubborn makes a transaction the one that survives a deadlock.
	stubborn []string
	// running lists the statements that run, and waits says whether one of them is the
	// store's and waits for a row.
	running string
	waits   func(place string, statement map[string]string) bool

	deadlock, lockWait, killed string // the codes by which they show
}

var kinds = []*kind{
	{
		name: testservers.Postgres,
		store: func(place *testservers.Place, parameters string) (sqlstore.Store, error) {
			c, err := postgres.ParseURL(place.URL + "&schema=" + place.Name + "&application_name=" + place.Name + parameters)
			return c.Store(), err
		},
		plain:       "&default_query_exec_mode=exec",
		impatient:   "&deadlock_timeout=150ms&lock_timeout=1s",
		durable:     []string{"-c", "synchronous_commit=on"},
		connections: postgresConnections,
		kill:        "SELECT pg_terminate_backend(%d)",
		stubborn:    []string{"SET LOCAL deadlock_timeout = '1min'"},
		running:     "SELECT application_name, coalesce(wait_event_type, '') AS wait FROM pg_stat_activity WHERE state = 'active'",
		waits: func(place string, statement map[string]string) bool {
			return statement["application_name"] == place && statement["wait"] == "Lock"
		},
		deadlock: "40P01", lockWait: "55P03", killed: "57P01",
	},
	mysqlKind(testservers.MySQL, func(url string) (sqlstore.Store, error) { c, err := mysql.ParseURL(url); return c.Store(), err }),
	mysqlKind(testservers.MariaDB, func(url string) (sqlstore.Store, error) { c, err := mariadb.ParseURL(url); return c.Store(), err }),
}

func mysqlKind(name string, parse func(url string) (sqlstore.Store, error)) *kind {
	return &kind{
		name: name,
		store: func(place *testservers.Place, parameters string) (sqlstore.Store, error) {
			return parse(place.URL + "?" + parameters)
		},
		impatient:   "innodb_lock_wait_timeout=1",
		patient:     "innodb_lock_wait_timeout=60",
		durable:     []string{"--innodb-flush-log-at-trx-commit=1", "--innodb-doublewrite=1"},
		connections: mysqlConnections,
		kill:        "KILL %d",
		stubborn:    []string{"INSERT INTO duro_heavy SELECT 1 FROM information_schema.collations"},
		// What takes so long waits. InnoDB's own list of waiting transactions is a copy that
		// stays old while it is looked at often, and other lists trip over bytes in statements.
		running: "SHOW PROCESSLIST",
		waits: func(place string, statement map[string]string) bool {
			return statement["db"] == place && statement["Command"] == "Query" && statement["Time"] != "0"
		},
		deadlock: "1213", lockWait: "1205", killed: "2013",
	}
}

// patience is what a test that hangs is given.
const patience = time.Minute

// full says that tests run at full length.
func full() bool { return os.Getenv("DURO_TEST_FULL") != "" }

// arena is a store's place on a server.
type arena struct {
	*testing.T
	*kind
	place *testservers.Place
}

// onServers runs a test on every server there is.
func onServers(t *testing.T, test func(a *arena)) {
	t.Helper()
	t.Parallel()
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			test(newArena(t, k, testservers.URL(t, k.name)))
		})
	}
}

func newArena(t *testing.T, k *kind, address string) *arena {
	t.Helper()
	return &arena{T: t, kind: k, place: testservers.NewPlace(t, k.name, address)}
}

// seam is what an engine of these tests runs on.
type seam struct {
	engine.DB
	around func(calls []engine.Call, run func() ([]engine.Result, error)) ([]engine.Result, error)
}

// Write implements engine.DB.
func (s *seam) Write(ctx context.Context, calls []engine.Call) ([]engine.Result, error) {
	return s.around(calls, func() ([]engine.Result, error) { return s.DB.Write(ctx, calls) })
}

// Claim implements engine.DB.
func (s *seam) Claim(ctx context.Context, calls []engine.Call) ([]engine.Result, error) {
	return s.around(calls, func() ([]engine.Result, error) { return s.DB.Claim(ctx, calls) })
}

// open opens an engine whose writes and claims go by way of around, and closes it
// with the test, when everything must be in order.
func (a *arena) open(
	parameters string, around func(s *engine.Statements, calls []engine.Call, run func() ([]engine.Result, error)) ([]engine.Result, error),
) *engine.Engine {
	a.Helper()
	store, err := a.store(a.place, parameters)
	if err == nil {
		err = store.Migrations(a.Context(), func(r *migrate.Runner) error { return r.Ensure(a.Context(), migrate.Auto) })
	}
	if err != nil {
		a.Fatal(err)
	}
	runner, err := store.Runner()
	if err != nil {
		a.Fatal(err)
	}
	d := runner.Dialect
	mutate(a.T, d)
	db, err := store.Connect(d)
	if err != nil {
		a.Fatal(err)
	}
	via := engine.DB(db)
	if around != nil {
		via = &seam{DB: db, around: func(calls []engine.Call, run func() ([]engine.Result, error)) ([]engine.Result, error) {
			return around(&d.Statements, calls, run)
		}}
	}
	e, err := engine.New(a.Context(), via, d, store.Engine)
	if err != nil {
		a.Fatal(err)
	}
	a.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if broken, err := e.CheckInvariants(ctx); err != nil || len(broken) > 0 {
			a.Errorf("invariants: %v, %q", err, broken)
		}
		if err := e.Close(ctx); err != nil {
			a.Errorf("close: %v", err)
		}
	})
	return e
}

// table is the name of one of the store's tables, from everywhere on the server.
func (a *arena) table(name string) string { return a.place.Name + ".duro_" + name }

// exec runs a statement beside the store.
func (a *arena) exec(statement string) {
	a.Helper()
	if _, err := a.place.Outside.ExecContext(a.Context(), statement); err != nil {
		a.Fatalf("%s: %v", statement, err)
	}
}

// count counts a table's rows beside the store.
func (a *arena) count(table string) (n int) {
	a.Helper()
	if err := a.place.Outside.QueryRowContext(a.Context(), "SELECT COUNT(*) FROM "+a.table(table)).Scan(&n); err != nil {
		a.Fatal(err)
	}
	return n
}

// killConnections ends every connection of the store.
func (a *arena) killConnections(ctx context.Context) {
	ids, err := a.connections(ctx, a.place)
	if err != nil && ctx.Err() == nil {
		a.Error(err)
	}
	for _, id := range ids {
		_, _ = a.place.Outside.ExecContext(ctx, fmt.Sprintf(a.kill, id)) // gone already is as good
	}
}

func postgresConnections(ctx context.Context, place *testservers.Place) (ids []int64, err error) {
	rows, err := place.Outside.QueryContext(ctx, "SELECT pid FROM pg_stat_activity WHERE application_name = $1", place.Name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

func mysqlConnections(ctx context.Context, place *testservers.Place) (ids []int64, err error) {
	found, err := testservers.Processes(ctx, place.Outside, place.Name)
	for _, p := range found {
		ids = append(ids, p.ID)
	}
	return ids, err
}

// until waits until f holds.
func until(tb testing.TB, what string, f func() bool) {
	tb.Helper()
	deadline := time.Now().Add(patience)
	for every := ticks(tb, 10*time.Millisecond); !f(); <-every {
		if time.Now().After(deadline) {
			tb.Fatalf("waited too long: %s", what)
		}
	}
}

// grows waits until a number is at least n, for as long as it grows: how much a server
// does in a minute is not what these tests are about.
func grows(tb testing.TB, what string, n int, number func() int) {
	tb.Helper()
	last, deadline := -1, time.Time{}
	for every := ticks(tb, 100*time.Millisecond); last < n; <-every {
		switch now := number(); {
		case now > last:
			last, deadline = now, time.Now().Add(patience)
		case time.Now().After(deadline):
			tb.Fatalf("waited too long: %s, %d of %d", what, last, n)
		}
	}
}

func ticks(tb testing.TB, every time.Duration) <-chan time.Time {
	tb.Helper()
	t := time.NewTicker(every)
	tb.Cleanup(t.Stop)
	return t.C
}

// tally counts the failures that the engine sees, by code.
type tally struct {
	mu    sync.Mutex
	codes map[string]int
}

// around counts as a seam's.
func (c *tally) around(_ *engine.Statements, _ []engine.Call, run func() ([]engine.Result, error)) ([]engine.Result, error) {
	results, err := run()
	if f, ok := errors.AsType[*engine.Failure](err); ok {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.codes == nil {
			c.codes = map[string]int{}
		}
		c.codes[f.Native]++
	}
	return results, err
}

func (c *tally) count(code string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.codes[code]
}

func (c *tally) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.TrimPrefix(fmt.Sprint(maps.Clone(c.codes)), "map")
}
