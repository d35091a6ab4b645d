package client_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/durokit/duro/client"
	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// commit acks one turn of an instance by hand, as a runtime would.
func commit(t *testing.T, p core.Provider, meta core.ExecutionMetadata, payloads ...core.EventPayload) {
	t.Helper()
	f, err := p.FetchOrchestrationItem(t.Context(), core.FetchOrchestrationParams{LockTimeout: 1e9})
	must(t, err)
	if f == nil {
		t.Fatal("nothing to fetch")
	}
	ack := core.AckOrchestrationParams{LockToken: f.LockToken, ExecutionID: f.Item.ExecutionID, Metadata: meta}
	for i, e := range payloads {
		ack.HistoryDelta = append(ack.HistoryDelta, core.NewEvent(core.EventHeader{
			EventID: uint64(len(f.Item.History) + i + 1), InstanceID: f.Item.Instance, ExecutionID: f.Item.ExecutionID,
		}, e))
	}
	must(t, p.AckOrchestrationItem(t.Context(), ack))
}

var (
	started = core.OrchestrationStartedEvent{Name: "O", Version: "1.0.0"}
	created = core.ExecutionMetadata{OrchestrationName: new("O"), OrchestrationVersion: new("1.0.0")}
)

func ended(status, output string) core.ExecutionMetadata {
	return core.ExecutionMetadata{Status: &status, Output: &output}
}

// messages fetches what is queued for the only instance there is.
func messages(t *testing.T, p core.Provider) []core.WorkItemPayload {
	t.Helper()
	f, err := p.FetchOrchestrationItem(t.Context(), core.FetchOrchestrationParams{LockTimeout: 1e9})
	must(t, err)
	var out []core.WorkItemPayload
	for _, m := range f.Item.Messages {
		out = append(out, m.Payload())
	}
	return out
}

func TestControlCallsSendTheirMessages(t *testing.T) {
	p := reference.New(reference.Options{})
	c := client.New(p, client.Options{})
	ctx := t.Context()
	must(t, c.Start(ctx, "i", "O", "in"))
	must(t, c.StartVersioned(ctx, "i", "O", "2.0.0", "in2"))
	must(t, c.RaiseEvent(ctx, "i", "e", "d"))
	must(t, c.EnqueueEvent(ctx, "i", "q", "m"))
	must(t, c.Cancel(ctx, "i", "why"))
	got := messages(t, p)
	if s := got[0].(core.StartOrchestration); s.Version != nil || s.Input != "in" || s.ExecutionID != 1 || s.ParentInstance != nil {
		t.Errorf("%+v", s)
	}
	if s := got[1].(core.StartOrchestration); *s.Version != "2.0.0" {
		t.Errorf("%+v", s)
	}
	for i, want := range []core.WorkItemPayload{
		core.ExternalRaised{Instance: "i", Name: "e", Data: "d"},
		core.QueueMessage{Instance: "i", Name: "q", Data: "m"},
		core.CancelInstance{Instance: "i", Reason: "why"},
	} {
		if got[i+2] != want {
			t.Errorf("%+v, want %+v", got[i+2], want)
		}
	}
}

func TestStartRefusesIDsOfChildren(t *testing.T) {
	c := client.New(reference.New(reference.Options{}), client.Options{})
	for _, id := range []string{"sub::1", "a::sub::2", "a::sub::"} {
		err := c.Start(t.Context(), id, "O", "")
		if !errors.Is(err, client.ErrInvalidInput) || !errors.Is(err, core.ErrInvalidArgument) {
			t.Errorf("%s: %v", id, err)
		}
	}
	for _, id := range []string{"sub", "a::submarine", "x sub::1", "::sub:"} {
		must(t, c.Start(t.Context(), id, "O", ""))
	}
	// Signals may go to children.
	must(t, c.RaiseEvent(t.Context(), "a::sub::2", "e", ""))
	// What the provider refuses is invalid input as well.
	if err := c.Start(t.Context(), "", "O", ""); !errors.Is(err, client.ErrInvalidInput) {
		t.Errorf("%v", err)
	}
}

func TestGetStatus(t *testing.T) {
	p := reference.New(reference.Options{})
	c := client.New(p, client.Options{})
	ctx := t.Context()
	expect := func(state client.State, custom string, version uint64) *client.Status {
		t.Helper()
		st, err := c.GetStatus(ctx, "i")
		must(t, err)
		got := ""
		if st.CustomStatus != nil {
			got = *st.CustomStatus
		}
		if st.State != state || got != custom || st.CustomStatusVersion != version {
			t.Errorf("%+v (%q), want %s %q %d", st, got, state, custom, version)
		}
		return st
	}
	expect(client.NotFound, "", 0)
	must(t, c.Start(ctx, "i", "O", ""))
	expect(client.NotFound, "", 0) // queued, not processed
	commit(t, p, created, started, core.CustomStatusUpdatedEvent{Status: new("half")})
	expect(client.Running, "half", 1)
	must(t, c.RaiseEvent(ctx, "i", "e", ""))
	commit(t, p, ended(core.StatusContinuedAsNew, "next"), core.OrchestrationContinuedAsNewEvent{Input: "next"})
	expect(client.Running, "half", 1) // the gap between two executions
	must(t, c.RaiseEvent(ctx, "i", "e", ""))
	commit(t, p, ended(core.StatusFailed, "boom"), core.OrchestrationFailedEvent{Details: core.Application{Message: "boom"}})
	if st := expect(client.Failed, "half", 1); st.Error.Display() != "boom" || st.Error.Category() != "application" {
		t.Errorf("%+v", st.Error)
	}

	must(t, c.Start(ctx, "j", "O", ""))
	meta := created
	meta.Status, meta.Output = new(core.StatusCompleted), new("out")
	commit(t, p, meta, started, core.OrchestrationCompletedEvent{Output: "out"}, core.ActivityCancelRequestedEvent{Reason: "r"})
	if st, err := c.GetStatus(ctx, "j"); err != nil || st.State != client.Completed || st.Output != "out" {
		t.Errorf("%+v %v", st, err)
	}
	if s, err := c.GetOrchestrationStats(ctx, "j"); err != nil || s.HistoryEventCount != 3 {
		t.Errorf("%+v %v", s, err)
	}
}

func TestStateNames(t *testing.T) {
	for s, want := range map[client.State]string{
		client.NotFound: "NotFound", client.Running: "Running", client.Completed: "Completed", client.Failed: "Failed",
	} {
		if s.String() != want {
			t.Errorf("%s, want %s", s, want)
		}
	}
}

// bare is a provider without an admin half.
type bare struct{ core.Provider }

func TestManagementNeedsTheCapability(t *testing.T) {
	c := client.New(bare{reference.New(reference.Options{})}, client.Options{})
	if c.HasManagement() {
		t.Error("a provider without ProviderAdmin has management")
	}
	ctx := t.Context()
	for name, call := range map[string]func() error{
		"ListAllInstances":      func() error { _, err := c.ListAllInstances(ctx); return err },
		"ListInstancesByStatus": func() error { _, err := c.ListInstancesByStatus(ctx, "Running"); return err },
		"GetInstanceInfo":       func() error { _, err := c.GetInstanceInfo(ctx, "i"); return err },
		"GetExecutionInfo":      func() error { _, err := c.GetExecutionInfo(ctx, "i", 1); return err },
		"ListExecutions":        func() error { _, err := c.ListExecutions(ctx, "i"); return err },
		"ReadExecutionHistory":  func() error { _, err := c.ReadExecutionHistory(ctx, "i", 1); return err },
		"GetSystemMetrics":      func() error { _, err := c.GetSystemMetrics(ctx); return err },
		"GetQueueDepths":        func() error { _, err := c.GetQueueDepths(ctx); return err },
		"GetInstanceTree":       func() error { _, err := c.GetInstanceTree(ctx, "i"); return err },
		"DeleteInstance":        func() error { _, err := c.DeleteInstance(ctx, "i", true); return err },
		"DeleteInstanceBulk":    func() error { _, err := c.DeleteInstanceBulk(ctx, core.InstanceFilter{}); return err },
		"PruneExecutions":       func() error { _, err := c.PruneExecutions(ctx, "i", core.PruneOptions{}); return err },
		"PruneExecutionsBulk": func() error {
			_, err := c.PruneExecutionsBulk(ctx, core.InstanceFilter{}, core.PruneOptions{})
			return err
		},
	} {
		err := call()
		if !errors.Is(err, client.ErrManagementNotAvailable) || !errors.Is(err, core.ErrUnsupported) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestManagement(t *testing.T) {
	p := reference.New(reference.Options{})
	var log bytes.Buffer
	c := client.New(p, client.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	ctx := t.Context()
	must(t, c.Start(ctx, "i", "O", ""))
	commit(t, p, created, started)
	if all, err := c.ListAllInstances(ctx); err != nil || len(all) != 1 || all[0] != "i" {
		t.Errorf("%v %v", all, err)
	}
	if running, err := c.ListInstancesByStatus(ctx, core.StatusRunning); err != nil || len(running) != 1 {
		t.Errorf("%v %v", running, err)
	}
	if info, err := c.GetExecutionInfo(ctx, "i", 1); err != nil || info.EventCount != 1 {
		t.Errorf("%+v %v", info, err)
	}
	if ids, err := c.ListExecutions(ctx, "i"); err != nil || len(ids) != 1 {
		t.Errorf("%v %v", ids, err)
	}
	if events, err := c.ReadExecutionHistory(ctx, "i", 1); err != nil || len(events) != 1 {
		t.Errorf("%v %v", events, err)
	}
	if m, err := c.GetSystemMetrics(ctx); err != nil || m.RunningInstances != 1 {
		t.Errorf("%+v %v", m, err)
	}
	if d, err := c.GetQueueDepths(ctx); err != nil || *d != (core.QueueDepths{}) {
		t.Errorf("%+v %v", d, err)
	}
	if _, err := c.DeleteInstance(ctx, "i", false); !errors.Is(err, client.ErrInstanceStillRunning) {
		t.Errorf("%v", err)
	}
	if _, err := c.GetInstanceInfo(ctx, "not found"); !errors.Is(err, client.ErrInstanceNotFound) || !errors.Is(err, core.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if r, err := c.PruneExecutions(ctx, "i", core.PruneOptions{}); err != nil || r.InstancesProcessed != 1 {
		t.Errorf("%+v %v", r, err)
	}
	if r, err := c.PruneExecutionsBulk(ctx, core.InstanceFilter{}, core.PruneOptions{}); err != nil || r.InstancesProcessed != 1 {
		t.Errorf("%+v %v", r, err)
	}
	if r, err := c.DeleteInstance(ctx, "i", true); err != nil || r.InstancesDeleted != 1 {
		t.Errorf("%+v %v", r, err)
	}
	if r, err := c.DeleteInstanceBulk(ctx, core.InstanceFilter{}); err != nil || r.InstancesDeleted != 0 {
		t.Errorf("%+v %v", r, err)
	}
	for _, line := range []string{
		`msg="client: deleted" instance=i force=true op=DeleteInstance instances_deleted=1 executions_deleted=1 events_deleted=1`,
		`msg="client: pruned" instance=i op=PruneExecutions instances_processed=1`,
		`msg="client: deleted" op=DeleteInstanceBulk instances_deleted=0`,
	} {
		if !strings.Contains(log.String(), line) {
			t.Errorf("not logged: %s\n%s", line, log.String())
		}
	}
}

func TestChildrenAreDeletedWithTheirRoot(t *testing.T) {
	p := reference.New(reference.Options{})
	c := client.New(p, client.Options{})
	must(t, c.Start(t.Context(), "p", "O", ""))
	commit(t, p, created, started)
	must(t, c.Start(t.Context(), "c", "O", ""))
	meta := created
	meta.ParentInstanceID = new("p")
	commit(t, p, meta, started)
	if _, err := c.DeleteInstance(t.Context(), "c", true); !errors.Is(err, client.ErrCannotDeleteSubOrchestration) {
		t.Errorf("%v", err)
	}
	if tree, err := c.GetInstanceTree(t.Context(), "p"); err != nil || tree.Size() != 2 {
		t.Errorf("%+v %v", tree, err)
	}
	if tree, err := c.GetInstanceTree(t.Context(), "c"); err != nil || tree.Size() != 1 {
		t.Errorf("%+v %v", tree, err)
	}
	if tree, err := c.GetInstanceTree(t.Context(), "none"); !errors.Is(err, client.ErrInstanceNotFound) {
		t.Errorf("%+v %v", tree, err)
	}
}

func retryable(err error) bool {
	e, ok := errors.AsType[*client.Error](err)
	return ok && e.Retryable()
}

// failing is a provider whose reads and enqueues fail.
type failing struct {
	core.Provider
	err error
}

func (p failing) Read(context.Context, string) ([]core.Event, error) { return nil, p.err }

func (p failing) GetKVValue(context.Context, string, string) (string, bool, error) {
	return "", false, p.err
}

func TestErrorsKeepWhatTheProviderSaid(t *testing.T) {
	cause := core.Errorf("Read", core.ErrUnavailable, "not found, still running") // words that must not matter
	c := client.New(failing{reference.New(reference.Options{}), cause}, client.Options{})
	_, err := c.GetStatus(t.Context(), "i")
	e, ok := errors.AsType[*client.Error](err)
	if !ok || e.Kind != client.ErrProvider || !e.Retryable() || !errors.Is(err, core.ErrUnavailable) {
		t.Errorf("%v", err)
	}
	if want := "client.GetStatus: i: Read: unavailable: not found, still running"; err.Error() != want {
		t.Errorf("%q, want %q", err, want)
	}
	cause.Code, cause.Retryable = core.ErrCorrupt, false
	if _, err := c.Wait(t.Context(), "i", 1e9); !errors.Is(err, core.ErrCorrupt) || retryable(err) {
		t.Errorf("%v", err)
	}
	if _, err := c.WaitForKV(t.Context(), "i", "k", 1e9); !errors.Is(err, core.ErrCorrupt) {
		t.Errorf("%v", err)
	}
	timeout := &client.Error{Kind: client.ErrTimeout, Op: "Wait"}
	if !timeout.Retryable() || errors.Is(timeout, core.ErrInternal) || !errors.Is(timeout, client.ErrTimeout) {
		t.Error("timeout")
	}
	if s := client.Kind(200).Error(); s != "provider error" {
		t.Error(s)
	}
}
