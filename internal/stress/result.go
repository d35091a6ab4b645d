package stress

import (
	"time"
)

// Result is what a run measured. The fields of the first block are upstream's
// formulas to the letter (docs/contract.md A4.3), even where their names promise
// something else; the second block says more.
type Result struct {
	Provider string   `json:"provider"`
	Version  string   `json:"provider_version"`
	RunID    string   `json:"run_id"`
	Workload Workload `json:"workload"`
	Driver   Driver   `json:"driver"`
	// Loops is the concurrency of the runtime, orchestrations:workers.
	Loops string `json:"loops"`

	Launched             int `json:"launched"`
	Completed            int `json:"completed"`
	Failed               int `json:"failed"`
	FailedInfrastructure int `json:"failed_infrastructure"`
	FailedConfiguration  int `json:"failed_configuration"`
	FailedApplication    int `json:"failed_application"`
	// TotalTime is from the first launch to the end of the last instance.
	TotalTime time.Duration `json:"total_time_ns"`
	// OrchThroughput is completed instances per second of TotalTime.
	OrchThroughput float64 `json:"orch_throughput"`
	// ActivityThroughput is derived from it, not counted.
	ActivityThroughput float64 `json:"activity_throughput"`
	// AvgLatencyMS is TotalTime per completed instance, which is no latency.
	AvgLatencyMS float64 `json:"avg_latency_ms"`
	// SuccessRate is completed of launched, in percent.
	SuccessRate float64 `json:"success_rate"`

	// Window is how long instances were launched, WindowThroughput the completions
	// inside it per second of it.
	Window            time.Duration `json:"window_ns"`
	CompletedInWindow int           `json:"completed_in_window"`
	WindowThroughput  float64       `json:"window_throughput"`
	Latency           Latency       `json:"latency"`
	// Unfinished instances were still running when an interrupted run gave up.
	Unfinished  int  `json:"unfinished"`
	Interrupted bool `json:"interrupted"`
	// Resumed counts the instances of an earlier run that were waited for, and
	// FinishedEarlier those that had ended before.
	Resumed         int `json:"resumed"`
	FinishedEarlier int `json:"finished_earlier"`
	// Operations counts the provider's calls by method, the check's left out.
	Operations map[string]OperationStats `json:"operations"`
	// PeakRSSBytes is the most memory the process ever used.
	PeakRSSBytes uint64 `json:"peak_rss_bytes"`
	// Check says whether the histories are right; nil when it was left out.
	Check *Check `json:"check"`
}

// OK reports whether all that was launched completed and looks right.
func (r *Result) OK() bool {
	return r.Completed == r.Launched && r.Failed == 0 && !r.Interrupted && (r.Check == nil || len(r.Check.Problems) == 0)
}

func (r *run) result(began time.Time) *Result {
	t := &r.tally
	t.mu.Lock()
	defer t.mu.Unlock()
	total, window := since(began), t.windowEnd.Sub(began)
	res := &Result{
		Provider: r.p.Name(), Version: r.p.Version(), RunID: r.cfg.RunID,
		Workload: r.cfg.Workload, Driver: r.cfg.Driver, Loops: r.cfg.loops(),
		Launched: t.launched, Completed: len(t.completed), Failed: t.failed,
		// A poisoned message is upstream's infrastructure as well.
		FailedInfrastructure: t.byKind["infrastructure"] + t.byKind["poison"],
		FailedConfiguration:  t.byKind["configuration"],
		FailedApplication:    t.byKind["application"],
		TotalTime:            total,
		Window:               window,
		CompletedInWindow:    t.inWindow,
		WindowThroughput:     rate(t.inWindow, window),
		Latency:              latencyOf(t.latencies),
		Unfinished:           t.launched - len(t.completed) - t.failed,
		Operations:           r.counter.operations(),
		PeakRSSBytes:         peakRSS(),
	}
	res.OrchThroughput = rate(res.Completed, total)
	res.ActivityThroughput = rate(res.Completed*r.cfg.TasksPerInstance, total)
	res.AvgLatencyMS = milliseconds(total) / float64(max(res.Completed, 1))
	if res.Launched > 0 {
		res.SuccessRate = 100 * float64(res.Completed) / float64(res.Launched)
	}
	return res
}

func rate(n int, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(n) / d.Seconds()
}
