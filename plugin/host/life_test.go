package host_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/durokit/duro/core"
)

func start(instance string) core.WorkItem {
	return core.NewWorkItem(core.StartOrchestration{Instance: instance, Orchestration: "O", Input: "{}", ExecutionID: 1})
}

func activity(id uint64) core.WorkItem {
	return core.NewWorkItem(core.ActivityExecute{Instance: "a", ExecutionID: 1, ID: id, Name: "A", Input: "{}"})
}

// kill ends a process at once.
func kill(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// stop makes a process stand still. The signal's sender goes on before the receiver's
// threads have all seen it, so that one of them might answer a call yet; the child's
// parent, this process, is told when the last one stands.
func stop(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &status, syscall.WUNTRACED, nil); err != nil || !status.Stopped() {
		t.Fatalf("the process has not stopped: its status is %v, the error %v", status, err)
	}
}

func TestAKilledChildIsStartedAgain(t *testing.T) {
	t.Parallel()
	p := open(t, child(t, "well"))
	for range 3 {
		before := processOf(t, p)
		kill(t, before)
		eventually(t, "another process answers", func() bool {
			_, err := p.Read(t.Context(), "any")
			return err == nil && processOf(t, p) != before
		})
	}
}

// A write under way when the child dies may have happened, and is not repeated.
func TestAWriteIsNotRepeatedInAnotherProcess(t *testing.T) {
	t.Parallel()
	p := open(t, child(t, "well"))
	before := processOf(t, p)
	err := p.EnqueueForOrchestrator(t.Context(), start("exit"), 0)
	pe, ok := errors.AsType[*core.ProviderError](err)
	if !ok || pe.Code != core.ErrUnavailable || !pe.Retryable || !pe.MayHaveHappened {
		t.Fatalf("the error is %#v, want unavailable, retryable, and that it may have happened", err)
	}
	if !strings.Contains(err.Error(), "exit status 7") {
		t.Errorf("the error does not say how the plugin ended: %v", err)
	}
	eventually(t, "another process answers", func() bool {
		_, err := p.Read(t.Context(), "any")
		return err == nil
	})
	if after := processOf(t, p); after == before {
		t.Error("the process that exited still answers")
	}
}

// What only looks is asked again in the next process; a process that dies of it each
// time is not asked for ever.
func TestAReadIsRepeatedOnce(t *testing.T) {
	t.Parallel()
	p := open(t, child(t, "well"))
	_, err := p.Read(t.Context(), "exit")
	pe, ok := errors.AsType[*core.ProviderError](err)
	if !ok || pe.Code != core.ErrUnavailable || pe.MayHaveHappened {
		t.Errorf("the error is %v, want unavailable", err)
	}
}

func TestAFetchThatWaitsEndsWithTheChild(t *testing.T) {
	t.Parallel()
	p := open(t, child(t, "well"))
	pid := processOf(t, p)
	began, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		close(began)
		_, err := p.FetchWorkItem(t.Context(), core.FetchWorkParams{LockTimeout: time.Minute, PollTimeout: time.Minute})
		ended <- err
	}()
	<-began
	kill(t, pid)
	select {
	case err := <-ended:
		// The kill may have come before the fetch, which then waits in the next process.
		if pe, ok := errors.AsType[*core.ProviderError](err); !ok || pe.Code != core.ErrUnavailable || pe.MayHaveHappened {
			t.Errorf("the error is %v, want unavailable", err)
		}
	case <-time.After(20 * time.Second):
		t.Error("the fetch still waits")
	}
}

// A child that stands still does not hold its callers longer than they want, and is
// replaced.
func TestAStoppedChildIsReplaced(t *testing.T) {
	t.Parallel()
	c := child(t, "well")
	c.HealthEvery = 200 * time.Millisecond
	p := open(t, c)
	before := processOf(t, p)
	stop(t, before)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	err := p.EnqueueForWorker(ctx, activity(1))
	pe, ok := errors.AsType[*core.ProviderError](err)
	if !ok || pe.Code != core.ErrCanceled || !pe.MayHaveHappened || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %#v, want that the deadline passed and it may have happened", err)
	}
	eventually(t, "another process answers", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		text, _, err := p.GetKVValue(ctx, "process", "id")
		return err == nil && text != "" && processOf(t, p) != before
	})
}

func TestAChildThatEndsTooOftenIsGivenUp(t *testing.T) {
	t.Parallel()
	c := child(t, "well")
	c.RestartWithin(time.Millisecond)
	p := open(t, c)
	eventually(t, "the plugin is given up", func() bool {
		err := p.EnqueueForOrchestrator(t.Context(), start("exit"), 0)
		return err != nil && strings.Contains(err.Error(), "is not started again")
	})
}

func TestAPanicIsTheErrorOfOneCall(t *testing.T) {
	t.Parallel()
	p := open(t, child(t, "well"))
	before := processOf(t, p)
	_, err := p.Read(t.Context(), "panic")
	if !errors.Is(err, core.ErrInternal) || !strings.Contains(err.Error(), "panicked") {
		t.Errorf("the error is %v", err)
	}
	if processOf(t, p) != before {
		t.Error("the process has ended")
	}
}

func TestACallEndsWithItsCaller(t *testing.T) {
	t.Parallel()
	p := open(t, child(t, "well"))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := p.Read(ctx, "wait")
		ended <- err
	}()
	cancel()
	if err := <-ended; !errors.Is(err, core.ErrCanceled) || !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v, want canceled", err)
	}
	limited, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := p.Read(limited, "wait"); !errors.Is(err, core.ErrCanceled) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v, want that the deadline passed", err)
	}
}

// An error that is too large for a message is an error all the same.
func TestAnErrorThatIsTooLarge(t *testing.T) {
	t.Parallel()
	p := open(t, child(t, "well"))
	before := processOf(t, p)
	_, err := p.Read(t.Context(), "large")
	if !errors.Is(err, core.ErrInternal) || !strings.Contains(err.Error(), "xxx…") || len(err.Error()) > 1<<15 {
		t.Errorf("the error has %d bytes and is of the code %v", len(err.Error()), core.CodeOf(err))
	}
	if processOf(t, p) != before {
		t.Error("the process has ended")
	}
}

// Histories and values travel in chunks, and what even chunks do not carry is refused.
func TestLargeMessages(t *testing.T) {
	t.Parallel()
	p := open(t, child(t, "well"))
	large := core.NewWorkItem(core.StartOrchestration{
		Instance: "large one", Orchestration: "O", Input: strings.Repeat("x", 12<<20), ExecutionID: 1,
	})
	if err := p.EnqueueForOrchestrator(t.Context(), large, 0); err != nil {
		t.Fatal(err)
	}
	f, err := p.FetchOrchestrationItem(t.Context(), core.FetchOrchestrationParams{LockTimeout: time.Minute})
	if err != nil || f == nil || len(f.Item.Messages) != 1 || f.Item.Messages[0].Raw() != large.Raw() {
		t.Fatalf("what was fetched is not what was enqueued: %v", err)
	}
	var items []core.WorkItem
	for range 22 {
		items = append(items, large)
	}
	err = p.AckOrchestrationItem(t.Context(), core.AckOrchestrationParams{LockToken: f.LockToken, ExecutionID: 1, OrchestratorItems: items})
	pe, ok := errors.AsType[*core.ProviderError](err)
	if !ok || pe.Code != core.ErrInvalidArgument || pe.MayHaveHappened || !strings.Contains(err.Error(), "make smaller turns") {
		t.Errorf("the error is %v, want that the message is too large", err)
	}
	if err := p.AbandonOrchestrationItem(t.Context(), core.AbandonParams{LockToken: f.LockToken}); err != nil {
		t.Errorf("the lock was lost with the refusal: %v", err)
	}
}

// Alike children are one process, which ends with the last store.
func TestAlikeChildrenShareAProcess(t *testing.T) {
	t.Parallel()
	c := child(t, "well")
	first, second := open(t, c), open(t, c)
	pid := processOf(t, first)
	if other := processOf(t, second); other != pid {
		t.Errorf("two stores are in processes %d and %d", pid, other)
	}
	c.Args = []string{"--harness=false"}
	if other := processOf(t, open(t, c)); other == pid {
		t.Error("a child with other arguments is the same process")
	}
	if err := first.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if other := processOf(t, second); other != pid {
		t.Error("the process has ended with one of its stores")
	}
	if err := second.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the process is still there: %v", err)
	}
	_, err := second.Read(t.Context(), "any")
	if !errors.Is(err, core.ErrUnavailable) {
		t.Errorf("a call after Close: %v", err)
	}
}

// What a fetch locked for a caller who has gone is given back, and not counted.
func TestAFetchWhoseCallerHasGoneIsGivenBack(t *testing.T) {
	t.Parallel()
	p := open(t, child(t, "well"))
	const rounds = 50
	for i := range uint64(rounds) {
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			f, err := p.FetchWorkItem(ctx, core.FetchWorkParams{LockTimeout: time.Hour, PollTimeout: time.Minute})
			if err == nil && f != nil {
				if err := p.AckWorkItem(t.Context(), f.LockToken, nil); err != nil {
					t.Error(err)
				}
			}
		})
		err := p.EnqueueForWorker(t.Context(), activity(i))
		cancel()
		wg.Wait()
		if err != nil {
			t.Fatal(err)
		}
	}
	for {
		f, err := p.FetchWorkItem(t.Context(), core.FetchWorkParams{LockTimeout: time.Hour, PollTimeout: 500 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		if f == nil {
			break
		}
		if f.AttemptCount != 1 {
			t.Errorf("an activity that nobody got is delivered for the %d. time", f.AttemptCount)
		}
		if err := p.AckWorkItem(t.Context(), f.LockToken, nil); err != nil {
			t.Fatal(err)
		}
	}
	admin, _ := core.Admin(p)
	depths, err := admin.GetQueueDepths(t.Context())
	if err != nil || depths.WorkerLocked != 0 || depths.WorkerQueue != 0 {
		t.Errorf("left in the queue: %+v, %v", depths, err)
	}
}
