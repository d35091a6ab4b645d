package bench

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"testing"
	"time"

	"github.com/durokit/duro/backends/mariadb"
	"github.com/durokit/duro/backends/mysql"
	"github.com/durokit/duro/backends/postgres"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/internal/testservers"
)

// server is one that a store travels to.
type server struct {
	name       string
	open       func(ctx context.Context, url string) (core.Provider, error)
	statements splitter
	trips      int64 // the budget
}

var servers = []server{
	{testservers.Postgres, postgres.OpenURL, postgresStatements, 1},
	{testservers.MySQL, mysql.OpenURL, mysqlStatements, 2},
	{testservers.MariaDB, mariadb.OpenURL, mysqlStatements, 2},
}

// steps are the engine's operations, in an order in which each finds what it needs.
// Those with a budget are the four of which a turn and an activity consist.
var steps = []struct {
	name     string // none: it only tidies up
	budgeted bool
	run      func(tb testing.TB, s *travelling)
}{
	{"enqueue", false, func(tb testing.TB, s *travelling) {
		must(tb, s.EnqueueForOrchestrator(tb.Context(), startItem(s.id), 0))
	}},
	{"claim", true, claim},
	{"renew a turn", false, func(tb testing.TB, s *travelling) {
		must(tb, s.RenewOrchestrationItemLock(tb.Context(), s.turn, time.Hour))
	}},
	{"abandon a turn", false, func(tb testing.TB, s *travelling) {
		must(tb, s.AbandonOrchestrationItem(tb.Context(), core.AbandonParams{LockToken: s.turn}))
	}},
	{"claim", true, claim},
	{"ack a turn", true, func(tb testing.TB, s *travelling) {
		must(tb, s.AckOrchestrationItem(tb.Context(), core.AckOrchestrationParams{
			LockToken: s.turn, ExecutionID: 1,
			HistoryDelta:      []core.Event{event(s.id, 1), event(s.id, 2), event(s.id, 3)},
			WorkerItems:       []core.WorkItem{activity(s.id, 2, nil, nil)},
			OrchestratorItems: []core.WorkItem{core.NewWorkItem(core.ExternalRaised{Instance: s.id, Name: "next", Data: "{}"})},
		}))
	}},
	{"fetch work", true, fetchWork},
	{"renew work", false, func(tb testing.TB, s *travelling) {
		must(tb, s.RenewWorkItemLock(tb.Context(), s.work, time.Hour))
	}},
	{"abandon work", false, func(tb testing.TB, s *travelling) {
		must(tb, s.AbandonWorkItem(tb.Context(), core.AbandonParams{LockToken: s.work}))
	}},
	{"fetch work", true, fetchWork},
	{"ack work", true, func(tb testing.TB, s *travelling) {
		done := core.NewWorkItem(core.ActivityCompleted{Instance: s.id, ExecutionID: 1, ID: 2, Result: "{}"})
		must(tb, s.AckWorkItem(tb.Context(), s.work, &done))
	}},
	{"", false, func(tb testing.TB, s *travelling) {
		claim(tb, s)
		ack(tb, s, s.turn, core.ExecutionMetadata{}, nil)
	}},
}

// travelling is a store and where its one instance stands.
type travelling struct {
	core.Provider
	id, turn, work string
}

func claim(tb testing.TB, s *travelling) { s.turn = fetch(tb, s, nil).LockToken }

func fetchWork(tb testing.TB, s *travelling) {
	got, err := s.FetchWorkItem(tb.Context(), core.FetchWorkParams{LockTimeout: time.Hour})
	must(tb, err)
	if got == nil {
		tb.Fatal("no work to fetch")
	}
	s.work = got.LockToken
}

// rounds are how often each operation is counted: the first ones warm up, and what a
// store does by itself meanwhile, to read the server's clock, is in none of the least.
const rounds = 5

// TestRoundTripsKeepTheirBudget counts what travels between a store and its server,
// and writes the table of README.md.
func TestRoundTripsKeepTheirBudget(t *testing.T) {
	counted := map[string]map[string]traffic{}
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			p, w := server.travel(t)
			counts := count(t, p, w)
			counted[server.name] = counts
			for _, step := range steps {
				if trips := counts[step.name].trips; step.budgeted && trips > server.trips {
					t.Errorf("%s: %d round trips, want at most %d", step.name, trips, server.trips)
				}
			}
		})
	}
	table(t.Output(), counted)
}

// travel opens a store in a place of its own, and counts on the way there.
func (s server) travel(t *testing.T) (core.Provider, *wire) {
	t.Helper()
	address, err := url.Parse(testservers.NewPlace(t, s.name, testservers.URL(t, s.name)).URL)
	must(t, err)
	w := &wire{split: s.statements}
	address.Host = w.listen(t, address.Host)
	query := address.Query()
	query.Set("poll", "1h")
	address.RawQuery = query.Encode()
	p, err := s.open(t.Context(), address.String())
	must(t, err)
	t.Cleanup(func() { must(t, p.Close(context.Background())) })
	return p, w
}

// count returns the least that each step took.
func count(tb testing.TB, p core.Provider, w *wire) map[string]traffic {
	tb.Helper()
	least := map[string]traffic{}
	for round := range rounds {
		s := &travelling{Provider: p, id: fmt.Sprint("i", round)}
		for _, step := range steps {
			before := w.traffic()
			step.run(tb, s)
			now := w.traffic().since(before)
			if known, ok := least[step.name]; ok {
				now = traffic{min(now.trips, known.trips), min(now.statements, known.statements)}
			}
			least[step.name] = now
		}
	}
	return least
}

// table writes a line for each operation.
func table(to io.Writer, counted map[string]map[string]traffic) {
	done := map[string]bool{"": true}
	for _, step := range steps {
		if done[step.name] {
			continue
		}
		done[step.name] = true
		fmt.Fprintf(to, "| %s |", step.name)
		for _, server := range servers {
			t := counted[server.name][step.name]
			fmt.Fprintf(to, " %d in %d |", t.statements, t.trips)
		}
		fmt.Fprintln(to)
	}
}
