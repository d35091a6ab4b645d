package ordeal

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/durokit/duro/core"
)

// Every instance starts an activity and a child, and has one event for each message
// it got: its start, the activity's completion and the child's. A child has one.
const (
	began  = "began"
	worked = "worked"
	raised = "raised" // the child has ended

	eventsOfTree = 4
)

// lock does not expire while its holder is alive.
const lock = 20 * time.Second

// crew is callers who work on instances side by side, and what they heard of it.
type crew struct {
	p core.Provider
	// unsure lets an enqueue go again that may have happened.
	unsure bool

	mu     sync.Mutex
	starts []string
	errs   []error
}

func (c *crew) failedf(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.errs = append(c.errs, fmt.Errorf(format, args...))
}

// take adds instances to those that are to be started.
func (c *crew) take(instances []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.starts = append(c.starts, instances...)
}

func (c *crew) nextStart() (instance string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.starts) == 0 {
		return "", false
	}
	instance, c.starts = c.starts[0], c.starts[1:]
	return instance, true
}

// work lets callers work until ctx ends, which they do not see in the middle of
// anything but a fetch.
func (c *crew) work(ctx context.Context, callers int) {
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			for ctx.Err() == nil {
				if instance, ok := c.nextStart(); ok {
					c.start(context.WithoutCancel(ctx), instance)
				}
				if i%3 == 0 {
					c.activity(ctx)
				} else {
					c.turn(ctx)
				}
			}
		})
	}
	all.Wait()
}

func (c *crew) start(ctx context.Context, instance string) {
	item := core.NewWorkItem(core.StartOrchestration{Instance: instance, Orchestration: "tree", Input: "{}", ExecutionID: 1})
	for {
		err := c.p.EnqueueForOrchestrator(ctx, item, 0)
		if err == nil {
			return
		}
		pe, _ := errors.AsType[*core.ProviderError](err)
		if !c.unsure || pe == nil || !pe.MayHaveHappened || pe.Code != core.ErrUnavailable {
			c.failedf("start %s: %w", instance, err)
			return
		}
	}
}

func (c *crew) activity(ctx context.Context) {
	w, err := c.p.FetchWorkItem(ctx, core.FetchWorkParams{LockTimeout: lock, PollTimeout: time.Second})
	switch {
	case ctx.Err() != nil && core.CodeOf(err) == core.ErrCanceled:
		return
	case err != nil:
		c.failedf("fetch work: %w", err)
		return
	case w == nil:
		return
	}
	a, _ := w.Item.Payload().(core.ActivityExecute)
	done := core.NewWorkItem(core.ActivityCompleted{Instance: a.Instance, ExecutionID: a.ExecutionID, ID: a.ID, Result: "ok"})
	if err := c.p.AckWorkItem(context.WithoutCancel(ctx), w.LockToken, &done); err != nil {
		c.failedf("ack work of %s: %w", a.Instance, err)
	}
}

func (c *crew) turn(ctx context.Context) {
	f, err := c.p.FetchOrchestrationItem(ctx, core.FetchOrchestrationParams{LockTimeout: lock, PollTimeout: time.Second})
	switch {
	case ctx.Err() != nil && core.CodeOf(err) == core.ErrCanceled:
		return
	case err != nil:
		c.failedf("fetch: %w", err)
		return
	case f == nil:
		return
	}
	if err := c.p.AckOrchestrationItem(context.WithoutCancel(ctx), c.decide(f)); err != nil {
		c.failedf("ack of %s: %w", f.Item.Instance, err)
	}
}

// decide is one turn. A message that has its event already came twice.
func (c *crew) decide(f *core.FetchedOrchestration) core.AckOrchestrationParams {
	instance := f.Item.Instance
	p := core.AckOrchestrationParams{
		LockToken: f.LockToken, ExecutionID: 1,
		Metadata: core.ExecutionMetadata{OrchestrationName: new("tree"), OrchestrationVersion: new("1.0.0"), Status: new(core.StatusRunning)},
	}
	seen := textsOf(f.Item.History)
	for _, m := range f.Item.Messages {
		text := began
		switch m.Payload().(type) {
		case core.ActivityCompleted:
			text = worked
		case core.SubOrchCompleted:
			text = raised
		}
		if seen[text] > 0 {
			if text != began || !c.unsure { // a start that may have happened was made again
				c.failedf("%s: %s twice", instance, text)
			}
			continue
		}
		seen[text]++
		p.HistoryDelta = append(p.HistoryDelta, eventOf(instance, uint64(len(f.Item.History)+len(p.HistoryDelta)+1), text))
		if text == began {
			c.beginning(instance, &p)
		}
	}
	return p
}

func (c *crew) beginning(instance string, p *core.AckOrchestrationParams) {
	if parent, child := strings.CutSuffix(instance, "::child"); child {
		p.OrchestratorItems = append(p.OrchestratorItems, core.NewWorkItem(core.SubOrchCompleted{
			ParentInstance: parent, ParentExecutionID: 1, ParentID: 2, Result: "ok",
		}))
		return
	}
	p.WorkerItems = append(p.WorkerItems, core.NewWorkItem(core.ActivityExecute{
		Instance: instance, ExecutionID: 1, ID: 1, Name: "a", Input: "{}",
	}))
	p.OrchestratorItems = append(p.OrchestratorItems, core.NewWorkItem(core.StartOrchestration{
		Instance: instance + "::child", Orchestration: "tree", Input: "{}", ParentInstance: &instance, ParentID: new(uint64(2)), ExecutionID: 1,
	}))
}

func eventOf(instance string, id uint64, text string) core.Event {
	return core.NewEvent(core.EventHeader{EventID: id, InstanceID: instance, ExecutionID: 1, DuroxideVersion: "0.1.29"},
		core.ActivityScheduledEvent{Name: "a", Input: text})
}

// textsOf counts the events by what they say.
func textsOf(events []core.Event) map[string]int {
	texts := map[string]int{}
	for _, e := range events {
		if p, ok := e.Payload().(core.ActivityScheduledEvent); ok {
			texts[p.Input]++
		}
	}
	return texts
}

// names are instances, with the name of who starts them.
func names(who string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%s-%d", who, i)
	}
	return all
}

// expectTrees demands that every instance and its child has what it must have, once.
func expectTrees(t *testing.T, p core.Provider, instances []string) {
	t.Helper()
	for _, parent := range instances {
		for instance, want := range map[string]map[string]int{
			parent: {began: 1, worked: 1, raised: 1}, parent + "::child": {began: 1},
		} {
			events, err := p.Read(t.Context(), instance)
			if got := textsOf(events); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %v, %v; want %v", instance, got, err, want)
			}
		}
	}
	admin, _ := core.Admin(p)
	if depths, err := admin.GetQueueDepths(t.Context()); err != nil || *depths != (core.QueueDepths{}) {
		t.Errorf("queues: %+v, %v; want them empty", depths, err)
	}
}
