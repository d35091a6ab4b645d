package stress

import (
	"github.com/durokit/duro/internal/miniruntime"
)

// orchestrationName is what both workloads are registered under, as upstream does.
const orchestrationName = "FanoutOrchestration"

// plan is one workload, made for one configuration.
type plan struct {
	// input is what every instance is started with.
	input string
	// register adds the workload's code.
	register func(*miniruntime.Registry)
	// events is how many events an instance's history has in the end, and children
	// how many children with childEvents each.
	events, children, childEvents int
}

func (c *Config) plan() plan {
	if c.Workload == LargePayload {
		return c.largePayloadPlan()
	}
	return c.fanoutPlan()
}
