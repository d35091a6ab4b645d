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
	payloadDigits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!@#$%^&*()"
)

// payload is upstream's filler of exactly k KiB (docs/contract.md A4.4).
func payload(k int) string {
	n := k << 10
	return strings.Repeat(payloadDigits, n/len(payloadDigits)+1)[:n]
}

func (c *Config) largePayloadPlan() plan {
	p := c.Payloads
	w := p.prepare()
	return plan{
		input:       `{"task_count":` + strconv.Itoa(c.TasksPerInstance) + `}`, // unused, as upstream
		events:      2 + 2*len(w.tasks) + 2*finalTasks + 2*p.Children,
		children:    p.Children,
		childEvents: 2 + 2*len(w.childTasks),
		register: func(r *miniruntime.Registry) {
			r.Orchestration(orchestrationName, w.parent)
			r.Orchestration(childName, w.child)
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

// largeWork is all that the orchestrations of workload B send. It is the same for
// every instance and made once: an orchestration runs from its beginning on each
// of its some 40 turns.
type largeWork struct {
	tasks, childTasks   []task
	children            []string // inputs
	result, childResult string
}

type task struct{ name, input string }

// prepare makes what workload B sends (docs/contract.md A4.4).
func (p Payloads) prepare() *largeWork {
	w := &largeWork{}
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
			w.tasks = append(w.tasks, task{part.task, encode(taskInput{Index: i, Data: part.data})})
		}
	}
	for i := range p.Children {
		w.children = append(w.children, encode(childInput{Index: i, Payload: payload(p.MediumKiB)}))
	}
	w.childTasks = []task{{smallTask, payload(p.SmallKiB)}, {mediumTask, payload(p.MediumKiB / 2)}}
	w.childResult = encode(childResult{Success: true, ResultPayload: payload(p.MediumKiB), SizeKB: p.MediumKiB})
	done := p.Activities + finalTasks
	w.result = encode(parentResult{
		ActivitiesCompleted: done, SubOrchestrationsRun: p.Children,
		EstimatedEventCount: 2*done + 4*p.Children, // upstream's estimate
		ResultPayload:       payload(p.LargeKiB), ResultSizeKB: p.LargeKiB,
	})
	return w
}

// encode is client.Encode for the plain structs of this workload.
func encode[T any](v T) string {
	s, err := client.Encode(v)
	if err != nil {
		panic(err) // integers and strings always have a JSON form
	}
	return s
}

func (c *Config) payloadTask(sizeKB int) miniruntime.Activity {
	own := payload(sizeKB)
	return func(ctx context.Context, input string) (string, error) {
		if err := rest(ctx, c.ActivityDelay); err != nil {
			return "", err
		}
		return client.Encode(taskResult{Input: input, Payload: own, SizeKB: sizeKB})
	}
}

// parent runs all tasks one after the other, then the children in parallel, then
// the final tasks.
func (w *largeWork) parent(ctx *miniruntime.Context, _ string) (string, error) {
	if err := inSequence(ctx, w.tasks); err != nil {
		return "", err
	}
	running := make([]*miniruntime.Future, len(w.children))
	for i, input := range w.children {
		running[i] = ctx.SubOrchestration(childName, input)
	}
	if _, err := miniruntime.WaitAll(running...); err != nil {
		return "", err
	}
	for i := range finalTasks {
		if _, err := ctx.Activity(smallTask, "final-task-"+strconv.Itoa(i)).Await(); err != nil {
			return "", err
		}
	}
	return w.result, nil
}

func (w *largeWork) child(ctx *miniruntime.Context, _ string) (string, error) {
	return w.childResult, inSequence(ctx, w.childTasks)
}

func inSequence(ctx *miniruntime.Context, tasks []task) error {
	for _, t := range tasks {
		if _, err := ctx.Activity(t.name, t.input).Await(); err != nil {
			return err
		}
	}
	return nil
}
