package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/durokit/duro/core"
)

// until asks again and again whether something has happened.
func until(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !happened(); {
		if time.Now().After(deadline) {
			t.Fatalf("waited too long for %s", what)
		}
	}
}

// TestAnotherProcessIsWokenWithoutAPoll, by way of the server; also after its
// listening connection was ended.
func TestAnotherProcessIsWokenWithoutAPoll(t *testing.T) {
	t.Parallel()
	c, pool := config(t)
	c.Engine.PollInterval = time.Hour
	c.Address += "&application_name=" + c.Schema
	own, err := pgxpool.New(t.Context(), c.Address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(own.Close)
	speaks := open(t, c)
	c.Pool = own
	hears := open(t, c)
	const listening = " FROM pg_stat_activity WHERE application_name = $1 AND query LIKE 'LISTEN %'"
	for round := range 3 {
		until(t, "both to listen", func() bool {
			var n int
			if err := pool.QueryRow(t.Context(), "SELECT count(*)"+listening, c.Schema).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n == 2
		})
		id := fmt.Sprint("i", round)
		before := own.Stat().AcquireCount()
		got := make(chan *core.FetchedOrchestration, 1)
		go func() {
			f, err := hears.FetchOrchestrationItem(t.Context(), core.FetchOrchestrationParams{LockTimeout: time.Hour, PollTimeout: time.Minute})
			if err != nil {
				t.Error(err)
			}
			got <- f
		}()
		until(t, "the fetch to find nothing", func() bool { return own.Stat().AcquireCount() > before && own.Stat().AcquiredConns() == 0 })
		enqueue(t, speaks, id)
		if f := <-got; f == nil || f.Item.Instance != id {
			t.Fatalf("got %+v, want %s", f, id)
		}
		if _, err := pool.Exec(t.Context(), "SELECT pg_terminate_backend(pid, 10000)"+listening, c.Schema); err != nil {
			t.Fatal(err)
		}
	}
}
