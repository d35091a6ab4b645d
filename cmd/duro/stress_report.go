package main

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/durokit/duro/internal/stress"
)

// stressReport is what duro stress prints.
type stressReport struct {
	Backend string         `json:"backend"`
	Result  *stress.Result `json:"result"`
	// Ceiling is the same workload on a store that does nothing; nil when it was
	// not measured.
	Ceiling *stress.Result `json:"ceiling"`
	cfg     stress.Config
}

// newStressReport takes a result; its lists become [] and not null in JSON.
func newStressReport(backend string, cfg stress.Config, r *stress.Result) *stressReport {
	if k := r.Check; k != nil {
		k.Problems = append([]string{}, k.Problems...)
		k.Skipped = append([]string{}, k.Skipped...)
	}
	return &stressReport{Backend: backend, Result: r, cfg: cfg}
}

func (v *stressReport) results() []*stress.Result {
	if v.Ceiling == nil {
		return []*stress.Result{v.Result}
	}
	return []*stress.Result{v.Result, v.Ceiling}
}

func (v *stressReport) text(t *table) {
	r := v.Result
	t.linef("run %s, workload %s, %s driver, %d in flight", r.RunID, r.Workload, r.Driver, v.cfg.MaxConcurrent)
	if r.Resumed+r.FinishedEarlier > 0 {
		t.linef("of an earlier run: %d finished then, %d finished now", r.FinishedEarlier, r.Resumed)
	}
	t.linef("")
	// Upstream's columns by upstream's formulas; a buffer takes every write.
	_ = stress.WriteTable(t.buf, v.results()...)
	t.linef("")
	t.row("PROVIDER", "STARTED FOR", "ORCH/S THEN", "P50", "P95", "P99", "MAX", "PEAK RSS")
	for _, r := range v.results() {
		t.row(r.Provider, r.Window.Round(10*time.Millisecond), fmt.Sprintf("%.1f", r.WindowThroughput),
			ms(r.Latency.P50MS), ms(r.Latency.P95MS), ms(r.Latency.P99MS), ms(r.Latency.MaxMS),
			fmt.Sprintf("%.1f MiB", float64(r.PeakRSSBytes)/(1<<20)))
	}
	t.linef("")
	t.row("OPERATION", "CALLS", "EMPTY", "ERRORS", "MEAN")
	for _, name := range slices.Sorted(maps.Keys(r.Operations)) {
		o := r.Operations[name]
		t.row(name, o.Calls, o.Empty, o.Errors, o.Mean().Round(time.Microsecond))
	}
	if v.Ceiling != nil && v.Ceiling.OrchThroughput > 0 {
		t.linef("")
		t.linef("%.0f%% of the driver's own ceiling", 100*r.OrchThroughput/v.Ceiling.OrchThroughput)
	}
	v.check(t)
}

// check prints what looking at the instances brought.
func (v *stressReport) check(t *table) {
	k := v.Result.Check
	if k == nil {
		return
	}
	t.linef("")
	result := "all as they should be"
	if len(k.Problems) > 0 {
		result = plural(len(k.Problems), "problem")
	}
	t.linef("check: %s, %s", plural(k.Instances, "instance"), result)
	for _, p := range k.Problems {
		t.linef("  %s", oneLine(p))
	}
	for _, p := range k.Skipped {
		t.linef("  not checked: %s", oneLine(p))
	}
}

func ms(v float64) string {
	if v == 0 {
		return "-" // nothing was measured: all instances were started earlier, or none completed
	}
	return fmt.Sprintf("%.1fms", v)
}
