package stress

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// WriteTable writes upstream's report table, a row for each result.
func WriteTable(w io.Writer, results ...*Result) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "Provider\tConfig\tCompleted\tFailed\tInfra\tConfig\tApp\t"+
		"Success %\tOrch/sec\tActivity/sec\tAvg Latency")
	for _, r := range results {
		_, _ = fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%.2f\t%.2f\t%.2f\t%.2fms\n",
			r.Provider, r.Loops, r.Completed, r.Failed, r.FailedInfrastructure, r.FailedConfiguration, r.FailedApplication,
			r.SuccessRate, r.OrchThroughput, r.ActivityThroughput, r.AvgLatencyMS)
	}
	return t.Flush()
}
