package miniruntime

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/durokit/duro/client"
	"github.com/durokit/duro/core"
)

func echo(_ context.Context, input string) (string, error) { return input, nil }

func TestFanOutHasTwelveEvents(t *testing.T) {
	inModes(t, func(r *Registry) {
		r.Orchestration("Fan", func(ctx *Context, input string) (string, error) {
			var fs []*Future
			for i := range 5 {
				fs = append(fs, ctx.Activity("Echo", fmt.Sprint("task-", i)))
			}
			out, err := WaitAll(fs...)
			return strings.Join(out, ","), err
		})
		r.Activity("Echo", echo)
	}, func(w *world) {
		w.start("i", "Fan", "")
		w.output("i", "task-0,task-1,task-2,task-3,task-4")
		events := w.history("i", 1)
		if len(events) != 12 {
			t.Fatalf("%d events: %v", len(events), kinds(events))
		}
		for kind, want := range map[core.EventKind]int{
			core.EventOrchestrationStarted: 1, core.EventActivityScheduled: 5,
			core.EventActivityCompleted: 5, core.EventOrchestrationCompleted: 1,
		} {
			if got := count(events, kind); got != want {
				t.Errorf("%d %s, want %d", got, kind, want)
			}
		}
	})
}

func TestActivityFailureIsAnError(t *testing.T) {
	inModes(t, func(r *Registry) {
		r.Orchestration("Try", func(ctx *Context, input string) (string, error) {
			_, err := ctx.Activity("Fail", "").Await()
			f, ok := errors.AsType[*Failure](err)
			if !ok {
				return "", fmt.Errorf("not a failure: %w", err)
			}
			if input == "return" {
				return "", err
			}
			return "caught " + f.Details.Category() + " " + err.Error(), nil
		})
		r.Activity("Fail", func(context.Context, string) (string, error) { return "", errors.New("boom") })
	}, func(w *world) {
		w.start("caught", "Try", "")
		w.output("caught", "caught application boom")
		w.start("passed", "Try", "return")
		w.failure("passed", "boom")
	})
}

func TestActivityPanicAndGoexitAreFailures(t *testing.T) {
	inModes(t, func(r *Registry) {
		r.Orchestration("Run", func(ctx *Context, input string) (string, error) { return ctx.Activity(input, "").Await() })
		r.Activity("Panic", func(context.Context, string) (string, error) { panic("ouch") })
	}, func(w *world) {
		w.start("p", "Run", "Panic")
		w.failure("p", "activity panicked: ouch")
	})
}

func TestOrchestrationPanics(t *testing.T) {
	inModes(t, func(r *Registry) {
		r.Orchestration("P", func(ctx *Context, input string) (string, error) {
			_, _ = ctx.Activity("Echo", "").Await()
			panic("ouch")
		})
		r.Activity("Echo", echo)
	}, func(w *world) {
		w.start("p", "P", "")
		w.failure("p", "orchestration panicked: ouch")
	})
}

// A wait unwinds the function. Its deferred calls run, its recovers see nothing,
// and what it does then has no effect.
func TestUnwindingIsInvisible(t *testing.T) {
	inModes(t, func(r *Registry) {
		r.Orchestration("Careful", func(ctx *Context, input string) (out string, err error) {
			defer func() {
				if p := recover(); p != nil {
					out, err = "", fmt.Errorf("recovered %v", p)
				}
			}()
			defer ctx.SetCustomStatus("left")
			return ctx.Activity("Echo", "x").Await()
		})
		r.Activity("Echo", echo)
	}, func(w *world) {
		w.start("c", "Careful", "")
		w.output("c", "x")
		if n := count(w.history("c", 1), core.EventCustomStatusUpdated); n != 1 {
			t.Errorf("%d status updates, want 1", n)
		}
	})
}

func TestTimers(t *testing.T) {
	inModes(t, func(r *Registry) {
		r.Orchestration("Sleep", func(ctx *Context, input string) (string, error) {
			before := ctx.Now()
			_, _ = ctx.Timer(3 * time.Second).Await()
			_, _ = ctx.Timer(0).Await()
			// A clock that went on between turns would make this another activity.
			if _, err := ctx.Activity("Echo", ctx.Now().String()).Await(); err != nil {
				return "", err
			}
			_, _ = ctx.Timer(time.Second).Await()
			return ctx.Now().Sub(before).Truncate(time.Second).String(), nil
		})
		r.Activity("Echo", echo)
	}, func(w *world) {
		began := time.Now()
		w.start("s", "Sleep", "")
		w.output("s", "4s")
		if waited := time.Since(began); waited < 3*time.Second {
			t.Errorf("the timer fired after %v", waited)
		}
	})
}

func TestExternalEvents(t *testing.T) {
	inModes(t, func(r *Registry) {
		r.Orchestration("Wait", func(ctx *Context, input string) (string, error) {
			a, b, x := ctx.WaitForEvent("e"), ctx.WaitForEvent("e"), ctx.WaitForEvent("other")
			out, err := WaitAll(b, a, x)
			last, _ := ctx.WaitForEvent("e").Await()
			return strings.Join(append(out, last), ","), err
		})
	}, func(w *world) {
		// Before the start, before the wait, and after it.
		w.raise("events", "e", "1")
		w.start("events", "Wait", "")
		w.raise("events", "e", "2")
		w.raise("events", "e", "3")
		w.settle(time.Second)
		w.raise("events", "other", "x")
		w.output("events", "2,1,x,3")
	})
}

func TestQueueIsFIFOAndSurvivesContinueAsNew(t *testing.T) {
	inModes(t, func(r *Registry) {
		r.Orchestration("Read", func(ctx *Context, input string) (string, error) {
			m, err := ctx.Dequeue("q").Await()
			if err != nil {
				return "", err
			}
			seen := input + m
			if len(seen) < 5 {
				return ctx.ContinueAsNew(seen)
			}
			return seen, nil
		})
	}, func(w *world) {
		w.start("queues", "Read", "")
		w.settle(time.Second)
		for _, m := range []string{"a", "b", "c"} {
			w.enqueue("queues", "q", m)
		}
		w.settle(time.Second)
		w.enqueue("queues", "q", "d")
		w.enqueue("queues", "q", "e")
		w.output("queues", "abcde")
	})
}

func TestUnreadMessagesAreCarriedInOrderUpToTheLimit(t *testing.T) {
	inModes(t, func(r *Registry) {
		r.Orchestration("Flood", func(ctx *Context, input string) (string, error) {
			if input == "" {
				_, _ = ctx.WaitForEvent("go").Await()
				unread := ctx.Dequeue("q") // asked for and never looked at
				_ = unread
				return ctx.ContinueAsNew("second")
			}
			var out []string
			for range 3 {
				m, _ := ctx.Dequeue("q").Await()
				out = append(out, m)
			}
			p := ctx.Dequeue("p")
			m, _ := p.Await()
			return strings.Join(append(out, m), ","), nil
		})
	}, func(w *world) {
		w.start("i", "Flood", "")
		w.settle(time.Second)
		w.enqueue("i", "q", "0")
		w.enqueue("i", "p", "p0")
		for i := 1; i < 120; i++ {
			w.enqueue("i", "q", strconv.Itoa(i))
		}
		w.settle(time.Second)
		w.raise("i", "go", "")
		w.output("i", "0,1,2,p0")
		started := w.history("i", 2)[0].Payload().(core.OrchestrationStartedEvent)
		if n := len(started.CarryForwardEvents); n != MaxCarryForward {
			t.Errorf("%d messages carried, want %d", n, MaxCarryForward)
		}
	})
}

func TestCancelledQueueWaitTakesNothing(t *testing.T) {
	inModes(t, func(r *Registry) {
		r.Orchestration("Q", func(ctx *Context, input string) (string, error) {
			first, timer := ctx.Dequeue("q"), ctx.Timer(time.Second)
			if WaitAny(first, timer) != 1 {
				return "", errors.New("the timer should win")
			}
			first.Cancel()
			if _, err := first.Await(); err == nil {
				return "", errors.New("a cancelled wait gave a value")
			}
			second := ctx.Dequeue("q")
			_, _ = ctx.WaitForEvent("go").Await() // second has its message by now
			second.Cancel()
			return ctx.Dequeue("q").Await()
		})
	}, func(w *world) {
		w.start("i", "Q", "")
		w.settle(2 * time.Second)
		w.enqueue("i", "q", "m1")
		w.settle(time.Second)
		w.enqueue("i", "q", "m2")
		w.raise("i", "go", "")
		w.output("i", "m1")
	})
}

func TestSubOrchestrations(t *testing.T) {
	inModes(t, func(r *Registry) {
		r.Orchestration("Parent", func(ctx *Context, input string) (string, error) {
			if input == "0" { // children of a second execution must not meet those of the first
				if _, err := ctx.SubOrchestration("Child", "first").Await(); err != nil {
					return "", err
				}
				return ctx.ContinueAsNew("1")
			}
			a, b := ctx.SubOrchestration("Child", "a"), ctx.SubOrchestration("Child", "fail")
			va, err := a.Await()
			if err != nil {
				return "", err
			}
			_, err = b.Await()
			return va + "|" + err.Error(), nil
		})
		r.Orchestration("Child", func(ctx *Context, input string) (string, error) {
			if input == "fail" {
				return "", errors.New("no")
			}
			if input == "a" { // a child that continues must still answer its parent
				return ctx.ContinueAsNew("b")
			}
			return ctx.Activity("Echo", "child "+input).Await()
		})
		r.Activity("Echo", echo)
	}, func(w *world) {
		w.start("p", "Parent", "0")
		w.output("p", "child b|no")
		tree, err := w.GetInstanceTree(w.t.Context(), "p")
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]bool{"p": true, "p::sub::2": true, "p::sub::2_2": true, "p::sub::2_3": true}
		for _, id := range tree.AllIDs {
			delete(want, id)
		}
		if len(want) != 0 || tree.Size() != 4 {
			t.Errorf("tree %v", tree.AllIDs)
		}
	})
}

func TestContinueAsNewKeepsStatusAndKV(t *testing.T) {
	inModes(t, func(r *Registry) {
		r.Orchestration("Loop", func(ctx *Context, input string) (string, error) {
			n, _ := ctx.KVGet("n")
			ctx.KVSet("n", n+"x")
			if _, err := ctx.Activity("Echo", "").Await(); err != nil {
				return "", err
			}
			switch ctx.ExecutionID() {
			case 1:
				ctx.SetCustomStatus("one")
				ctx.KVSet("gone", "1")
				return ctx.ContinueAsNew("")
			case 2:
				ctx.KVClear("gone")
				return ctx.ContinueAsNew("")
			}
			status, _ := ctx.CustomStatus()
			ctx.SetCustomStatus("three")
			all := ctx.KVAll()
			return fmt.Sprintf("%s %s %d", status, all["n"], len(all)), nil
		})
		r.Activity("Echo", echo)
	}, func(w *world) {
		w.start("i", "Loop", "")
		w.output("i", "one xxx 1")
		st := w.wait("i")
		if *st.CustomStatus != "three" || st.CustomStatusVersion != 2 {
			t.Errorf("status %q version %d", *st.CustomStatus, st.CustomStatusVersion)
		}
		if all, _ := w.GetKVAllValues(w.t.Context(), "i"); len(all) != 1 || all["n"] != "xxx" {
			t.Errorf("kv %v", all)
		}
		for e := uint64(1); e <= 2; e++ {
			events := w.history("i", e)
			if k := events[len(events)-1].Kind(); k != core.EventOrchestrationContinuedAsNew {
				t.Errorf("execution %d ends with %s", e, k)
			}
		}
	})
}

func TestKVClearAllAndStatusClear(t *testing.T) {
	inModes(t, func(r *Registry) {
		r.Orchestration("KV", func(ctx *Context, input string) (string, error) {
			ctx.KVSet("a", "1")
			ctx.KVSet("b", "2")
			ctx.SetCustomStatus("s")
			_, _ = ctx.Timer(time.Second).Await()
			ctx.KVClearAll()
			ctx.KVSet("c", "3")
			ctx.ClearCustomStatus()
			_, _ = ctx.Timer(time.Second).Await()
			_, has := ctx.CustomStatus()
			return fmt.Sprint(len(ctx.KVAll()), has), nil
		})
	}, func(w *world) {
		w.start("i", "KV", "")
		w.output("i", "1 false")
		if st := w.wait("i"); st.CustomStatus != nil || st.CustomStatusVersion != 2 {
			t.Errorf("status %v version %d", st.CustomStatus, st.CustomStatusVersion)
		}
	})
}

func TestWaitAnyAndCancelLosers(t *testing.T) {
	inModes(t, func(r *Registry) {
		r.Orchestration("Race", func(ctx *Context, input string) (string, error) {
			slow, quick := ctx.Activity("Nap", ""), ctx.Timer(time.Second)
			child := ctx.SubOrchestration("Forever", "")
			event := ctx.WaitForEvent("e")
			i := WaitAny(slow, child, event, quick)
			slow.Cancel()
			child.Cancel()
			event.Cancel()
			// The cancelled wait keeps its place: the first raise is lost on it.
			got, _ := ctx.WaitForEvent("e").Await()
			_, err := slow.Await()
			return fmt.Sprint(i, " ", got, " ", err), nil
		})
		r.Orchestration("Forever", func(ctx *Context, _ string) (string, error) { return ctx.WaitForEvent("never").Await() })
		r.Activity("Nap", func(ctx context.Context, _ string) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		})
	}, func(w *world) {
		if w.mode == modeRestart {
			w.t.Skip("the one runtime would be busy with the activity")
		}
		w.start("i", "Race", "")
		w.settle(2 * time.Second)
		w.raise("i", "e", "1")
		w.raise("i", "e", "2")
		w.output("i", "3 2 canceled: cancelled by the orchestration")
		w.failure("i::sub::4", "canceled: cancelled by the orchestration")
		events := w.history("i", 1)
		for kind, want := range map[core.EventKind]int{
			core.EventActivityCancelRequested: 1, core.EventSubOrchestrationCancelRequested: 1,
			core.EventExternalSubscribedCancelled: 1, core.EventActivityCompleted: 0,
		} {
			if got := count(events, kind); got != want {
				t.Errorf("%d %s, want %d", got, kind, want)
			}
		}
	})
}

func TestWaitAnyTakesTheFirstAnswer(t *testing.T) {
	inModes(t, func(r *Registry) {
		r.Orchestration("R", func(ctx *Context, input string) (string, error) {
			a, b := ctx.WaitForEvent("a"), ctx.WaitForEvent("b")
			_, _ = ctx.WaitForEvent("go").Await() // both have their answers now
			return strconv.Itoa(WaitAny(a, b)), nil
		})
	}, func(w *world) {
		w.start("i", "R", "")
		w.raise("i", "b", "")
		w.raise("i", "a", "")
		w.raise("i", "go", "")
		w.output("i", "1")
	})
}

func TestCancelReachesActivitiesAndChildren(t *testing.T) {
	for _, m := range []mode{modeLoops, modeRebuild, modeTwo} {
		t.Run(string(m), func(t *testing.T) { cancelScenario(t, m) })
	}
}

func cancelScenario(t *testing.T, m mode) {
	t.Helper()
	var mu sync.Mutex
	var ended []error
	opts := Options{WorkerLockTimeout: 4 * time.Second}
	inWorld(t, m, opts, func(r *Registry) {
		r.Orchestration("Parent", func(ctx *Context, _ string) (string, error) {
			_, err := WaitAll(ctx.SubOrchestration("Child", ""), ctx.Activity("Nap", ""))
			return "", err
		})
		r.Orchestration("Child", func(ctx *Context, _ string) (string, error) { return ctx.Activity("Nap", "").Await() })
		r.Activity("Nap", func(ctx context.Context, _ string) (string, error) {
			<-ctx.Done()
			mu.Lock()
			defer mu.Unlock()
			ended = append(ended, context.Cause(ctx))
			return "", ctx.Err()
		})
	}, func(w *world) {
		w.start("p", "Parent", "")
		w.settle(time.Second)
		if err := w.Cancel(w.t.Context(), "p", "stop"); err != nil {
			t.Fatal(err)
		}
		w.failure("p", "canceled: stop")
		w.failure("p::sub::2", "canceled: parent ended")
		w.settle(5 * time.Second) // the next renewal finds the row gone
		mu.Lock()
		defer mu.Unlock()
		if len(ended) != 2 || !errors.Is(ended[0], core.ErrLockLost) || !errors.Is(ended[1], core.ErrLockLost) {
			t.Errorf("activities ended by %v", ended)
		}
		events := w.history("p", 1)
		if count(events, core.EventOrchestrationCancelRequested) != 1 || events[len(events)-1].Kind() != core.EventOrchestrationFailed {
			t.Errorf("%v", kinds(events))
		}
	})
}

// noWorkLeft expects both queues empty.
func (w *world) noWorkLeft() {
	w.t.Helper()
	w.settle(time.Minute)
	d, err := w.GetQueueDepths(w.t.Context())
	if err != nil || *d != (core.QueueDepths{}) {
		w.t.Errorf("queues %+v, %v", d, err)
	}
}

func TestEndingCancelsWhatIsOpen(t *testing.T) {
	inModes(t, func(r *Registry) {
		r.Orchestration("Leave", func(ctx *Context, input string) (string, error) {
			ctx.SubOrchestration("Forever", "")
			ctx.Activity("Gpu", "", WithTag("gpu"))
			_, _ = ctx.Timer(time.Second).Await()
			// Neither of these is ever sent.
			ctx.SubOrchestration("Forever", "")
			ctx.Activity("Gpu", "", WithTag("gpu"))
			ctx.StartDetached("Quick", "detached", "d")
			if input == "can" {
				return ctx.ContinueAsNew("")
			}
			return "left", nil
		})
		r.Orchestration("Forever", func(ctx *Context, _ string) (string, error) { return ctx.WaitForEvent("never").Await() })
		r.Orchestration("Quick", func(ctx *Context, in string) (string, error) { return in, nil })
	}, func(w *world) {
		w.start("i", "Leave", "can")
		w.output("i", "left")
		w.output("detached", "d")
		w.failure("i::sub::2", "canceled: parent ended")
		w.failure("i::sub::2_2", "canceled: parent ended")
		w.noWorkLeft()
		tree, _ := w.GetInstanceTree(w.t.Context(), "i")
		if tree.Size() != 3 {
			t.Errorf("tree %v", tree.AllIDs)
		}
	})
}

func TestChildCancelledBeforeItIsSent(t *testing.T) {
	inModes(t, func(r *Registry) {
		r.Orchestration("P", func(ctx *Context, input string) (string, error) {
			child := ctx.SubOrchestration("C", "")
			child.Cancel()
			if input == "stay" {
				_, _ = ctx.WaitForEvent("go").Await()
			}
			return "done", nil
		})
		r.Orchestration("C", func(ctx *Context, _ string) (string, error) { return ctx.WaitForEvent("never").Await() })
	}, func(w *world) {
		w.start("stays", "P", "stay")
		w.failure("stays::sub::2", "canceled: cancelled by the orchestration")
		w.raise("stays", "go", "")
		w.output("stays", "done")
		w.start("ends", "P", "")
		w.output("ends", "done")
		w.noWorkLeft() // nor a cancellation parked for a child that was never started
		if _, err := w.GetInstanceInfo(w.t.Context(), "ends::sub::2"); !errors.Is(err, client.ErrInstanceNotFound) {
			t.Errorf("%v", err)
		}
	})
}

func TestVersions(t *testing.T) {
	register := func(r *Registry) {
		for _, v := range []string{"1.9.0", "1.10.0", "1.2.0"} {
			r.OrchestrationVersion("V", v, func(ctx *Context, input string) (string, error) {
				if input == "can" {
					return ctx.ContinueAsNewVersion("1.9.0", "")
				}
				_, _ = ctx.Timer(time.Second).Await()
				return v + " " + ctx.Version(), nil
			})
		}
	}
	inModes(t, register, func(w *world) {
		w.start("newest", "V", "")
		w.output("newest", "1.10.0 1.10.0")
		if err := w.StartVersioned(w.t.Context(), "exact", "V", "1.2.0", ""); err != nil {
			t.Fatal(err)
		}
		w.output("exact", "1.2.0 1.2.0")
		w.start("continued", "V", "can")
		w.output("continued", "1.9.0 1.9.0")
		info, err := w.GetInstanceInfo(w.t.Context(), "exact")
		if err != nil || info.OrchestrationVersion != "1.2.0" {
			t.Errorf("info %+v, %v", info, err)
		}
	})
}

func TestDuplicateStartsAreIgnored(t *testing.T) {
	inModes(t, func(r *Registry) {
		r.Orchestration("O", func(ctx *Context, input string) (string, error) {
			v, _ := ctx.WaitForEvent("e").Await()
			return input + v, nil
		})
	}, func(w *world) {
		w.start("i", "O", "first")
		w.start("i", "O", "second")
		w.settle(time.Second)
		w.start("i", "O", "third")
		w.settle(time.Second)
		w.raise("i", "e", "!")
		w.output("i", "first!")
		w.start("i", "O", "fourth")
		w.raise("i", "e", "late")
		w.noWorkLeft()
		w.output("i", "first!")
		if n := len(w.history("i", 1)); n != 4 {
			t.Errorf("%d events: %v", n, kinds(w.history("i", 1)))
		}
	})
}

func TestSessionsAndTags(t *testing.T) {
	opts := Options{WorkerTags: core.TagFilter{Mode: core.TagsAny}}
	for _, m := range modes {
		t.Run(string(m), func(t *testing.T) {
			inWorld(t, m, opts, func(r *Registry) {
				r.Orchestration("S", func(ctx *Context, input string) (string, error) {
					out, err := WaitAll(ctx.Activity("Who", "", WithSession("s1"), WithTag("gpu")), ctx.Activity("Who", ""))
					return strings.Join(out, ","), err
				})
				r.Activity("Who", func(ctx context.Context, _ string) (string, error) {
					info := InfoFrom(ctx)
					return fmt.Sprint(deref(info.SessionID), deref(info.Tag), info.Attempt, info.Instance, info.ActivityID), nil
				})
			}, func(w *world) {
				w.start("i", "S", "")
				w.output("i", "s1gpu1i2,1i3")
			})
		})
	}
}

func TestLimits(t *testing.T) {
	big := strings.Repeat("v", MaxKVValueBytes+1)
	inModes(t, func(r *Registry) {
		r.Orchestration("Parent", func(ctx *Context, input string) (string, error) {
			_, err := ctx.SubOrchestration("L", input).Await()
			return "", err
		})
		r.Orchestration("L", func(ctx *Context, input string) (string, error) {
			switch input {
			case "value":
				ctx.KVSet("k", big)
			case "keys":
				for i := range MaxKVKeys {
					ctx.KVSet(strconv.Itoa(i), "")
				}
				_, _ = ctx.Timer(time.Second).Await()
				ctx.KVSet("one more", "")
			case "status":
				ctx.SetCustomStatus(strings.Repeat("s", MaxCustomStatusBytes+1))
			case "tag":
				ctx.Activity("A", "", WithTag(strings.Repeat("t", 257)))
			}
			return ctx.WaitForEvent("never").Await()
		})
	}, func(w *world) {
		for input, want := range map[string]string{
			"value":  `KV value for key "k" of 65537 bytes exceeds the limit of 65536`,
			"keys":   "151 KV keys exceed the limit of 150",
			"status": "custom status of 262145 bytes exceeds the limit of 262144",
			"tag":    `tag of activity "A" of 257 bytes exceeds the limit of 256`,
		} {
			w.start(input, "Parent", input)
			w.failure(input, want) // through the child: a limit does not silence it
		}
		if v, _, _ := w.GetKVValue(w.t.Context(), "value::sub::2", "k"); v != big {
			t.Error("the value over the limit was not kept")
		}
	})
}

func TestLoggerIsSilentInReplay(t *testing.T) {
	inModes(t, func(r *Registry) {
		r.Orchestration("Log", func(ctx *Context, input string) (string, error) {
			ctx.Logger().Info("one")
			first := ctx.IsReplaying()
			_, _ = ctx.Timer(time.Second).Await()
			return fmt.Sprint(first, ctx.IsReplaying(), ctx.Name(), ctx.Instance()), nil
		})
	}, func(w *world) {
		w.start("i", "Log", "")
		w.output("i", "true falseLogi")
	})
}
