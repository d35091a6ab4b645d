package stress

import (
	"fmt"
	"testing"
)

// BenchmarkCeiling measures the runtime and the closed driver without a store:
// one operation is one orchestration of workload A.
func BenchmarkCeiling(b *testing.B) {
	for _, loops := range []int{2, 16, 64} {
		b.Run(fmt.Sprint("loops=", loops), func(b *testing.B) {
			cfg := quiet(DefaultConfig(Fanout))
			cfg.Count, cfg.Duration, cfg.ActivityDelay, cfg.SkipCheck = b.N, 0, 0, true
			cfg.MaxConcurrent, cfg.OrchestrationConcurrency, cfg.WorkerConcurrency = 2*loops, loops, loops
			b.ReportAllocs()
			r, err := Ceiling(b.Context(), cfg, nil)
			if err != nil || !r.OK() {
				b.Fatalf("%+v %v", r, err)
			}
			b.ReportMetric(r.OrchThroughput, "orch/s")
			b.ReportMetric(float64(r.Operations["AckOrchestrationItem"].Calls)/float64(r.Completed), "turns/orch")
		})
	}
}
