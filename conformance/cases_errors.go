package conformance

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/durokit/duro/core"
)

var errorCases = []Case{
	{
		ID: "errors/InvalidLockTokenOnAck", Numbers: []string{"C-012"}, Section: "1.5",
		Rule: "an ack with an unknown token is a permanent error that says so",
		Why:  "upstream's validations and logs look for these words",
		Run: func(t *T) {
			t.lost(t.tryAckToken("invalid-token", "a", 1), "an ack with an invented token")
		},
	},
	{
		ID: "errors/DuplicateEventID", Numbers: []string{"C-013"}, Section: "2.2",
		Rule: "an event id that is stored already is refused and not overwritten",
		Why:  "history is append-only; an overwritten event changes what replay sees",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, events(started()))
			t.enqueue(start("a"))
			t.refused(t.tryAck(t.fetchOf("a"), 1, events(scheduled(1, "A"))), core.ErrDuplicateEvent,
				"an ack with a stored event id")
			es := t.read("a")
			t.history("a", es, 1)
			equal(t, "the kind of event 1", es[0].Kind(), core.EventOrchestrationStarted)
		},
	},
	{
		ID: "errors/FieldsSurvivePluginBoundary", Numbers: []string{"C-025"}, Section: "1.5", Level: LevelDuro,
		Rule: "an error names its method, its code and whether to retry, wherever the provider runs",
		Why:  "callers decide by these fields; a wire that loses one changes what a runtime does",
		Run: func(t *T) {
			for method, call := range map[string]func() error{
				"AckOrchestrationItem": func() error { return t.tryAckToken("invalid-token", "a", 1) },
				"AbandonOrchestrationItem": func() error {
					return t.p.AbandonOrchestrationItem(t.ctx, core.AbandonParams{LockToken: "invalid-token"})
				},
				"RenewOrchestrationItemLock": func() error { return t.p.RenewOrchestrationItemLock(t.ctx, "\xff", t.timing.Lock) },
				"AckWorkItem":                func() error { return t.p.AckWorkItem(t.ctx, "invalid-token", nil) },
				"RenewWorkItemLock":          func() error { return t.p.RenewWorkItemLock(t.ctx, "invalid-token", t.timing.Lock) },
			} {
				err := call()
				t.lost(err, method+" with an invented token")
				t.op(err, method)
			}
			t.endedContext("canceled", context.Canceled, context.WithCancel)
			t.endedContext("late", context.DeadlineExceeded, func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithDeadline(ctx, time.Unix(0, 0))
			})
		},
	},
	{
		ID: "errors/ReadUnknownInstance", Numbers: []string{"C-014"}, Section: "2.13",
		Rule: "reading an unknown instance gives an empty history, not an error",
		Why:  "clients poll the status of instances that have not started yet",
		Run: func(t *T) {
			t.stored("ghost")
			t.history("execution 1 of ghost", t.readExecution("ghost", 1))
			t.create("a")
			t.history("execution 0", t.readExecution("a", 0))
			t.history("execution 2", t.readExecution("a", 2))
			t.history("execution 1", t.readExecution("a", 1), 1)
		},
	},
	{
		ID: "errors/FetchFromEmptyStore", Numbers: []string{"C-015"}, Section: "2.0",
		Rule: "no work is none, not an error",
		Why:  "dispatchers back off on errors and would go to sleep on an idle store",
		Run: func(t *T) {
			t.none("the store is empty")
			t.noWork("the store is empty")
		},
	},
	{
		ID: "errors/LockExpirationDuringAck", Numbers: []string{"C-016"}, Section: "2.2",
		Rule: "an expired lock cannot ack, although nobody took it",
		Why:  "whether somebody took it in between cannot be known without the check",
		Run: func(t *T) {
			t.enqueue(start("a"))
			f := t.fetch(lock(t.timing.Lock))
			t.Wait(t.timing.Lock)
			t.lost(t.tryAck(f, 1, events(started())), "an ack after expiry")
		},
	},
	{
		ID: "errors/ReadCorruptedHistory", Numbers: []string{"C-017", "A-22"}, Section: "2.13",
		Rule:  "reading an undecodable history is a permanent error, never a shorter list",
		Why:   "a truncated history replays into a different orchestration",
		Needs: []Need{NeedCorruption, NeedAdmin},
		Run: func(t *T) {
			t.create("a")
			t.stored("a", 1)
			t.corrupt("a")
			_, err := t.p.Read(t.ctx, "a")
			t.refused(err, core.ErrCorrupt, "Read")
			_, err = t.Admin().ReadHistory(t.ctx, "a")
			t.refused(err, core.ErrCorrupt, "ReadHistory")
		},
	},
	{
		ID: "errors/ReadWithExecutionCorruptedHistory", Numbers: []string{"C-018", "A-22"}, Section: "2.14",
		Rule:  "reading one undecodable execution is a permanent error, never a shorter list",
		Why:   "a truncated history replays into a different orchestration",
		Needs: []Need{NeedCorruption, NeedAdmin},
		Run: func(t *T) {
			t.create("a")
			t.history("execution 1", t.readExecution("a", 1), 1)
			t.corrupt("a")
			_, err := t.p.ReadWithExecution(t.ctx, "a", 1)
			t.refused(err, core.ErrCorrupt, "ReadWithExecution")
			_, err = t.Admin().ReadHistoryWithExecutionID(t.ctx, "a", 1)
			t.refused(err, core.ErrCorrupt, "ReadHistoryWithExecutionID")
		},
	},
	{
		ID: "errors/UndecodableQueueMessage", Numbers: []string{"C-019"}, Section: "2.1",
		Rule:  "an undecodable message is surfaced, and other instances go on",
		Why:   "one bad row must neither vanish silently nor wedge the queue",
		Needs: []Need{NeedRawRows},
		Run: func(t *T) {
			t.create("a")
			t.insertMessage("a", `{"Nonsense":{}}`)
			t.enqueue(poke("a"), start("other"))
			surfaced, other := false, false
			for range 4 { // twice more than there are instances
				f, err := t.tryFetch()
				switch {
				case err != nil:
					surfaced = true
				case f == nil:
				case f.Item.Instance == "other":
					other = true
				default:
					surfaced = surfaced || f.Item.HistoryError != ""
				}
			}
			t.truthf(surfaced, "the undecodable message was surfaced neither by HistoryError nor by an error")
			t.truthf(other, "the instance without a bad message was not fetched")
		},
	},
	{
		ID: "errors/UndecodableQueueMessageSetAside", Numbers: []string{"C-019"}, Section: "2.1", Level: LevelDuro,
		Rule:  "an undecodable message gives an item with HistoryError, and one copy is set aside",
		Why:   "the poison rules end it like a corrupt history, and the operator still has it",
		Needs: []Need{NeedRawRows, NeedAdmin},
		Run: func(t *T) {
			t.create("a")
			t.insertMessage("a", `{"Nonsense":{}}`)
			t.enqueue(poke("a"))
			for attempt := uint32(1); attempt <= 2; attempt++ {
				f := t.fetchOf("a")
				t.truthf(f.Item.HistoryError != "", "HistoryError is empty although a message cannot be decoded")
				t.batch(f, poke("a"))
				t.history("the fetched item", f.Item.History)
				t.snapshot(f, nil)
				equal(t, "the attempt count", f.AttemptCount, attempt)
				equal(t, "how many items are set aside", t.depths().SetAside, 1)
				t.none("the lock is held")
				if attempt == 1 {
					t.abandon(f)
					continue
				}
				t.ack(f, 1, events(orchFailed(99999, "undecodable")), ended(core.StatusFailed, "undecodable"))
			}
			t.none("the ack deleted the whole batch")
			d := t.depths()
			equal(t, "how many items are set aside after the ack", d.SetAside, 1)
			equal(t, "the queue's depth after the ack", d.OrchestratorQueue, 0)
		},
	},
	{
		ID: "errors/EventIDZero", Numbers: []string{"C-020"}, Section: "2.2",
		Rule: "event id 0 is refused, and the token still acks",
		Why:  "0 means not assigned: storing it hides a bug of the runtime",
		Run: func(t *T) {
			t.enqueue(start("a"))
			f := t.fetch()
			t.refused(t.tryAck(f, 1, events(started(), scheduled(0, "A"))), core.ErrInvalidArgument, "an ack with event id 0")
			t.stored("a")
			t.ack(f, 1, events(started()))
			t.stored("a", 1)
		},
	},
	{
		ID: "errors/DuplicateWithinDelta", Numbers: []string{"C-021"}, Section: "2.2",
		Rule: "one event id twice in one delta is refused",
		Why:  "a store that keeps the last of the two loses an event",
		Run: func(t *T) {
			t.enqueue(start("a"))
			err := t.tryAck(t.fetch(), 1, events(started(), scheduled(2, "A"), scheduled(2, "B")))
			t.refused(err, core.ErrDuplicateEvent, "an ack with one event id twice")
			t.stored("a")
		},
	},
	{
		ID: "errors/TokenErrorsArePermanent", Numbers: []string{"C-022"}, Section: "1.5",
		Rule: "every use of a dead token is a permanent error",
		Why:  "retrying it five times cannot help and holds up the dispatcher",
		Run: func(t *T) {
			for _, use := range t.deadTokenUses() {
				pe, ok := errors.AsType[*core.ProviderError](use.err)
				switch {
				case use.err == nil:
					t.Errorf("%s succeeded: want a permanent error", use.what)
				case !ok:
					t.Errorf("%s failed with %T: want a *core.ProviderError", use.what, use.err)
				case pe.Retryable || pe.Op == "":
					t.Errorf("%s: got Retryable %v and Op %q, want false and the method's name", use.what, pe.Retryable, pe.Op)
				}
			}
		},
	},
	{
		ID: "errors/TokenErrorsSayInvalidLockToken", Numbers: []string{"C-022"}, Section: "1.5", Level: LevelDuro,
		Rule: "every use of a dead token is ErrLockLost, with the words and the method's name",
		Why:  "one code means the same everywhere: stop, somebody else has it",
		Run: func(t *T) {
			for _, use := range t.deadTokenUses() {
				t.lost(use.err, use.what)
				t.op(use.err, use.method)
				if use.err != nil && !strings.Contains(use.err.Error(), "Invalid lock token") {
					t.Errorf("%s: got the message %q, want it to contain %q", use.what, use.err, "Invalid lock token")
				}
			}
		},
	},
	{
		ID: "errors/WrongVariant", Numbers: []string{"C-023"}, Section: "1.1",
		Rule: "an item that does not belong in a queue is refused, and the locked activity stays as it was",
		Why:  "it could never be delivered to anybody who understands it",
		Run: func(t *T) {
			t.refused(t.tryEnqueue(0, activity("a", 1)), core.ErrInvalidArgument, "an ActivityExecute for the orchestrator")
			t.enqueueWork(activity("a", 1))
			w := t.fetchWork()
			t.refused(t.tryAckWork(w.LockToken, new(timer("a", 1))), core.ErrInvalidArgument, "a TimerFired as completion")
			t.noWork("the activity is still locked")
			t.enqueue(start("a"))
			t.completeWork(w, completed("a", 1))
			t.batch(t.fetchOf("a"), start("a"), completed("a", 1))
		},
	},
	{
		ID: "errors/WrongVariantEverywhere", Numbers: []string{"C-023"}, Section: "1.1", Level: LevelDuro,
		Rule: "every place that takes work items takes only its own variants",
		Why:  "an item in the wrong queue has no identity and nobody to run it",
		Run: func(t *T) {
			t.create("a")
			t.enqueue(poke("a"))
			f := t.fetchOf("a")
			t.enqueueWork(activity("a", 1))
			w := t.fetchWork()
			t.refused(t.tryAck(f, 1, send(activity("a", 2))), core.ErrInvalidArgument,
				"an ack with an ActivityExecute among the messages")
			t.refused(t.tryEnqueueWork(core.WorkItem{}), core.ErrInvalidArgument, "enqueuing no work item at all")
			t.refused(t.tryEnqueue(0, core.WorkItem{}), core.ErrInvalidArgument, "enqueuing no message at all")
			for _, it := range messagesOfEveryKind("a", "x") {
				t.refused(t.tryEnqueueWork(it), core.ErrInvalidArgument, "EnqueueForWorker of "+string(it.Kind()))
				t.refused(t.tryAck(f, 1, work(it)), core.ErrInvalidArgument, "an ack with an activity that is "+string(it.Kind()))
				if it.Kind() != core.KindActivityCompleted && it.Kind() != core.KindActivityFailed {
					t.refused(t.tryAckWork(w.LockToken, &it), core.ErrInvalidArgument, "a completion that is "+string(it.Kind()))
				}
			}
			t.ackWork(w)
			t.noWork("nothing wrong was stored")
			t.ack(f, 1)
			t.none("nothing wrong was stored")
		},
	},
	{
		ID: "errors/AppendWithExecutionRules", Numbers: []string{"C-024"}, Section: "2.15", Level: LevelDuro,
		Rule: "appending follows the rules of a turn's history: all or nothing, no id 0, no duplicates",
		Why:  "repair tools must not be able to break what acks protect",
		Run: func(t *T) {
			at := func(ids ...uint64) error {
				var es []core.Event
				for _, id := range ids {
					es = append(es, scheduled(id, "A").event("a", 1))
				}
				err := t.p.AppendWithExecution(t.ctx, "a", 1, es)
				t.Stepf("append events %v%s", ids, failed(err))
				return err
			}
			t.must(at(1, 2), "append events 1 and 2")
			t.refused(at(3, 2), core.ErrDuplicateEvent, "appending event 2 again")
			t.refused(at(4, 0), core.ErrInvalidArgument, "appending event 0")
			t.history("execution 1", t.readExecution("a", 1), 1, 2)
			t.must(t.p.AppendWithExecution(t.ctx, "a", 2, []core.Event{started().event("a", 2)}), "append to execution 2")
			t.stored("a", 1, 2) // no execution record was made
		},
	},
	{
		ID: "errors/AdminErrorsCarryCode", Numbers: []string{"A-85"}, Section: "1.5",
		Level: LevelDuro,
		Rule:  "every admin error carries its code, its method's name and upstream's words",
		Why:   "clients decide by the code; upstream's decide by the words",
		Needs: []Need{NeedAdmin},
		Run: func(t *T) {
			a := t.Admin()
			t.create("root")
			t.finished("child", "root")
			check := func(method string, code core.Code, err error) {
				t.Stepf("%s%s", method, failed(err))
				t.refused(err, code, method)
				t.op(err, method)
			}
			_, err := a.DeleteInstance(t.ctx, "root", false)
			check("DeleteInstance", core.ErrStillRunning, err)
			if err != nil && !strings.Contains(err.Error(), "still running") {
				t.Errorf("DeleteInstance of a running instance: got %q, want the words %q", err, "still running")
			}
			_, err = a.DeleteInstance(t.ctx, "child", true)
			check("DeleteInstance", core.ErrSubOrchestration, err)
			_, err = a.DeleteInstance(t.ctx, "ghost", false)
			check("DeleteInstance", core.ErrNotFound, err)
			_, err = a.DeleteInstancesAtomic(t.ctx, []string{"root"}, true)
			check("DeleteInstancesAtomic", core.ErrWouldOrphan, err)
			_, err = a.DeleteInstancesAtomic(t.ctx, []string{"root", "child"}, false)
			check("DeleteInstancesAtomic", core.ErrStillRunning, err)
			_, err = a.GetInstanceInfo(t.ctx, "ghost")
			check("GetInstanceInfo", core.ErrNotFound, err)
			_, err = a.GetExecutionInfo(t.ctx, "root", 7)
			check("GetExecutionInfo", core.ErrNotFound, err)
			_, _, err = a.GetParentID(t.ctx, "ghost")
			check("GetParentID", core.ErrNotFound, err)
			_, err = a.PruneExecutions(t.ctx, "ghost", core.PruneOptions{})
			check("PruneExecutions", core.ErrNotFound, err)
		},
	},
}

// deadTokenUse is one use of a token that proves nothing, and what came of it.
type deadTokenUse struct {
	what, method string
	err          error
}

// deadTokenUses uses tokens that were invented, acked or have expired in every
// method that takes one. An abandon may use an expired token, so that is left out.
func (t *T) deadTokenUses() []deadTokenUse {
	expired := t.timing.Lock
	t.enqueue(start("acked"))
	f := t.fetchOf("acked")
	t.ack(f, 1)
	t.enqueue(start("expired"))
	g := t.fetchOf("expired", lock(expired))
	t.enqueueWork(activity("acked", 1))
	w := t.fetchWork()
	t.ackWork(w)
	t.enqueueWork(activity("expired", 1))
	x := t.fetchWork(lock(expired))
	t.Wait(expired)

	turn := map[string]string{"acked": f.LockToken, "expired": g.LockToken, "another queue's": x.LockToken}
	job := map[string]string{"acked": w.LockToken, "expired": x.LockToken, "another queue's": g.LockToken}
	for what, token := range map[string]string{
		"invented": "bogus", "empty": "", "huge": strings.Repeat("x", 10_000), "NUL": "a\x00b", "invalid UTF-8": "a\xffb",
	} {
		turn[what], job[what] = token, token
	}
	var out []deadTokenUse
	add := func(what, method string, err error) {
		out = append(out, deadTokenUse{method + " with the token that is " + what, method, err})
	}
	for _, what := range slices.Sorted(maps.Keys(turn)) {
		token := turn[what]
		add(what, "AckOrchestrationItem", t.tryAckToken(token, "acked", 1, events(started())))
		add(what, "RenewOrchestrationItemLock", t.tryRenew(token, t.timing.Lock))
		if what != "expired" {
			add(what, "AbandonOrchestrationItem", t.tryAbandon(token))
		}
	}
	for _, what := range slices.Sorted(maps.Keys(job)) {
		token := job[what]
		add(what, "AckWorkItem", t.tryAckWork(token, nil))
		add(what, "RenewWorkItemLock", t.tryRenewWork(token, t.timing.Lock))
		if what != "expired" {
			add(what, "AbandonWorkItem", t.tryAbandonWork(token))
		}
	}
	return out
}

// corrupt makes an instance's history undecodable.
func (t *T) corrupt(id string) {
	t.hooked(t.Hooks().CorruptHistory(t.ctx, id), "CorruptHistory")
	t.Stepf("corrupt the history of %q", id)
}

// insertMessage stores raw bytes as a message.
func (t *T) insertMessage(id, raw string) {
	t.hooked(t.Hooks().InsertRawMessage(t.ctx, id, []byte(raw)), "InsertRawMessage")
	t.Stepf("insert the raw message %.80s for %q", raw, id)
}

// insertWork stores raw bytes as a row of the worker queue.
func (t *T) insertWork(raw string) {
	t.hooked(t.Hooks().InsertRawWork(t.ctx, []byte(raw)), "InsertRawWork")
	t.Stepf("insert the raw work row %.80s", raw)
}

// attempts is the highest attempt count stored with a message of the instance.
func (t *T) attempts(id string) uint32 {
	n, err := t.Hooks().MaxAttemptCount(t.ctx, id)
	t.hooked(err, "MaxAttemptCount")
	t.Stepf("the highest stored attempt count of %q is %d", id, n)
	return n
}

// endedContext demands that calls whose context has ended fail by that, and do nothing.
func (t *T) endedContext(how string, cause error, end func(context.Context) (context.Context, context.CancelFunc)) {
	ctx, stop := end(t.ctx)
	stop()
	for method, call := range map[string]func() error{
		"EnqueueForOrchestrator": func() error { return t.p.EnqueueForOrchestrator(ctx, start("ended"), 0) },
		"EnqueueForWorker":       func() error { return t.p.EnqueueForWorker(ctx, activity("ended", 1)) },
	} {
		err := call()
		what := method + " with a context that is " + how
		t.refused(err, core.ErrCanceled, what)
		t.op(err, method)
		if !errors.Is(err, cause) {
			t.Errorf("%s failed with %q: want one that is %q", what, err, cause)
		}
		if pe, ok := errors.AsType[*core.ProviderError](err); ok && pe.MayHaveHappened {
			t.Errorf("%s failed with %q, which says that it may have happened", what, err)
		}
	}
	t.none("the store is empty")
	t.noWork("the store is empty")
}
