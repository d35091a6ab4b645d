package stress

import (
	"context"
	"strconv"
	"strings"

	"github.com/durokit/duro/client"
	"github.com/durokit/duro/internal/miniruntime"
)

const (
	childName     = "LargePayloadSubOrchestration"
	smallTask     = "SmallPayloadTask"
	mediumTask    = "MediumPayloadTask"
	largeTask     = "LargePayloadTask"
	finalTasks    = 10
	childTasks    = 2
	payloadDigits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!@#$%^&*()"
)

// payload is upstream's filler of exactly k KiB (docs/contract.md A4.4).
func payload(k int) string {
	n := k << 10
	return strings.Repeat(payloadDigits, n/len(payloadDigits)+1)[:n]
}

func (c *Config) largePayloadPlan() plan {
	p := c.Payloads
	activities := p.Activities + finalTasks
	return plan{
		input:       `{"task_count":` + strconv.Itoa(c.TasksPerInstance) + `}`, // unused, as upstream
		events:      2 + 2*activities + 2*p.Children,
		children:    p.Children,
		childEvents: 2 + 2*childTasks,
		register: func(r *miniruntime.Registry) {
			r.Orchestration(orchestrationName, p.parent)
			r.Orchestration(childName, p.child)
			r.Activity(smallTask, c.payloadTask(p.SmallKiB))
			r.Activity(mediumTask, c.payloadTask(p.MediumKiB))
			r.Activity(largeTask, c.payloadTask(p.LargeKiB))
		},
	}
}

// The JSON forms of workload B. Fields stand in alphabetical order, the order
// upstream's JSON library writes.
type (
	taskInput struct {
		Data  string `json:"data"`
		Index int    `json:"index"`
	}
	childInput struct {
		Index   int    `json:"index"`
		Payload string `json:"payload"`
	}
	taskResult struct {
		Input   string `json:"input"`
		Payload string `json:"payload"`
		SizeKB  int    `json:"size_kb"`
	}
	childResult struct {
		ResultPayload string `json:"result_payload"`
		SizeKB        int    `json:"size_kb"`
		Success       bool   `json:"success"`
	}
	parentResult struct {
		ActivitiesCompleted  int    `json:"activities_completed"`
		EstimatedEventCount  int    `json:"estimated_event_count"`
		ResultPayload        string `json:"result_payload"`
		ResultSizeKB         int    `json:"result_size_kb"`
		SubOrchestrationsRun int    `json:"sub_orchestrations_completed"`
	}
)

func (c *Config) payloadTask(sizeKB int) miniruntime.Activity {
	own := payload(sizeKB)
	return func(ctx context.Context, input string) (string, error) {
		if err := rest(ctx, c.ActivityDelay); err != nil {
			return "", err
		}
		return client.Encode(taskResult{Input: input, Payload: own, SizeKB: sizeKB})
	}
}

// parent is the orchestration of workload B (docs/contract.md A4.4).
func (p Payloads) parent(ctx *miniruntime.Context, _ string) (string, error) {
	done, err := p.sequence(ctx)
	if err != nil {
		return "", err
	}
	if err := p.children(ctx); err != nil {
		return "", err
	}
	for i := range finalTasks {
		if _, err := ctx.Activity(smallTask, "final-task-"+strconv.Itoa(i)).Await(); err != nil {
			return "", err
		}
		done++
	}
	return client.Encode(parentResult{
		ActivitiesCompleted: done, SubOrchestrationsRun: p.Children,
		EstimatedEventCount: 2*done + 4*p.Children, // upstream's estimate
		ResultPayload:       payload(p.LargeKiB), ResultSizeKB: p.LargeKiB,
	})
}

// sequence runs a third small, a third medium and the rest large tasks.
func (p Payloads) sequence(ctx *miniruntime.Context) (done int, err error) {
	third := p.Activities / 3
	for _, part := range []struct {
		task  string
		count int
		data  string
	}{
		{smallTask, third, payload(p.SmallKiB)},
		{mediumTask, third, payload(p.MediumKiB / 2)},
		{largeTask, p.Activities - 2*third, payload(p.LargeKiB / 4)},
	} {
		for i := range part.count {
			input, err := client.Encode(taskInput{Index: i, Data: part.data})
			if err != nil {
				return done, err
			}
			if _, err := ctx.Activity(part.task, input).Await(); err != nil {
				return done, err
			}
			done++
		}
	}
	return done, nil
}

func (p Payloads) children(ctx *miniruntime.Context) error {
	running := make([]*miniruntime.Future, p.Children)
	for i := range running {
		input, err := client.Encode(childInput{Index: i, Payload: payload(p.MediumKiB)})
		if err != nil {
			return err
		}
		running[i] = ctx.SubOrchestration(childName, input)
	}
	_, err := miniruntime.WaitAll(running...)
	return err
}

func (p Payloads) child(ctx *miniruntime.Context, _ string) (string, error) {
	if _, err := ctx.Activity(smallTask, payload(p.SmallKiB)).Await(); err != nil {
		return "", err
	}
	if _, err := ctx.Activity(mediumTask, payload(p.MediumKiB/2)).Await(); err != nil {
		return "", err
	}
	return client.Encode(childResult{Success: true, ResultPayload: payload(p.MediumKiB), SizeKB: p.MediumKiB})
}
