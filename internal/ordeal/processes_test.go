package ordeal

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/durokit/duro/conformance/linear"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine/sqlstore"
	"github.com/durokit/duro/internal/testservers"
)

// jobEnv tells a copy of this test's program what to do instead of testing.
const jobEnv = "DURO_TEST_ORDEAL"

// job is the work of one process.
type job struct {
	Kind, Place, URL string
	Who              string
	Instances        int
	Callers          int
	// Opens is a process that only opens the store, when its standard input ends, and
	// starts an instance that is called as it is.
	Opens bool
}

func TestMain(m *testing.M) {
	if given := os.Getenv(jobEnv); given != "" {
		if err := process(given); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// process does a job, as a rule until its standard input ends, and fails when a
// caller heard of anything.
func process(given string) error {
	var j job
	if err := json.Unmarshal([]byte(given), &j); err != nil {
		return err
	}
	k := kinds[slices.IndexFunc(kinds, func(k *kind) bool { return k.name == j.Kind })]
	store, err := k.store(&testservers.Place{Name: j.Place, URL: j.URL}, "")
	if err != nil {
		return err
	}
	if j.Opens {
		return opens(store, j.Who)
	}
	if plan, ok := linear.Planned(); ok {
		return linearly(store, plan)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	p, err := store.Open(ctx)
	if err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	c := &crew{p: p, starts: names(j.Who, j.Instances)}
	c.work(ctx, j.Callers)
	return c.heard(p.Close(context.Background()))
}

// opens says when it is ready, so that many can go at once.
func opens(store sqlstore.Store, who string) error {
	fmt.Fprintln(os.Stdout, "ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	p, err := store.Open(ctx)
	if err != nil {
		return err
	}
	c := &crew{p: p}
	c.start(ctx, who)
	return c.heard(p.Close(ctx))
}

// heard is what the callers were told, and err.
func (c *crew) heard(err error) error {
	if err != nil {
		c.failedf("close: %w", err)
	}
	if len(c.errs) == 0 {
		return nil
	}
	return fmt.Errorf("%d errors reached a caller, the first: %w", len(c.errs), c.errs[0])
}

// Two processes share a store, with 64 callers each, all busy with the same
// instances: no deadlock reaches a caller, nothing is lost, nothing happens twice.
func TestProcessesWorkSideBySide(t *testing.T) {
	onServers(t, func(a *arena) {
		instances := 300
		if full() {
			instances = 10_000
		}
		e := a.open("", nil) // makes the schema, and looks at the result
		var ends []io.Closer
		var processes sync.WaitGroup
		var all []string
		for i := range 2 {
			j := job{Kind: a.name, Place: a.place.Name, URL: a.place.URL, Who: "p" + strconv.Itoa(i), Instances: instances / 2, Callers: 64}
			all = append(all, names(j.Who, j.Instances)...)
			end := a.spawn(j, a.Output(), &processes)
			ends = append(ends, end)
		}
		grows(a.T, "events of trees", eventsOfTree*instances, func() int { return a.count("history") })
		for _, end := range ends {
			_ = end.Close()
		}
		processes.Wait()
		expectTrees(a.T, e, all)
	})
}

// Twelve processes open an empty database at once. Each works with it, so that the
// schema was there; and no migration was applied twice.
func TestTwelveProcessesOpenAnEmptyDatabase(t *testing.T) {
	onServers(t, func(a *arena) {
		who := names("opener", 12)
		said := make(words, len(who))
		var begin []io.Closer
		var processes sync.WaitGroup
		for _, name := range who {
			begin = append(begin, a.spawn(job{Kind: a.name, Place: a.place.Name, URL: a.place.URL, Who: name, Opens: true}, said, &processes))
		}
		until(a.T, "every process is ready", func() bool { return len(said) == len(who) })
		for _, input := range begin {
			_ = input.Close()
		}
		processes.Wait()
		e := a.open("", nil) // looks at the result
		depths, err := e.GetQueueDepths(a.Context())
		if err != nil || depths.OrchestratorQueue != uint64(len(who)) {
			a.Errorf("%d messages, %v; want %d", depths.OrchestratorQueue, err, len(who))
		}
		store, err := a.store(a.place, "")
		if err != nil {
			a.Fatal(err)
		}
		if n, want := a.count("migrations"), len(store.Dialect.Migrations); n != want {
			a.Errorf("%d migrations were applied, want %d", n, want)
		}
	})
}

// words are the writes of a process, which makes one for each line.
type words chan string

// Write implements io.Writer.
func (w words) Write(text []byte) (int, error) {
	w <- string(text)
	return len(text), nil
}

// environ tells a process its job.
func (a *arena) environ(j job) string {
	a.Helper()
	given, err := json.Marshal(j)
	if err != nil {
		a.Fatal(err)
	}
	return jobEnv + "=" + string(given)
}

// spawn starts a process, which ends in good order when its input is closed.
func (a *arena) spawn(j job, out io.Writer, all *sync.WaitGroup) (input io.Closer) {
	a.Helper()
	cmd := exec.CommandContext(a.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), a.environ(j))
	cmd.Stdout, cmd.Stderr = out, a.Output()
	input, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		a.Fatal(err)
	}
	all.Go(func() {
		if err := cmd.Wait(); err != nil {
			a.Errorf("process %s: %v", j.Who, err)
		}
	})
	return input
}

// As many fetchers as there are instances get one each, at once, in whichever
// process they are.
func TestTenFetchersForTenInstancesGetTen(t *testing.T) {
	onServers(t, func(a *arena) {
		rounds := 50
		if full() {
			rounds = 1000
		}
		engines := []core.Provider{a.open("", nil), a.open("", nil)}
		for round := range rounds {
			for _, instance := range names("r"+strconv.Itoa(round), 10) {
				(&crew{p: engines[0]}).start(a.Context(), instance)
			}
			var fetchers sync.WaitGroup
			for i := range 10 {
				p := engines[i%len(engines)]
				fetchers.Go(func() {
					f, err := p.FetchOrchestrationItem(a.Context(), core.FetchOrchestrationParams{LockTimeout: lock})
					if err != nil || f == nil {
						a.Errorf("round %d, fetcher %d: %v, %v; want an instance", round, i, f, err)
						return
					}
					err = p.AckOrchestrationItem(a.Context(), core.AckOrchestrationParams{
						LockToken: f.LockToken, ExecutionID: 1, HistoryDelta: []core.Event{eventOf(f.Item.Instance, 1, began)},
					})
					if err != nil {
						a.Errorf("ack of %s: %v", f.Item.Instance, err)
					}
				})
			}
			fetchers.Wait()
			if a.Failed() {
				return
			}
		}
	})
}
