package conformance_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core"
)

func TestTheMigrationChecklistIsProven(t *testing.T) {
	t.Parallel()
	var ids []string
	for _, c := range conformance.Cases() {
		ids = append(ids, c.ID)
	}
	for _, s := range conformance.MigrationSteps() {
		if s.Topic == "" || s.Line == "" || s.Go == "" || (len(s.Cases) == 0) == (s.Proof == "") {
			t.Errorf("%q lacks a topic or what it means in Go, or has not either cases or another proof", s.Line)
		}
		for _, id := range s.Cases {
			if !slices.Contains(ids, id) {
				t.Errorf("%q: there is no case %s", s.Line, id)
			}
		}
	}
}

// TestMigrationCasesMissTheirMethod takes the method of a line away: a case that
// passes all the same does not prove the line.
func TestMigrationCasesMissTheirMethod(t *testing.T) {
	t.Parallel()
	for _, s := range conformance.MigrationSteps() {
		if s.Method == "" {
			continue
		}
		t.Run(s.Method, func(t *testing.T) {
			t.Parallel()
			for _, r := range runWithout(t, s.Method, s.Cases) {
				if r.Status != conformance.StatusFail || !strings.Contains(fmt.Sprint(r.Failures), errAway.Message) {
					t.Errorf("%s does not miss it: %s %v", r.Case.ID, r.Status, r.Failures)
				}
			}
		})
	}
}

// runWithout runs cases on a reference provider without one method.
func runWithout(t *testing.T, method string, ids []string) []conformance.Result {
	t.Helper()
	without := func(p core.Provider) core.Provider {
		admin, _ := core.Admin(p)
		return lacking{Provider: p, admin: adminLacking{admin, method}, method: method}
	}
	rep := conformance.Run(t.Context(), conformance.FactoryFunc(func(ctx context.Context, name string) (*conformance.Harness, error) {
		h, err := newReference(ctx, name)
		h.Provider, h.Open = without(h.Provider), nil
		return h, err
	}), conformance.Options{Only: ids, KeepGoroutines: true, Limit: 10 * time.Second})
	if len(rep.Results) != len(ids) {
		t.Errorf("%d cases ran, want %d", len(rep.Results), len(ids))
	}
	return rep.Results
}

// lacking is a provider one of whose methods always fails.
type lacking struct {
	core.Provider
	admin  adminLacking
	method string
}

var errAway = core.Errorf("away", core.ErrInternal, "the method was taken away")

func away(lacks, method string) error {
	if lacks == method {
		return errAway
	}
	return nil
}

func (p lacking) ProviderAdmin() (core.ProviderAdmin, bool) { return p.admin, true }

func (p lacking) EnqueueForOrchestrator(ctx context.Context, item core.WorkItem, delay time.Duration) error {
	if err := away(p.method, "Provider.EnqueueForOrchestrator"); err != nil {
		return err
	}
	return p.Provider.EnqueueForOrchestrator(ctx, item, delay)
}

func (p lacking) EnqueueForWorker(ctx context.Context, item core.WorkItem) error {
	if err := away(p.method, "Provider.EnqueueForWorker"); err != nil {
		return err
	}
	return p.Provider.EnqueueForWorker(ctx, item)
}

func (p lacking) FetchWorkItem(ctx context.Context, q core.FetchWorkParams) (*core.FetchedWork, error) {
	if err := away(p.method, "Provider.FetchWorkItem"); err != nil {
		return nil, err
	}
	return p.Provider.FetchWorkItem(ctx, q)
}

func (p lacking) AckWorkItem(ctx context.Context, token string, completion *core.WorkItem) error {
	if err := away(p.method, "Provider.AckWorkItem"); err != nil {
		return err
	}
	return p.Provider.AckWorkItem(ctx, token, completion)
}

func (p lacking) FetchOrchestrationItem(ctx context.Context, q core.FetchOrchestrationParams) (*core.FetchedOrchestration, error) {
	if err := away(p.method, "Provider.FetchOrchestrationItem"); err != nil {
		return nil, err
	}
	return p.Provider.FetchOrchestrationItem(ctx, q)
}

func (p lacking) ReadWithExecution(ctx context.Context, instance string, execution uint64) ([]core.Event, error) {
	if err := away(p.method, "Provider.ReadWithExecution"); err != nil {
		return nil, err
	}
	return p.Provider.ReadWithExecution(ctx, instance, execution)
}

func (p lacking) AppendWithExecution(ctx context.Context, instance string, execution uint64, events []core.Event) error {
	if err := away(p.method, "Provider.AppendWithExecution"); err != nil {
		return err
	}
	return p.Provider.AppendWithExecution(ctx, instance, execution, events)
}

type adminLacking struct {
	core.ProviderAdmin
	method string
}

func (a adminLacking) ListInstances(ctx context.Context) ([]string, error) {
	if err := away(a.method, "ProviderAdmin.ListInstances"); err != nil {
		return nil, err
	}
	return a.ProviderAdmin.ListInstances(ctx)
}

func (a adminLacking) ListExecutions(ctx context.Context, instance string) ([]uint64, error) {
	if err := away(a.method, "ProviderAdmin.ListExecutions"); err != nil {
		return nil, err
	}
	return a.ProviderAdmin.ListExecutions(ctx, instance)
}

func (a adminLacking) ReadHistoryWithExecutionID(ctx context.Context, instance string, execution uint64) ([]core.Event, error) {
	if err := away(a.method, "ProviderAdmin.ReadHistoryWithExecutionID"); err != nil {
		return nil, err
	}
	return a.ProviderAdmin.ReadHistoryWithExecutionID(ctx, instance, execution)
}

func (a adminLacking) ReadHistory(ctx context.Context, instance string) ([]core.Event, error) {
	if err := away(a.method, "ProviderAdmin.ReadHistory"); err != nil {
		return nil, err
	}
	return a.ProviderAdmin.ReadHistory(ctx, instance)
}

func (a adminLacking) LatestExecutionID(ctx context.Context, instance string) (uint64, error) {
	if err := away(a.method, "ProviderAdmin.LatestExecutionID"); err != nil {
		return 0, err
	}
	return a.ProviderAdmin.LatestExecutionID(ctx, instance)
}
