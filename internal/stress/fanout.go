package stress

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/durokit/duro/internal/miniruntime"
)

// defaultTasks is the width of a fan-out whose input does not say it.
const defaultTasks = 5

func (c *Config) fanoutPlan() plan {
	n := c.TasksPerInstance
	own := fmt.Sprintf(`{"task_count":%d}`, n)
	return plan{
		input:  own,
		events: 2 + 2*n,
		register: func(r *miniruntime.Registry) {
			r.Orchestration(orchestrationName, func(ctx *miniruntime.Context, input string) (string, error) {
				if input == own {
					return fanout(ctx, n) // saves decoding it on every turn
				}
				return fanout(ctx, taskCount(input))
			})
			r.Activity("ProcessTask", func(ctx context.Context, input string) (string, error) {
				if err := rest(ctx, c.ActivityDelay); err != nil {
					return "", err
				}
				return "processed: " + input, nil
			})
		},
	}
}

// fanout is the orchestration of workload A (docs/contract.md A4.2).
func fanout(ctx *miniruntime.Context, n int) (string, error) {
	tasks := make([]*miniruntime.Future, n)
	for i := range tasks {
		tasks[i] = ctx.Activity("ProcessTask", "task-"+strconv.Itoa(i))
	}
	succeeded := 0
	for _, t := range tasks {
		if _, err := t.Await(); err == nil {
			succeeded++
		}
	}
	return fmt.Sprintf("Completed %d tasks (%d succeeded)", n, succeeded), nil
}

func taskCount(input string) int {
	var in struct {
		TaskCount *int `json:"task_count"`
	}
	if err := json.Unmarshal([]byte(input), &in); err != nil || in.TaskCount == nil || *in.TaskCount < 0 {
		return defaultTasks
	}
	return *in.TaskCount
}
