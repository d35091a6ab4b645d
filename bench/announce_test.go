package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/durokit/duro/backends/postgres"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/internal/testservers"
)

// fetcherEnv tells a copy of this program which store to fetch from.
const fetcherEnv = "DURO_BENCH_FETCHER"

func TestMain(m *testing.M) {
	switch url := os.Getenv(fetcherEnv); {
	case url != "":
		exit(fetchAll(url))
	case startedAsPlugin():
		exit(servePlugin())
	}
	os.Exit(m.Run())
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// fetchAll fetches instances until its standard input ends, and writes when it got
// each, by the clock that all processes of a machine share.
func fetchAll(url string) error {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	p, err := postgres.OpenURL(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = p.Close(context.Background()) }()
	for {
		got, err := p.FetchOrchestrationItem(ctx, core.FetchOrchestrationParams{LockTimeout: time.Hour, PollTimeout: time.Hour})
		at := time.Now().UnixNano()
		if ctx.Err() != nil {
			return nil
		}
		if err == nil {
			err = p.AckOrchestrationItem(ctx, core.AckOrchestrationParams{LockToken: got.LockToken, ExecutionID: 1})
		}
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(os.Stdout, at); err != nil {
			return err
		}
	}
}

// BenchmarkEnqueueToFetchedElsewhere is how long a message takes from one process,
// which enqueues it, to another, which waits for it. Messages come one at a time:
// every 20 to 60 ms, or each as soon as the one before was fetched, when it has to
// wait for the announcer's rest.
func BenchmarkEnqueueToFetchedElsewhere(b *testing.B) {
	for _, c := range []struct {
		name  string
		pause func() time.Duration
	}{
		{"spaced", func() time.Duration { return 20*time.Millisecond + rand.N(40*time.Millisecond) }},
		{"back-to-back", func() time.Duration { return 0 }},
	} {
		b.Run(c.name, func(b *testing.B) {
			url := testservers.NewPlace(b, testservers.Postgres, testservers.URL(b, testservers.Postgres)).URL
			p, err := postgres.OpenURL(b.Context(), url)
			must(b, err)
			b.Cleanup(func() { must(b, p.Close(context.Background())) })
			fetched := fetcher(b, url)
			travel := func(id string) time.Duration {
				begin := time.Now()
				must(b, p.EnqueueForOrchestrator(b.Context(), startItem(id), 0))
				return time.Unix(0, <-fetched).Sub(begin)
			}
			for i := range 20 {
				travel(fmt.Sprint("warm-", i))
			}
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				<-time.After(c.pause())
				took = append(took, travel(strconv.Itoa(i)))
			}
			slices.Sort(took)
			for _, percent := range []int{50, 99} {
				b.ReportMetric(took[(len(took)-1)*percent/100].Seconds()*1000, fmt.Sprintf("ms/p%d", percent))
			}
		})
	}
}

// fetcher starts a process that fetches all instances of a store, and tells when it
// got each.
func fetcher(b *testing.B, url string) <-chan int64 {
	b.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(b.Context()), os.Args[0]) // it ends after the benchmark
	cmd.Env = append(os.Environ(), fetcherEnv+"="+url)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	must(b, err)
	out, err := cmd.StdoutPipe()
	must(b, err)
	must(b, cmd.Start())
	fetched := make(chan int64)
	go func() {
		defer close(fetched)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			at, _ := strconv.ParseInt(strings.TrimSpace(lines.Text()), 10, 64)
			fetched <- at
		}
	}()
	b.Cleanup(func() {
		must(b, in.Close())
		for range fetched { // what it said last
		}
		must(b, cmd.Wait())
	})
	return fetched
}
