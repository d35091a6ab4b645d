package ordeal

import (
	"sync"
	"testing"
	"time"

	"github.com/durokit/duro/internal/stress"
	"github.com/durokit/duro/internal/testservers"
)

// A server that goes away in the middle of a run and comes back costs time, not
// results: every instance ends, and looks as if nothing had been.
func TestRestartsCostTimeNotResults(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			server := testservers.StartPrivate(t, k.name, k.durable...)
			a := newArena(t, k, server.URL)
			a.place.Outside.SetMaxIdleConns(-1) // they would not outlive the server
			e := a.open("", nil)
			cfg := workload(stress.Fanout, 60, 2*time.Second)
			cfg.MaxConcurrent = 10
			ends := []func(){server.Kill}
			if full() {
				cfg.Count, ends = 4000, []func(){server.Stop, server.Kill, server.Stop, server.Kill}
			}
			var result *stress.Result
			var err error
			var running sync.WaitGroup
			running.Go(func() { result, err = stress.Run(t.Context(), e, cfg, nil) })
			for i, end := range ends {
				grows(t, "instances of the run", cfg.Count*(i+1)/(len(ends)+1)+1, func() int { return a.count("executions") })
				end()
				server.Start()
			}
			running.Wait()
			if err != nil || !result.OK() || result.Completed != cfg.Count {
				t.Errorf("%v, %+v, check %+v", err, result, result.Check)
			}
		})
	}
}
