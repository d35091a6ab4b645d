package postgres_test

import (
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/durokit/duro/backends/postgres"
	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/internal/testservers"
)

// pooler starts a PgBouncer before the test server.
func pooler(t *testing.T, settings ...string) (address string) {
	t.Helper()
	return testservers.StartPooler(t, testservers.URL(t, testservers.Postgres), settings...).URL
}

// TestConformanceBehindAPooler needs no word about it in the address. Runs that are
// not full leave out what only differs in statements: a pooler sees transactions.
func TestConformanceBehindAPooler(t *testing.T) {
	address := pooler(t)
	var o conformance.Options
	if os.Getenv("DURO_TEST_FULL") == "" {
		o.Match = regexp.MustCompile("^(atomicity|locking|polling|robustness|errors)/")
	}
	conformance.Test(t, store(t, func(c *postgres.Config) { c.Address = address }), o)
}

// TestNothingStaysBehindAPooler on a connection to the server, which is the only one
// and goes to another client next.
func TestNothingStaysBehindAPooler(t *testing.T) {
	t.Parallel()
	c, _ := config(t)
	c.Address = pooler(t, "default_pool_size = 1", "max_prepared_statements = 0")
	p := open(t, c)
	for _, id := range []string{"a", "b", "c"} {
		enqueue(t, p, id)
		fetched, err := p.FetchOrchestrationItem(t.Context(), core.FetchOrchestrationParams{LockTimeout: time.Hour})
		if err != nil || fetched == nil || fetched.Item.Instance != id {
			t.Fatalf("fetched %+v, %v", fetched, err)
		}
	}
	next, err := pgx.Connect(t.Context(), c.Address+"&default_query_exec_mode=exec")
	if err != nil {
		t.Fatal(err)
	}
	defer next.Close(t.Context())
	const left = `SELECT concat_ws(' ', (SELECT count(*) FROM pg_prepared_statements), (SELECT count(*) FROM pg_listening_channels()),
		current_setting('statement_timeout'), current_setting('enable_seqscan'), current_setting('plan_cache_mode'))`
	var got string
	if err := next.QueryRow(t.Context(), left).Scan(&got); err != nil || got != "0 0 0 on auto" {
		t.Errorf("left behind: %q, %v", got, err)
	}
}
