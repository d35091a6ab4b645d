package conformance_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core"
)

// harmless are the cases that a provider may pass which does nothing, or fails
// whatever is asked of it.
var harmless = []string{
	"management/AdminAbsent", // is about a provider without an admin half, which every provider can be made
	// Not for providers that wait, as these two say they do.
	"polling/ShortPollReturnsImmediately", "polling/ShortPollWorkReturnsImmediately",
	// Need what a harness of the reference does not have.
	"robustness/ClockConsistency", "robustness/ConcurrentMigration",
}

// A case that passes on a provider which does nothing, and on one which refuses
// everything, checks nothing.
func TestEveryCaseFailsOnAWorthlessProvider(t *testing.T) {
	t.Parallel()
	passes := map[string]int{}
	for _, p := range []core.Provider{zeroProvider{}, refusing{}} {
		for _, r := range judge(t, func(core.Provider) core.Provider { return p }, ".") {
			if r.Status != conformance.StatusFail {
				passes[r.Case.ID]++
			}
		}
	}
	var both []string
	for id, n := range passes {
		if n == 2 {
			both = append(both, id)
		}
	}
	slices.Sort(both)
	if !slices.Equal(both, harmless) {
		t.Errorf("the cases that fail on neither: got %q, want %q", both, harmless)
	}
}

// refusing answers every call with a permanent error.
type refusing struct{ core.Unsupported }

func (refusing) Name() string                                { return "refusing" }
func (refusing) Version() string                             { return "0.0.0" }
func (refusing) Close(context.Context) error                 { return nil }
func (p refusing) ProviderAdmin() (core.ProviderAdmin, bool) { return p, true }

// zeroProvider does nothing and says that all is well.
type zeroProvider struct{}

func (zeroProvider) Name() string    { return "zero" }
func (zeroProvider) Version() string { return "0.0.0" }

func (zeroProvider) FetchOrchestrationItem(context.Context, core.FetchOrchestrationParams) (*core.FetchedOrchestration, error) {
	return nil, nil //nolint:nilnil // none
}
func (zeroProvider) AckOrchestrationItem(context.Context, core.AckOrchestrationParams) error {
	return nil
}
func (zeroProvider) AbandonOrchestrationItem(context.Context, core.AbandonParams) error { return nil }
func (zeroProvider) RenewOrchestrationItemLock(context.Context, string, time.Duration) error {
	return nil
}
func (zeroProvider) EnqueueForOrchestrator(context.Context, core.WorkItem, time.Duration) error {
	return nil
}
func (zeroProvider) EnqueueForWorker(context.Context, core.WorkItem) error { return nil }
func (zeroProvider) FetchWorkItem(context.Context, core.FetchWorkParams) (*core.FetchedWork, error) {
	return nil, nil //nolint:nilnil // none
}
func (zeroProvider) AckWorkItem(context.Context, string, *core.WorkItem) error      { return nil }
func (zeroProvider) AbandonWorkItem(context.Context, core.AbandonParams) error      { return nil }
func (zeroProvider) RenewWorkItemLock(context.Context, string, time.Duration) error { return nil }
func (zeroProvider) RenewSessionLock(context.Context, core.RenewSessionParams) (int, error) {
	return 0, nil
}
func (zeroProvider) CleanupOrphanedSessions(context.Context, time.Duration) (int, error) {
	return 0, nil
}
func (zeroProvider) Read(context.Context, string) ([]core.Event, error) {
	return nil, nil
}
func (zeroProvider) ReadWithExecution(context.Context, string, uint64) ([]core.Event, error) {
	return nil, nil
}
func (zeroProvider) AppendWithExecution(context.Context, string, uint64, []core.Event) error {
	return nil
}
func (zeroProvider) GetCustomStatus(context.Context, string, uint64) (*core.CustomStatus, error) {
	return nil, nil //nolint:nilnil // none
}
func (zeroProvider) GetKVValue(context.Context, string, string) (string, bool, error) {
	return "", false, nil
}
func (zeroProvider) GetKVAllValues(context.Context, string) (map[string]string, error) {
	return nil, nil //nolint:nilnil // none
}
func (zeroProvider) GetInstanceStats(context.Context, string) (*core.InstanceStats, error) {
	return nil, nil //nolint:nilnil // none
}
func (zeroProvider) Close(context.Context) error { return nil }
