package report

import (
	"encoding/json"
	"io"
	"time"

	"github.com/durokit/duro/conformance"
)

// asJSON is a report as JSON has it.
type asJSON struct {
	Backend  string `json:"backend"`
	Way      string `json:"way,omitempty"`
	Provider string `json:"provider"`
	Version  string `json:"version"`
	Server   string `json:"server_version,omitempty"`
	// Seed is a text: programs that read numbers as floats would change it.
	Seed uint64 `json:"seed,string"`
	Machine
	Started     time.Time       `json:"started"`
	DurationMS  float64         `json:"duration_ms"`
	OK          bool            `json:"ok"`
	Interrupted bool            `json:"interrupted"`
	Counts      map[Outcome]int `json:"counts"`
	Slowest     []slowJSON      `json:"slowest"`
	Leaks       []string        `json:"leaks"`
	Cases       []caseJSON      `json:"cases"`
}

type slowJSON struct {
	ID         string  `json:"id"`
	Round      int     `json:"round"`
	DurationMS float64 `json:"duration_ms"`
	BudgetMS   float64 `json:"budget_ms"`
}

type caseJSON struct {
	ID         string             `json:"id"`
	Round      int                `json:"round"`
	Level      string             `json:"level"`
	Section    string             `json:"section"`
	Rule       string             `json:"rule"`
	Status     conformance.Status `json:"status"`
	Outcome    Outcome            `json:"outcome"`
	DurationMS float64            `json:"duration_ms"`
	OverBudget bool               `json:"over_budget"`
	Reason     string             `json:"reason,omitempty"`
	*failureJSON
}

// failureJSON is what a case that failed has beside.
type failureJSON struct {
	Why         string   `json:"why"`
	Failures    []string `json:"failures"`
	StepsBefore int      `json:"steps_before"`
	Steps       []string `json:"steps"`
	Seed        uint64   `json:"seed,string"`
	Repeat      string   `json:"repeat"`
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (r *Report) writeJSON(w io.Writer) error {
	v := asJSON{
		Backend: r.Backend, Way: r.Way, Provider: r.Run.Provider, Version: r.Run.Version, Server: r.Server, Seed: r.Run.Seed,
		Machine: r.machine(), Started: r.Run.Started.UTC(), DurationMS: millis(r.Run.Duration),
		OK: r.OK(), Interrupted: r.Run.Interrupted, Counts: map[Outcome]int{},
		Slowest: []slowJSON{}, Leaks: append([]string{}, r.Run.Leaks...), Cases: []caseJSON{},
	}
	for _, o := range outcomes {
		v.Counts[o] = r.Count(o)
	}
	for _, res := range r.slowest() {
		v.Slowest = append(v.Slowest, slowJSON{res.Case.ID, res.Round, millis(res.Duration), millis(res.Case.Allowance())})
	}
	for _, res := range r.Run.Results {
		v.Cases = append(v.Cases, r.caseJSON(res))
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func (r *Report) caseJSON(res conformance.Result) caseJSON {
	out := caseJSON{
		ID: res.Case.ID, Round: res.Round, Level: res.Case.Level.String(), Section: res.Case.Section, Rule: res.Case.Rule,
		Status: res.Status, Outcome: r.Outcome(res), DurationMS: millis(res.Duration), OverBudget: res.OverBudget, Reason: res.Reason,
	}
	if failed(res) {
		out.failureJSON = &failureJSON{
			Why: res.Case.Why, Failures: append([]string{}, res.Failures...), StepsBefore: res.StepsBefore,
			Steps: append([]string{}, res.Steps...), Seed: res.Seed, Repeat: r.Repeat(res),
		}
	}
	return out
}
