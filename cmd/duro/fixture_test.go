package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/durokit/duro"
	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
)

// registerFixtures makes stores that commands can be tried on: fixture:shop holds
// a few instances in every state, the others are broken in one way each.
func registerFixtures() {
	caseStoreMakers["fixture"] = func(url string) caseStores {
		_, name, _ := strings.Cut(url, ":")
		return fixtureStores{name[strings.LastIndexByte(name, '@')+1:]}
	}
	duro.Register("fixture", func(ctx context.Context, url string) (core.Provider, error) {
		_, name, _ := strings.Cut(url, ":")
		name, _, _ = strings.Cut(name, "?")
		if i := strings.LastIndexByte(name, '@'); i >= 0 {
			name = name[i+1:] // a user and a password may stand before it
		}
		switch name {
		case "shop":
			return shop(ctx), nil
		case "empty":
			return reference.New(reference.Options{}), nil
		case "sick":
			return &sick{shop(ctx)}, nil
		case "bare":
			return bare{shop(ctx)}, nil
		case "forgetful":
			return &forgetful{reference.New(reference.Options{})}, nil
		case "hanging":
			return &hanging{shop(ctx)}, nil
		case "newer":
			return nil, core.Errorf("Open", core.ErrSchemaMismatch, "the store's schema has version 9, newer than version 1")
		case "down":
			return nil, core.Wrap("Open", core.ErrUnavailable, errors.New("connection refused\n\tto 127.0.0.1"), "connect with "+url)
		}
		return nil, core.Errorf("Open", core.ErrInvalidArgument, "no fixture %q", name)
	})
}

// fixtureStores are stores for the conformance suite: all that is wrong with the
// reference provider is in its name.
type fixtureStores struct{ name string }

func (s fixtureStores) New(context.Context, string) (*conformance.Harness, error) {
	p := reference.New(reference.Options{StoppedAt: time.Now()})
	h := &conformance.Harness{Provider: p, Hooks: p.Hooks()}
	if s.name == "forgetful" {
		h.Provider = &forgetful{p}
	}
	return h, nil
}

func (s fixtureStores) Probe(context.Context) (string, error) {
	if s.name == "down" {
		return "", core.Errorf("Open", core.ErrUnavailable, "connection refused")
	}
	return "", nil
}

func (s fixtureStores) Close(context.Context) error {
	if s.name == "sticky" {
		return errors.New("the table duro_c_1 could not be dropped")
	}
	return nil
}

func must(err error) {
	if err != nil {
		panic(fmt.Sprintf("fixture: %v", err))
	}
}

// author writes a store turn by turn, as a runtime would.
type author struct {
	ctx context.Context
	p   *reference.Provider
	now time.Time // by the store's clock, which stands still so that outputs can be compared
}

// turn commits one turn of the instance whose message is oldest.
func (a *author) turn(status string, output *string, more core.AckOrchestrationParams, payloads ...core.EventPayload) {
	f, err := a.p.FetchOrchestrationItem(a.ctx, core.FetchOrchestrationParams{LockTimeout: time.Minute})
	must(err)
	next := uint64(len(f.Item.History)) + 1
	execution := f.Item.ExecutionID
	for _, m := range f.Item.Messages {
		switch m := m.Payload().(type) {
		case core.StartOrchestration:
			payloads = append([]core.EventPayload{core.OrchestrationStartedEvent{Name: m.Orchestration, Version: "1.0.0", Input: m.Input, ParentInstance: m.ParentInstance, ParentID: m.ParentID}}, payloads...)
			more.Metadata.ParentInstanceID = m.ParentInstance
			more.Metadata.OrchestrationName = &m.Orchestration
		case core.ContinueAsNew:
			payloads = append([]core.EventPayload{core.OrchestrationStartedEvent{Name: m.Orchestration, Version: "1.0.0", Input: m.Input}}, payloads...)
			more.Metadata.OrchestrationName = &m.Orchestration
			next, execution = 1, execution+1
		}
	}
	for i, p := range payloads {
		h := core.EventHeader{EventID: next + uint64(i), InstanceID: f.Item.Instance, ExecutionID: execution,
			TimestampMS: uint64(a.now.UnixMilli()), DuroxideVersion: "0.1.29"}
		switch p.(type) {
		case core.ActivityCompletedEvent, core.ActivityFailedEvent, core.SubOrchestrationCompletedEvent:
			h.SourceEventID = new(uint64(2))
		}
		more.HistoryDelta = append(more.HistoryDelta, core.NewEvent(h, p))
	}
	more.LockToken, more.ExecutionID = f.LockToken, execution
	more.Metadata.Status, more.Metadata.Output = &status, output
	more.Metadata.OrchestrationVersion = new("1.0.0")
	must(a.p.AckOrchestrationItem(a.ctx, more))
	must(a.p.Hooks().AdvanceClock(a.ctx, time.Second))
	a.now = a.now.Add(time.Second)
}

func (a *author) send(payload core.WorkItemPayload, delay time.Duration) {
	must(a.p.EnqueueForOrchestrator(a.ctx, core.NewWorkItem(payload), delay))
}

func (a *author) start(id, name, input string) {
	a.send(core.StartOrchestration{Instance: id, Orchestration: name, Input: input, ExecutionID: 1}, 0)
}

// shop is a store with a completed order and its shipment, a failed and a running
// order, an eternal orchestration in its third execution, an instance with an
// awkward id, a message nobody waits for, and an activity in the queue.
func shop(ctx context.Context) *reference.Provider {
	opening := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	a := &author{ctx, reference.New(reference.Options{StoppedAt: opening}), opening}

	a.start("order-1", "Order", "42")
	child := core.NewWorkItem(core.StartOrchestration{Instance: "order-1::sub::2", Orchestration: "Ship", Input: "42",
		ParentInstance: new("order-1"), ParentID: new(uint64(2)), ExecutionID: 1})
	a.turn(core.StatusRunning, nil, core.AckOrchestrationParams{OrchestratorItems: []core.WorkItem{child}},
		core.SubOrchestrationScheduledEvent{Name: "Ship", Instance: "sub::2", Input: "42"})
	back := core.NewWorkItem(core.SubOrchCompleted{ParentInstance: "order-1", ParentExecutionID: 1, ParentID: 2, Result: "shipped"})
	a.turn(core.StatusCompleted, new("shipped"), core.AckOrchestrationParams{OrchestratorItems: []core.WorkItem{back}},
		core.OrchestrationCompletedEvent{Output: "shipped"})
	a.turn(core.StatusCompleted, new("done"), core.AckOrchestrationParams{},
		core.SubOrchestrationCompletedEvent{Result: "shipped"},
		core.CustomStatusUpdatedEvent{Status: new("on its way")},
		core.KeyValueSetEvent{Key: "carrier", Value: "snail"},
		core.OrchestrationCompletedEvent{Output: "done"})

	a.start("order-2", "Order", "43")
	a.turn(core.StatusFailed, new("no stock"), core.AckOrchestrationParams{},
		core.OrchestrationFailedEvent{Details: core.Application{Kind: core.AppOrchestrationFailed, Message: "no stock"}})

	a.start("order-3", "Order", "44")
	work := core.NewWorkItem(core.ActivityExecute{Instance: "order-3", ExecutionID: 1, ID: 2, Name: "Charge", Input: "44"})
	a.turn(core.StatusRunning, nil, core.AckOrchestrationParams{WorkerItems: []core.WorkItem{work}},
		core.ActivityScheduledEvent{Name: "Charge", Input: "44"})
	a.send(core.TimerFired{Instance: "order-3", ExecutionID: 1, ID: 3, FireAtMS: uint64(a.now.Add(time.Hour).UnixMilli())}, time.Hour)

	a.start("eternal", "Billing", "1")
	for n := 2; n <= 3; n++ {
		again := core.NewWorkItem(core.ContinueAsNew{Instance: "eternal", Orchestration: "Billing", Input: strconv.Itoa(n)})
		a.turn(core.StatusContinuedAsNew, new(strconv.Itoa(n)), core.AckOrchestrationParams{OrchestratorItems: []core.WorkItem{again}},
			core.OrchestrationContinuedAsNewEvent{Input: strconv.Itoa(n)})
	}
	a.turn(core.StatusRunning, nil, core.AckOrchestrationParams{})

	a.start("odd\tid\x1b[2J", "Order", "45")
	a.turn(core.StatusCompleted, new("two\nlines"), core.AckOrchestrationParams{}, core.OrchestrationCompletedEvent{Output: "two\nlines"})

	a.send(core.ExternalRaised{Instance: "nobody", Name: "Paid", Data: "{}"}, 0)
	return a.p
}

// bare has no admin half.
type bare struct{ core.Provider }

// sick breaks everything the doctor looks at and has an item set aside.
type sick struct{ *reference.Provider }

func (s *sick) Unwrap() core.Provider { return s.Provider }

func (s *sick) ProviderAdmin() (core.ProviderAdmin, bool) { return s, true }

func (*sick) CheckInvariants(context.Context) ([]string, error) {
	return []string{`claim row of "order-3": due 5 ms after its message`, "work row 7: ready\nbut locked"}, nil
}

func (s *sick) GetQueueDepths(ctx context.Context) (*core.QueueDepths, error) {
	d, err := s.Provider.GetQueueDepths(ctx)
	if err == nil {
		d.SetAside = 1
	}
	return d, err
}

func (s *sick) ReadHistoryWithExecutionID(ctx context.Context, id string, n uint64) ([]core.Event, error) {
	if id == "order-2" {
		return nil, core.Errorf("ReadHistoryWithExecutionID", core.ErrCorrupt, "event 2: no event")
	}
	return s.Provider.ReadHistoryWithExecutionID(ctx, id, n)
}

func (*sick) SetAside(ctx context.Context, _ int) ([]engine.SetAsideItem, error) {
	return []engine.SetAsideItem{{ID: 7, Queue: "worker", Item: []byte(`{"garbage":true}`), Reason: "no work item",
		AtMS: uint64(time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC).UnixMilli())}}, ctx.Err()
}

func (*sick) Requeue(_ context.Context, id int64) error {
	if id != 7 {
		return core.Errorf("Requeue", core.ErrNotFound, "no item %d is set aside", id)
	}
	return nil
}

func (*sick) PurgeParked(context.Context) (uint64, error) { return 1, nil }

// hanging answers nothing until it is told to stop.
type hanging struct{ *reference.Provider }

func (h *hanging) ProviderAdmin() (core.ProviderAdmin, bool) { return h, true }

func (*hanging) ListInstances(ctx context.Context) ([]string, error) {
	fmt.Println("hanging") // tells the script that the signal may come
	<-ctx.Done()
	return nil, core.AsProviderError("ListInstances", ctx.Err())
}

// GetSystemMetrics does not even listen to the end of its context.
func (*hanging) GetSystemMetrics(context.Context) (*core.SystemMetrics, error) {
	fmt.Println("hanging")
	select {}
}

// forgetful loses the last event of every history.
type forgetful struct{ *reference.Provider }

func (f *forgetful) Read(ctx context.Context, id string) ([]core.Event, error) {
	events, err := f.Provider.Read(ctx, id)
	if len(events) > 0 {
		events = events[:len(events)-1]
	}
	return events, err
}
