package conformance_test

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core"
)

// A suite is only worth what it catches. Each of these providers is the
// reference with one fault, and the cases named must fail on it.
func TestBrokenProvidersAreCaught(t *testing.T) {
	t.Parallel()
	for _, b := range []struct {
		fault  string
		wrap   func(core.Provider) core.Provider
		caught []string
	}{
		{"locks expire early", func(p core.Provider) core.Provider { return earlyExpiry{base{p}} },
			[]string{"expiration/LockBoundary", "locking/ConcurrentExpirationRecovery"}},
		{"acks do not check the token", func(p core.Provider) core.Provider { return uncheckedAck{base{p}} },
			[]string{"atomicity/ConcurrentAcks", "errors/InvalidLockTokenOnAck", "atomicity/AckAfterSteal"}},
		{"an ack is not atomic", func(p core.Provider) core.Provider { return tornAck{base{p}} },
			[]string{"atomicity/FailedAckRollsBackEverything", "atomicity/ExpiredAckHasNoEffects", "cancellation/InFlight"}},
		{"a fetch takes no lock", func(p core.Provider) core.Provider { return unlocked{base{p}} },
			[]string{"locking/ExclusiveInstanceLock", "locking/ContentionOnOneInstance", "locking/NoDuplicateProcessing"}},
		{"a lost race is none", func(p core.Provider) core.Provider { return &shy{base: base{p}} },
			[]string{"locking/UnstaggeredFetchFindsAll", "queue/ConcurrentWorkersNoDuplicates"}},
		{"delays are ignored", func(p core.Provider) core.Provider { return hasty{base{p}} },
			[]string{"queue/TimerDelayedVisibility", "expiration/AbandonOrchestrationWithDelay", "locking/DelayedMessageIsNotInBatch"}},
		{"attempts are not counted", func(p core.Provider) core.Provider { return forgetful{base{p}} },
			[]string{"poison/OrchestrationAttemptIncrements", "poison/WorkAttemptIncrementsOnExpiry"}},
		{"histories lose their last event", func(p core.Provider) core.Provider { return truncating{base{p}} },
			[]string{"multiexecution/ExecutionIsolation", "multiexecution/FullEventRoundTrip"}},
		{"batches are reversed", func(p core.Provider) core.Provider { return reversing{base{p}} },
			[]string{"locking/BatchOrderIsEnqueueOrder", "expiration/AbandonKeepsOrder"}},
		{"errors are all retryable", func(p core.Provider) core.Provider { return optimistic{base{p}} },
			[]string{"errors/TokenErrorsArePermanent", "errors/InvalidLockTokenOnAck"}},
		{"waiting fetches do not wake", func(p core.Provider) core.Provider { return sleepy{base{p}} },
			[]string{"polling/WakesOnWork"}},
		{"a cancelled fetch keeps what it claimed", func(p core.Provider) core.Provider { return greedy{base{p}} },
			[]string{"polling/Cancellation"}},
	} {
		t.Run(b.fault, func(t *testing.T) {
			t.Parallel()
			results := runBroken(t, b.wrap, "^("+strings.Join(b.caught, "|")+")$")
			if len(results) != len(b.caught) {
				t.Errorf("%d cases ran, want %d: an id in the list does not exist", len(results), len(b.caught))
			}
			for _, r := range results {
				if r.Status != conformance.StatusFail {
					t.Errorf("%s did not catch it: %s %s", r.Case.ID, r.Status, r.Reason)
				}
			}
		})
	}
}

// TestZeroProviderPassesAlmostNothing finds cases that check nothing: a provider
// that does nothing may pass only those which expect nothing to happen.
func TestZeroProviderPassesAlmostNothing(t *testing.T) {
	t.Parallel()
	idle := []string{
		"errors/FetchFromEmptyStore", "polling/UpperBound",
		"status/UnknownInstance", "kv/GetUnknownInstance",
	}
	for _, r := range runBroken(t, func(core.Provider) core.Provider { return zeroProvider{} }, "") {
		if r.Status == conformance.StatusPass && !slices.Contains(idle, r.Case.ID) {
			t.Errorf("%s passes on a provider that does nothing", r.Case.ID)
		}
	}
}

func runBroken(t *testing.T, wrap func(core.Provider) core.Provider, match string) []conformance.Result {
	t.Helper()
	rep := conformance.Run(t.Context(), conformance.FactoryFunc(func(ctx context.Context, name string) (*conformance.Harness, error) {
		h, err := newReference(ctx, name)
		open := h.Open
		h.Provider = wrap(h.Provider)
		h.Open = func(ctx context.Context) (core.Provider, error) {
			p, err := open(ctx)
			return wrap(p), err
		}
		h.Timing.Prompt = 300 * time.Millisecond // they will be waited for in vain
		return h, err
	}), conformance.Options{Match: regexp.MustCompile(match), KeepGoroutines: true, Limit: 10 * time.Second})
	return rep.Results
}

// base is a provider whose admin half is that of the one it wraps.
type base struct{ core.Provider }

func (p base) ProviderAdmin() (core.ProviderAdmin, bool) { return core.Admin(p.Provider) }

type earlyExpiry struct{ base }

func (p earlyExpiry) FetchOrchestrationItem(ctx context.Context, q core.FetchOrchestrationParams) (*core.FetchedOrchestration, error) {
	q.LockTimeout /= 2
	return p.Provider.FetchOrchestrationItem(ctx, q)
}

type uncheckedAck struct{ base }

func (p uncheckedAck) AckOrchestrationItem(ctx context.Context, q core.AckOrchestrationParams) error {
	if err := p.Provider.AckOrchestrationItem(ctx, q); core.CodeOf(err) != core.ErrLockLost {
		return err
	}
	return nil
}

type tornAck struct{ base }

func (p tornAck) AckOrchestrationItem(ctx context.Context, q core.AckOrchestrationParams) error {
	for _, w := range q.WorkerItems {
		if err := p.EnqueueForWorker(ctx, w); err != nil {
			return err
		}
	}
	q.WorkerItems, q.CancelledActivities = nil, nil
	return p.Provider.AckOrchestrationItem(ctx, q)
}

type unlocked struct{ base }

func (p unlocked) FetchOrchestrationItem(ctx context.Context, q core.FetchOrchestrationParams) (*core.FetchedOrchestration, error) {
	q.LockTimeout = 0
	return p.Provider.FetchOrchestrationItem(ctx, q)
}

// shy reports none whenever somebody else is fetching too.
type shy struct {
	base
	busy sync.Mutex
}

func (p *shy) FetchOrchestrationItem(ctx context.Context, q core.FetchOrchestrationParams) (*core.FetchedOrchestration, error) {
	if !p.busy.TryLock() {
		return nil, nil //nolint:nilnil // none
	}
	defer p.busy.Unlock()
	pause(time.Millisecond) // the time a database takes
	return p.Provider.FetchOrchestrationItem(ctx, q)
}

func (p *shy) FetchWorkItem(ctx context.Context, q core.FetchWorkParams) (*core.FetchedWork, error) {
	if !p.busy.TryLock() {
		return nil, nil //nolint:nilnil // none
	}
	defer p.busy.Unlock()
	pause(time.Millisecond)
	return p.Provider.FetchWorkItem(ctx, q)
}

func pause(d time.Duration) { <-time.NewTimer(d).C }

type hasty struct{ base }

func (p hasty) EnqueueForOrchestrator(ctx context.Context, item core.WorkItem, _ time.Duration) error {
	return p.Provider.EnqueueForOrchestrator(ctx, item, 0)
}

func (p hasty) AbandonOrchestrationItem(ctx context.Context, q core.AbandonParams) error {
	q.Delay = 0
	return p.Provider.AbandonOrchestrationItem(ctx, q)
}

type forgetful struct{ base }

func (p forgetful) FetchOrchestrationItem(ctx context.Context, q core.FetchOrchestrationParams) (*core.FetchedOrchestration, error) {
	f, err := p.Provider.FetchOrchestrationItem(ctx, q)
	if f != nil {
		f.AttemptCount = 1
	}
	return f, err
}

func (p forgetful) FetchWorkItem(ctx context.Context, q core.FetchWorkParams) (*core.FetchedWork, error) {
	w, err := p.Provider.FetchWorkItem(ctx, q)
	if w != nil {
		w.AttemptCount = 1
	}
	return w, err
}

type truncating struct{ base }

func (p truncating) Read(ctx context.Context, instance string) ([]core.Event, error) {
	es, err := p.Provider.Read(ctx, instance)
	return es[:max(0, len(es)-1)], err
}

type reversing struct{ base }

func (p reversing) FetchOrchestrationItem(ctx context.Context, q core.FetchOrchestrationParams) (*core.FetchedOrchestration, error) {
	f, err := p.Provider.FetchOrchestrationItem(ctx, q)
	if f != nil {
		slices.Reverse(f.Item.Messages)
	}
	return f, err
}

type optimistic struct{ base }

func (p optimistic) AckOrchestrationItem(ctx context.Context, q core.AckOrchestrationParams) error {
	err := p.Provider.AckOrchestrationItem(ctx, q)
	if err == nil {
		return nil
	}
	pe := *core.AsProviderError("AckOrchestrationItem", err)
	pe.Retryable = true
	return &pe
}

// sleepy looks once, and once more at the end.
type sleepy struct{ base }

func (p sleepy) FetchOrchestrationItem(ctx context.Context, q core.FetchOrchestrationParams) (*core.FetchedOrchestration, error) {
	wait := q.PollTimeout
	q.PollTimeout = 0
	f, err := p.Provider.FetchOrchestrationItem(ctx, q)
	if f != nil || err != nil || wait == 0 {
		return f, err
	}
	pause(min(wait, time.Second))
	return p.Provider.FetchOrchestrationItem(ctx, q)
}

// greedy goes on with what a caller has given up.
type greedy struct{ base }

func (p greedy) FetchOrchestrationItem(ctx context.Context, q core.FetchOrchestrationParams) (*core.FetchedOrchestration, error) {
	if q.PollTimeout == 0 {
		return p.Provider.FetchOrchestrationItem(ctx, q)
	}
	got := make(chan *core.FetchedOrchestration, 1)
	go func() {
		q.PollTimeout = 500 * time.Millisecond
		f, _ := p.Provider.FetchOrchestrationItem(context.WithoutCancel(ctx), q)
		got <- f
	}()
	select {
	case f := <-got:
		return f, nil
	case <-ctx.Done():
		return nil, core.AsProviderError("FetchOrchestrationItem", ctx.Err())
	}
}

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
