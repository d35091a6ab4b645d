package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/internal/stress"
)

// The workloads as docs/contract.md A4 calls them, and as the package does.
var workloads = map[string]stress.Workload{"a": stress.Fanout, "b": stress.LargePayload}

// stressCommand is one call of duro stress: its flags, then its run.
type stressCommand struct {
	c   *cli
	cmd *cobra.Command
	out *output

	workload, driver *choice
	cfg              stress.Config // only what flags were given for
	resume           string
	keep, ceiling    bool
}

func (c *cli) stress() *cobra.Command {
	s := &stressCommand{c: c}
	s.cmd = &cobra.Command{
		Use:   "stress",
		Short: "Run a workload on a store and check every instance of it",
		Long: `stress starts orchestrations, runs them in this process, and reports how fast the
store was. Then it looks at every instance in the store: one start, one completion,
all events without a gap, and nothing left in the queues.

Workload a is a fan-out of small activities, 12 events each by default; b moves
payloads of 10 to 100 KiB through activities and sub-orchestrations. The closed
driver keeps a number of instances in flight and hears of their ends from the
runtime; the upstream driver sleeps and polls exactly as the one behind Duroxide's
published figures, to compare with those. Beside each result stands the driver's
own ceiling: the same workload on a store that only hands messages around in
memory. A figure near it says little about the store.

A run has an id, which its instances carry. Ctrl-C starts nothing more and finishes
what is in flight; a second one ends at once. What such a run, or one that was
killed, left behind is finished by --resume with the id and the flags of that run.
The instances of a run without fault are deleted afterwards, all others are kept.
A store with messages in its queues is refused: they would be taken.`,
		Args: noArgs,
		Example: `  duro stress --backend sqlite:test.db --duration 30s
  duro stress --workload b --count 10 --json
  duro stress --driver upstream --orch-dispatchers 1 --work-dispatchers 1`,
	}
	s.out = c.output(s.cmd)
	s.workload = choiceFlag(s.cmd, "workload", "a", "what to run", "a", "b")
	s.driver = choiceFlag(s.cmd, "driver", string(stress.Closed), "how to start and to wait",
		string(stress.Closed), string(stress.Upstream))
	f := s.cmd.Flags()
	f.DurationVar(&s.cfg.Duration, "duration", 0, "start instances for this long (default 10s, without --count)")
	f.IntVar(&s.cfg.Count, "count", 0, "start this many instances")
	f.IntVar(&s.cfg.MaxConcurrent, "in-flight", 0, "instances at a time (default 20; 5 for workload b)")
	f.IntVar(&s.cfg.TasksPerInstance, "tasks", 0, "activities of an instance of workload a (default 5)")
	f.DurationVar(&s.cfg.ActivityDelay, "delay", 0, "how long an activity sleeps (default 10ms; 5ms for workload b)")
	f.IntVar(&s.cfg.OrchestrationConcurrency, "orch-dispatchers", 0, "orchestrations run at a time (default 2; 1 for workload b)")
	f.IntVar(&s.cfg.WorkerConcurrency, "work-dispatchers", 0, "activities run at a time (default 2; 1 for workload b)")
	f.DurationVar(&s.cfg.WaitTimeout, "wait", 0, "how long to wait for one instance (default 1m; 2m for workload b)")
	f.DurationVar(&s.cfg.Grace, "grace", 0, "how long an interrupted run finishes what is in flight (default 10s)")
	f.StringVar(&s.resume, "resume", "", "finish the `RUN` with this id")
	f.BoolVar(&s.keep, "keep", false, "keep the instances of a run without fault too")
	f.BoolVar(&s.ceiling, "ceiling", true, "measure the driver's own ceiling too")
	s.cmd.RunE = c.do(s.run)
	return s.cmd
}

// config completes the flags with what the workload has by default.
func (s *stressCommand) config() (stress.Config, error) {
	cfg := stress.DefaultConfig(workloads[s.workload.value])
	cfg.Driver = stress.Driver(s.driver.value)
	cfg.Logger = slog.Default()
	given := func(name string) bool { return s.cmd.Flags().Changed(name) }
	set := func(name string, into, from *int) {
		if given(name) {
			*into = *from
		}
	}
	setTime := func(name string, into, from *time.Duration) {
		if given(name) {
			*into = *from
		}
	}
	if given("count") {
		cfg.Duration = 0
	}
	setTime("duration", &cfg.Duration, &s.cfg.Duration)
	set("count", &cfg.Count, &s.cfg.Count)
	set("in-flight", &cfg.MaxConcurrent, &s.cfg.MaxConcurrent)
	set("tasks", &cfg.TasksPerInstance, &s.cfg.TasksPerInstance)
	setTime("delay", &cfg.ActivityDelay, &s.cfg.ActivityDelay)
	set("orch-dispatchers", &cfg.OrchestrationConcurrency, &s.cfg.OrchestrationConcurrency)
	set("work-dispatchers", &cfg.WorkerConcurrency, &s.cfg.WorkerConcurrency)
	setTime("wait", &cfg.WaitTimeout, &s.cfg.WaitTimeout)
	setTime("grace", &cfg.Grace, &s.cfg.Grace)
	cfg.RunID = s.resume
	if err := s.tooSmall(); err != nil {
		return cfg, err
	}
	switch {
	case given("resume") && s.resume == "":
		return cfg, usagef("--resume needs the id of a run")
	case given("resume") && given("duration"):
		return cfg, usagef("--resume finishes what there is: it takes no --duration")
	case cfg.Workload == stress.LargePayload && given("tasks"):
		return cfg, usagef("--tasks is for workload a")
	}
	if cfg.RunID == "" {
		cfg.RunID = strings.ToLower(rand.Text()[:8])
	}
	return cfg, nil
}

// tooSmall refuses numbers before a store is made for them.
func (s *stressCommand) tooSmall() error {
	least := func(n int64, names ...string) error {
		for _, name := range names {
			f := s.cmd.Flags().Lookup(name)
			v, err := strconv.ParseInt(f.Value.String(), 10, 64)
			if err != nil {
				d, _ := time.ParseDuration(f.Value.String()) // one of the two it is
				v = int64(d)
			}
			if f.Changed && v < n {
				return usagef("--%s cannot be %s", name, f.Value)
			}
		}
		return nil
	}
	return cmp.Or(least(0, "tasks", "delay", "grace"),
		least(1, "duration", "count", "in-flight", "orch-dispatchers", "work-dispatchers", "wait"))
}

func (s *stressCommand) run(ctx context.Context, _ []string) error {
	cfg, err := s.config()
	if err != nil {
		return err
	}
	open := s.c.openOrCreate
	if s.resume != "" {
		open = s.c.open
	}
	st, err := open(ctx)
	if err != nil {
		return err
	}
	defer st.close(ctx)
	report, err := s.measure(ctx, st, cfg)
	if err != nil {
		return err
	}
	if err := s.out.show(report, report.text); err != nil {
		return err
	}
	return s.verdict(ctx, st, report.Result)
}

// measure makes the run and measures the ceiling after it: the other way round,
// the store would start on a heap that is warm already.
func (s *stressCommand) measure(ctx context.Context, st *store, cfg stress.Config) (*stressReport, error) {
	before, run := st.undisturbed, stress.Run
	if s.resume != "" {
		before, run = st.knows(s.resume), stress.Resume
	}
	if err := before(ctx); err != nil {
		return nil, err
	}
	screen := s.c.newScreen(cfg, s.resume != "")
	quiet := context.AfterFunc(ctx, func() {
		screen.sayf("interrupted: finishing what is in flight, for %s at most; again to stop at once", cfg.Grace)
	})
	result, err := run(ctx, st.Provider, cfg, screen.show)
	quiet()
	screen.close()
	if result == nil {
		return nil, notRun(err)
	}
	report := newStressReport(s.c.shown(), cfg, result)
	// A resumed run waits for locks to expire: there is nothing to compare.
	if s.ceiling && s.resume == "" {
		ceiling, err := stress.Ceiling(ctx, ceilingConfig(cfg), nil)
		if err != nil {
			return nil, notRun(err)
		}
		if !ceiling.Interrupted {
			report.Ceiling = ceiling
		}
	}
	return report, nil
}

// notRun is an error that came before anything was started: the store's, or what
// the package has against the configuration, which the flags made.
func notRun(err error) error {
	if _, ok := errors.AsType[*core.ProviderError](err); ok {
		return failed("stress", err)
	}
	return usagef("%v", err)
}

// ceilingTime is enough to see the ceiling: nothing there has to warm up.
const ceilingTime = 2 * time.Second

func ceilingConfig(cfg stress.Config) stress.Config {
	if cfg.Duration == 0 || cfg.Duration > ceilingTime {
		cfg.Duration = ceilingTime
	}
	cfg.SkipCheck = true
	return cfg
}

// verdict cleans up behind a good run and says what is wrong with any other.
func (s *stressCommand) verdict(ctx context.Context, st *store, r *stress.Result) error {
	switch {
	case r.Interrupted && r.Unfinished > 0:
		return interruptedf("interrupted with %s unfinished; to go on: duro stress --resume %s, with the same flags",
			plural(r.Unfinished, "instance"), r.RunID)
	case r.Interrupted:
		return interruptedf("interrupted; all of run %s that was started is finished", r.RunID)
	case !r.OK():
		problems := 0
		if r.Check != nil {
			problems = len(r.Check.Problems)
		}
		return wrongf("run %s: %d of %s failed, %s found by the check", r.RunID,
			r.Launched-r.Completed, plural(r.Launched, "instance"), plural(problems, "problem"))
	case s.keep:
		return nil
	}
	return st.forget(ctx, r.RunID)
}
