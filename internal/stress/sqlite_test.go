package stress

import (
	"context"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/durokit/duro/backends/sqlite"
	"github.com/durokit/duro/core"
)

// interrupting ends the run's context at its n-th activity, wherever the others
// are then.
type interrupting struct {
	core.Provider
	left atomic.Int32
	stop context.CancelFunc
}

func (p *interrupting) AckWorkItem(ctx context.Context, token string, completion *core.WorkItem) error {
	if p.left.Add(-1) == 0 {
		p.stop()
	}
	return p.Provider.AckWorkItem(ctx, token, completion)
}

// The other tests run in memory and on virtual time; this one shows that the
// library also works on a database: run, interrupt, reopen, resume.
func TestInterruptedRunsResumeOnSQLite(t *testing.T) {
	t.Parallel()
	for _, w := range []Workload{Fanout, LargePayload} {
		t.Run(string(w), func(t *testing.T) {
			t.Parallel()
			url := "sqlite:" + filepath.Join(t.TempDir(), "stress.db")
			cfg := quiet(DefaultConfig(w))
			cfg.RunID, cfg.Count, cfg.Duration, cfg.ActivityDelay, cfg.Grace = "r", 12, 0, 0, 0
			if w == LargePayload {
				cfg.Count = 3 // each makes some 40 transactions, one after the other
			}
			// What is interrupted stays locked; do not wait long for that.
			cfg.Runtime.OrchestrationLockTimeout, cfg.Runtime.WorkerLockTimeout = time.Second, time.Second

			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			p := openSQLite(t, url)
			stopping := &interrupting{Provider: p, stop: cancel}
			stopping.left.Store(30)
			first, err := Run(ctx, stopping, cfg, nil)
			if err != nil || !first.Interrupted || first.Unfinished == 0 || len(first.Check.Problems) != 0 {
				t.Fatalf("%+v %v", first, err)
			}
			if err := p.Close(t.Context()); err != nil {
				t.Fatal(err)
			}

			p = openSQLite(t, url)
			second, err := Resume(t.Context(), p, cfg, nil)
			expectOK(t, second, err)
			if second.Completed+second.FinishedEarlier != cfg.Count || second.Launched == 0 {
				t.Errorf("%+v", second)
			}
			if err := p.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func openSQLite(t *testing.T, url string) core.Provider {
	t.Helper()
	p, err := sqlite.OpenURL(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
