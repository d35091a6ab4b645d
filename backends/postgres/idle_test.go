package postgres_test

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/durokit/duro/backends/postgres"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/internal/testservers"
)

const (
	idleBudget = 60 // statements a minute
	// The clock is read five times every half minute, which a test does not wait for.
	clockStatements = 10
)

// TestIdleStoreKeepsItsBudget counts what a server executes, by its own log, for a
// store with 32 and 32 fetches that nothing can satisfy.
func TestIdleStoreKeepsItsBudget(t *testing.T) {
	t.Parallel()
	server := testservers.StartPrivate(t, testservers.Postgres,
		"-c", "log_statement=all", "-c", "logging_collector=on", "-c", "log_line_prefix=<%a %n> ")
	pool, err := pgxpool.New(t.Context(), server.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	const store = "idle"
	p := open(t, postgres.Config{Address: server.URL + "&application_name=" + store})
	waitForNothing(t, p, 32)

	const looks = 5
	var seen []executed
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	until(t, "looks", func() bool {
		<-again.C
		seen = afterRest(statements(t, pool, store))
		for i, n := 0, 0; i < len(seen); i++ {
			if seen[i].isLook() {
				n++
			}
			if n == looks {
				seen = seen[:i+1]
				return true
			}
		}
		return false
	})
	passed := seen[len(seen)-1].at - seen[0].at
	perMinute := float64(len(seen)-1)/passed*60 + clockStatements
	t.Logf("%.0f statements a minute", perMinute)
	if perMinute > idleBudget {
		t.Errorf("%.0f statements a minute, want at most %d: %+v", perMinute, idleBudget, seen)
	}
}

// afterRest leaves out what opening the store and beginning to wait takes: all
// before the first second without a statement.
func afterRest(all []executed) []executed {
	for i := 1; i < len(all); i++ {
		if all[i].at-all[i-1].at > 1 {
			return all[i:]
		}
	}
	return nil
}

// waitForNothing keeps n fetches of each queue waiting until the test ends.
func waitForNothing(t *testing.T, p core.Provider, n int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var fetches sync.WaitGroup
	t.Cleanup(fetches.Wait)
	t.Cleanup(cancel)
	for range n {
		fetches.Go(func() {
			_, _ = p.FetchOrchestrationItem(ctx, core.FetchOrchestrationParams{LockTimeout: time.Hour, PollTimeout: time.Hour})
		})
		fetches.Go(func() {
			_, _ = p.FetchWorkItem(ctx, core.FetchWorkParams{LockTimeout: time.Hour, PollTimeout: time.Hour})
		})
	}
}

// executed is one statement in the server's log.
type executed struct {
	at   float64 // Unix time
	text string
}

func (e executed) isLook() bool { return strings.Contains(e.text, "duro_claims") }

// statements are what the connections of an application have executed, as the
// server logged it: the texts that clients prepare and execute.
func statements(t *testing.T, pool *pgxpool.Pool, application string) (all []executed) {
	t.Helper()
	var log string
	if err := pool.QueryRow(t.Context(), "SELECT pg_read_file(pg_current_logfile())").Scan(&log); err != nil {
		t.Fatal(err)
	}
	for _, entry := range strings.Split(log, "\n<")[1:] {
		prefix, text, _ := strings.Cut(entry, "> LOG:  ")
		who, at, _ := strings.Cut(prefix, " ")
		if who != application || !strings.HasPrefix(text, "execute ") && !strings.HasPrefix(text, "statement: ") {
			continue
		}
		seconds, err := strconv.ParseFloat(at, 64)
		if err != nil {
			t.Fatalf("%q: %v", entry, err)
		}
		all = append(all, executed{seconds, text})
	}
	return all
}
