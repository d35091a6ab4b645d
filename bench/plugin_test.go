package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/durokit/duro/all"

	"github.com/durokit/duro"
	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/internal/stress"
	"github.com/durokit/duro/internal/testservers"
	"github.com/durokit/duro/plugin"
	"github.com/durokit/duro/plugin/host"
	handshake "github.com/durokit/duro/plugin/wire"
)

// servePlugin makes this program a plugin when a host, or a benchmark, has started it as
// one. Its store is the URL's, or one in memory whose calls cost next to nothing.
func servePlugin() error {
	return plugin.Serve(context.Background(), plugin.Info{Name: "bench", Version: "1.0.0"},
		func(ctx context.Context, config json.RawMessage) (core.Provider, error) {
			var c struct{ URL string }
			if len(config) > 0 {
				if err := json.Unmarshal(config, &c); err != nil {
					return nil, err
				}
			}
			if c.URL == "" {
				return reference.New(reference.Options{}), nil
			}
			return duro.Open(ctx, c.URL)
		})
}

func startedAsPlugin() bool { return os.Getenv(handshake.CookieKey) != "" }

// child opens a store in a child process.
func child(b *testing.B, config string) core.Provider {
	b.Helper()
	p, err := host.OpenChild(b.Context(), host.ChildConfig{
		Name: "bench", Command: os.Args[0], Unverified: true, Config: []byte(config),
	})
	must(b, err)
	return p
}

// BenchmarkCall is the CPU that one call costs both processes: a status is asked for
// that a store in memory has none of.
func BenchmarkCall(b *testing.B) {
	for _, way := range []struct {
		name string
		open func(*testing.B) (core.Provider, int)
	}{
		{"child", func(b *testing.B) (core.Provider, int) {
			p := child(b, "")
			pid, err := strconv.Atoi(host.Children()[0].PID)
			must(b, err)
			return p, pid
		}},
		{"unix", atAddress},
	} {
		for _, callers := range []int{1, 32} {
			b.Run(fmt.Sprintf("%s/%d", way.name, callers), func(b *testing.B) {
				p, pid := way.open(b)
				b.Cleanup(func() { must(b, p.Close(context.Background())) })
				ask := func() {
					_, err := p.GetCustomStatus(b.Context(), "nobody", 0)
					must(b, err)
				}
				for range 1000 { // warm both up
					ask()
				}
				before := cpu(b, pid)
				began := time.Now()
				calls := 0
				for b.Loop() {
					var wg sync.WaitGroup
					for range callers {
						wg.Go(func() {
							for range 100 {
								ask()
							}
						})
					}
					wg.Wait()
					calls += callers * 100
				}
				b.ReportMetric(float64((cpu(b, pid)-before).Nanoseconds())/1e3/float64(calls), "cpu-µs/call")
				b.ReportMetric(float64(time.Since(began).Nanoseconds())/1e3/float64(calls)*float64(callers), "µs/call")
				b.ReportMetric(0, "ns/op") // of a hundred calls, by each caller
			})
		}
	}
}

// atAddress starts this program as a server at a socket, without TLS.
func atAddress(b *testing.B) (core.Provider, int) {
	b.Helper()
	at := "unix:" + filepath.Join(b.TempDir(), "s")
	cmd := exec.CommandContext(context.WithoutCancel(b.Context()), os.Args[0], "--listen", at)
	cmd.Env = append(os.Environ(), handshake.CookieKey+"=by hand")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(b, err)
	must(b, cmd.Start())
	b.Cleanup(func() {
		must(b, cmd.Process.Signal(os.Interrupt))
		must(b, cmd.Wait())
	})
	_, err = bufio.NewReader(out).ReadString('\n') // it says when it listens
	must(b, err)
	p, err := host.OpenAddress(b.Context(), host.AddressConfig{Address: at})
	must(b, err)
	return p, cmd.Process.Pid
}

// cpu is the time that this process and another have used up.
func cpu(b *testing.B, pid int) time.Duration {
	b.Helper()
	var own syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &own))
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	must(b, err)
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+2:]))
	ticks := 0
	for _, field := range fields[11:13] { // of user and system
		n, err := strconv.Atoi(field)
		must(b, err)
		ticks += n
	}
	const hertz = 100 // USER_HZ is that wherever Linux runs
	return time.Duration(ticks)*(time.Second/hertz) + time.Duration(own.Utime.Nano()+own.Stime.Nano())
}

// BenchmarkStressThroughAChild is the closed stress run through a child, against the same
// in this process, on the same database: with the published load (20 instances in flight,
// 2 and 2 dispatchers, activities of 10 ms), and with all that the machine can do (200 in
// flight, 32 and 32 dispatchers, no delay). With latency, each answer of the database
// takes a millisecond longer.
func BenchmarkStressThroughAChild(b *testing.B) {
	published := stress.DefaultConfig(stress.Fanout)
	published.Duration = 5 * time.Second
	full := published
	full.ActivityDelay, full.MaxConcurrent = 0, 200
	full.OrchestrationConcurrency, full.WorkerConcurrency = 32, 32
	late := func(b *testing.B) string { return slowly(b, postgresURL(b), time.Millisecond) }
	for _, c := range []struct {
		name string
		load stress.Config
		url  func(*testing.B) string
	}{
		{"postgres/1ms/published", published, late},
		{"postgres/1ms/full", full, late},
		{"postgres/raw/full", full, postgresURL},
		{"sqlite/raw/full", full, func(b *testing.B) string { return "sqlite:" + filepath.Join(b.TempDir(), "stress.db") }},
	} {
		b.Run(c.name, func(b *testing.B) {
			at := c.url(b)
			config, err := json.Marshal(map[string]string{"url": at})
			must(b, err)
			var inside, through float64
			for b.Loop() {
				p, err := duro.Open(b.Context(), at)
				must(b, err)
				inside += completed(b, p, c.load)
				through += completed(b, child(b, string(config)), c.load)
			}
			b.ReportMetric(through/inside, "ratio")
			b.ReportMetric(inside/float64(b.N), "orch/s/in-process")
			b.ReportMetric(through/float64(b.N), "orch/s/child")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// completed runs a load, and returns orchestrations a second.
func completed(b *testing.B, p core.Provider, load stress.Config) float64 {
	b.Helper()
	result, err := stress.Run(b.Context(), p, load, nil)
	must(b, err)
	if result.Completed != result.Launched || result.Check == nil {
		b.Fatalf("%d of %d were completed, check %v", result.Completed, result.Launched, result.Check)
	}
	must(b, p.Close(context.Background()))
	return result.OrchThroughput
}

func postgresURL(b *testing.B) string {
	return testservers.NewPlace(b, testservers.Postgres, testservers.URL(b, testservers.Postgres)).URL
}

// slowly returns a URL by which each answer of the server takes longer.
func slowly(b *testing.B, at string, by time.Duration) string {
	b.Helper()
	u, err := url.Parse(at)
	must(b, err)
	l, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	must(b, err)
	b.Cleanup(func() { _ = l.Close() })
	go relay(l, u.Host, by)
	u.Host = l.Addr().String()
	return u.String()
}
