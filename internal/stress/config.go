package stress

import (
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"github.com/durokit/duro/internal/miniruntime"
)

// Workload is what every instance does.
type Workload string

// The workloads of docs/contract.md A4.
const (
	// Fanout is workload A: activities in parallel, tiny payloads.
	Fanout Workload = "fanout"
	// LargePayload is workload B: activities in sequence and children, with inputs
	// and results of 10 to 100 KiB.
	LargePayload Workload = "large-payload"
)

// Driver is how instances are launched and waited for.
type Driver string

// The drivers.
const (
	// Upstream is the published driver, step by step (docs/contract.md A4.2), except
	// that its instances carry the run's id in theirs.
	Upstream Driver = "upstream"
	// Closed starts an instance whenever one has ended, and hears of the end from the
	// runtime.
	Closed Driver = "closed"
)

// Config says what to run. Start from DefaultConfig: zero means zero here.
type Config struct {
	Workload Workload
	Driver   Driver
	// RunID tells this run's instances from others': they are called
	// stress-<RunID>-1, -2, and so on. Empty makes a random one.
	RunID string

	// MaxConcurrent is how many instances are in flight.
	MaxConcurrent int
	// Duration is how long instances are launched; 0 does not limit.
	Duration time.Duration
	// Count is how many instances are launched at most; 0 does not limit.
	Count int
	// TasksPerInstance is the fan-out's width.
	TasksPerInstance int
	// ActivityDelay is how long an activity sleeps.
	ActivityDelay time.Duration
	// OrchestrationConcurrency and WorkerConcurrency are the runtime's loops.
	OrchestrationConcurrency int
	WorkerConcurrency        int
	// WaitTimeout is how long one instance is waited for.
	WaitTimeout time.Duration

	// Payloads sizes the LargePayload workload.
	Payloads Payloads

	// Grace is how long a run whose context ends waits for what is in flight.
	Grace time.Duration
	// SkipCheck leaves out looking at every instance afterwards.
	SkipCheck bool
	// Runtime is passed to the runtime, except for its concurrency and OnCompletion.
	Runtime miniruntime.Options
	// Logger hears of what goes wrong; nil is slog.Default.
	Logger *slog.Logger
}

// Payloads are the sizes of the LargePayload workload.
type Payloads struct {
	SmallKiB, MediumKiB, LargeKiB int
	// Activities is how many large-payload activities run in sequence.
	Activities int
	// Children is how many sub-orchestrations run in parallel.
	Children int
}

// DefaultConfig is upstream's configuration of a workload, with the closed driver.
func DefaultConfig(w Workload) Config {
	c := Config{
		Workload: w, Driver: Closed,
		MaxConcurrent: 20, Duration: 10 * time.Second, TasksPerInstance: 5, ActivityDelay: 10 * time.Millisecond,
		OrchestrationConcurrency: 2, WorkerConcurrency: 2, WaitTimeout: time.Minute,
		Payloads: Payloads{SmallKiB: 10, MediumKiB: 50, LargeKiB: 100, Activities: 20, Children: 5},
		Grace:    10 * time.Second,
	}
	if w == LargePayload {
		c.MaxConcurrent, c.TasksPerInstance, c.ActivityDelay = 5, 1, 5*time.Millisecond
		c.OrchestrationConcurrency, c.WorkerConcurrency, c.WaitTimeout = 1, 1, 2*time.Minute
	}
	return c
}

// runIDs keeps ids of instances short and free of what ids of children look like.
var runIDs = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// check refuses what cannot be run.
func (c *Config) check() error {
	switch {
	case c.Workload != Fanout && c.Workload != LargePayload:
		return fmt.Errorf("stress: unknown workload %q: known are %s and %s", c.Workload, Fanout, LargePayload)
	case c.Driver != Upstream && c.Driver != Closed:
		return fmt.Errorf("stress: unknown driver %q: known are %s and %s", c.Driver, Upstream, Closed)
	case !runIDs.MatchString(c.RunID):
		return fmt.Errorf("stress: run id %q: letters, digits, '.', '_' and '-', at most 64, are allowed", c.RunID)
	case c.MaxConcurrent < 1:
		return errors.New("stress: at least one instance must be in flight")
	case c.OrchestrationConcurrency < 1 || c.WorkerConcurrency < 1:
		return errors.New("stress: at least one orchestration loop and one worker loop are needed")
	case c.Duration < 0 || c.Count < 0 || c.TasksPerInstance < 0 || c.ActivityDelay < 0 || c.WaitTimeout <= 0:
		return errors.New("stress: durations and counts must not be negative, the wait timeout not zero")
	case c.Duration == 0 && c.Count == 0:
		return errors.New("stress: a duration or a count must end the launching")
	case c.Workload == LargePayload && c.Payloads.invalid():
		return errors.New("stress: the payloads' sizes and counts must not be negative")
	}
	return nil
}

func (p *Payloads) invalid() bool {
	return p.SmallKiB < 0 || p.MediumKiB < 0 || p.LargeKiB < 0 || p.Activities < 0 || p.Children < 0
}

// loops is how upstream writes the concurrency: orchestrations:workers.
func (c *Config) loops() string {
	return fmt.Sprintf("%d:%d", c.OrchestrationConcurrency, c.WorkerConcurrency)
}
