package engine_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/durokit/duro/backends/sqlite"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
	"github.com/durokit/duro/core/engine/sqlstore"
)

// The durations of these tests: hold is a lock that does not expire, patience
// what a test that hangs is given, prompt how soon something must happen that
// does not wait for a poll. forever turns polling off.
const (
	hold     = 30 * time.Second
	patience = 20 * time.Second
	prompt   = 5 * time.Second
	forever  = time.Hour
)

// store is one database file, which the engines of a test share.
type store struct {
	t     *testing.T
	clock *engine.ManualClock
	hub   *hub // carries the engines' announcements, where there is one
	sqlstore.Store
}

func newStore(t *testing.T) *store {
	t.Helper()
	s := &store{t: t, clock: &engine.ManualClock{}}
	s.Store = sqlite.Config{Path: filepath.Join(t.TempDir(), "store.db")}.Store()
	if err := s.Migrations(t.Context(), func(r *migrate.Runner) error { return r.Ensure(t.Context(), migrate.Auto) }); err != nil {
		t.Fatalf("make the schema: %v", err)
	}
	return s
}

// setting changes how an engine of these tests is opened.
type setting func(*engine.Dialect, *engine.Options)

func cacheOf(bytes int64) setting {
	return func(_ *engine.Dialect, o *engine.Options) { o.CacheBytes = bytes }
}

func statementTimeout(d time.Duration) setting {
	return func(_ *engine.Dialect, o *engine.Options) { o.StatementTimeout = d }
}

func pollEvery(d time.Duration) setting {
	return func(_ *engine.Dialect, o *engine.Options) { o.PollInterval = d }
}

// twoLanes lets writes and claims overlap, as on a server.
func twoLanes(d *engine.Dialect, _ *engine.Options) { d.SingleWriter = false }

// testEngine is an engine over a seam with faults.
type testEngine struct {
	*engine.Engine
	t  *testing.T
	db *faultyDB
	s  *engine.Statements
}

// open opens an engine that never polls, so that a test hangs when a wake-up is lost.
func (s *store) open(settings ...setting) *testEngine {
	s.t.Helper()
	d, err := s.Dialect.WithPrefix(engine.DefaultPrefix)
	if err != nil {
		s.t.Fatal(err)
	}
	db, err := s.Connect(d)
	if err != nil {
		s.t.Fatal(err)
	}
	o := engine.Options{Clock: s.clock, PollInterval: forever}
	for _, set := range settings {
		set(d, &o)
	}
	e := &testEngine{t: s.t, db: &faultyDB{DB: db, history: &d.Statements.ClaimHistory}, s: &d.Statements}
	seam := engine.DB(e.db)
	if s.hub != nil {
		d.Notify, seam = true, announcing{e.db, s.hub}
	}
	if e.Engine, err = engine.New(s.t.Context(), seam, d, o); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		e.db.heal()
		if broken, err := e.CheckInvariants(ctx); err != nil && core.CodeOf(err) != core.ErrUnavailable || len(broken) > 0 {
			s.t.Errorf("invariants: %v, %q", err, broken)
		}
		if err := e.Close(ctx); err != nil {
			s.t.Errorf("close: %v", err)
		}
	})
	return e
}

// must ends the test on an error. It may be called from the test's goroutine only.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func startOf(id string) core.WorkItem {
	return core.NewWorkItem(core.StartOrchestration{Instance: id, Orchestration: "O", Input: "{}", Version: new("1.0.0"), ExecutionID: 1})
}

func poke(id, data string) core.WorkItem {
	return core.NewWorkItem(core.ExternalRaised{Instance: id, Name: "poke", Data: data})
}

func activityOf(id string, n uint64) core.WorkItem {
	return core.NewWorkItem(core.ActivityExecute{Instance: id, ExecutionID: 1, ID: n, Name: "A", Input: "in"})
}

func completionOf(id string, n uint64) core.WorkItem {
	return core.NewWorkItem(core.ActivityCompleted{Instance: id, ExecutionID: 1, ID: n, Result: "ok"})
}

// eventOf is an event of execution 1 that says what it is for.
func eventOf(id string, n uint64, text string) core.Event {
	return eventIn(id, 1, n, text)
}

func eventIn(id string, execution, n uint64, text string) core.Event {
	h := core.EventHeader{EventID: n, InstanceID: id, ExecutionID: execution, TimestampMS: 1_700_000_000_000, DuroxideVersion: "0.1.29"}
	return core.NewEvent(h, core.ActivityScheduledEvent{Name: "A", Input: text})
}

// turnOf is a turn that appends events to execution 1.
func turnOf(token string, events ...core.Event) core.AckOrchestrationParams {
	return core.AckOrchestrationParams{
		LockToken: token, ExecutionID: 1, HistoryDelta: events,
		Metadata: core.ExecutionMetadata{OrchestrationName: new("O"), OrchestrationVersion: new("1.0.0")},
	}
}

func (e *testEngine) enqueue(items ...core.WorkItem) {
	e.t.Helper()
	for _, it := range items {
		must(e.t, e.EnqueueForOrchestrator(e.t.Context(), it, 0))
	}
}

func (e *testEngine) enqueueWork(items ...core.WorkItem) {
	e.t.Helper()
	for _, it := range items {
		must(e.t, e.EnqueueForWorker(e.t.Context(), it))
	}
}

// fetch fetches an instance, which must be there.
func (e *testEngine) fetch() *core.FetchedOrchestration {
	e.t.Helper()
	f, err := e.FetchOrchestrationItem(e.t.Context(), core.FetchOrchestrationParams{LockTimeout: hold})
	must(e.t, err)
	if f == nil {
		e.t.Fatal("fetch found no instance, want one")
	}
	return f
}

func (e *testEngine) fetchWork() *core.FetchedWork {
	e.t.Helper()
	w, err := e.FetchWorkItem(e.t.Context(), core.FetchWorkParams{LockTimeout: hold})
	must(e.t, err)
	if w == nil {
		e.t.Fatal("fetch found no work, want some")
	}
	return w
}

// nothing demands that both queues have nothing to give.
func (e *testEngine) nothing(why string) {
	e.t.Helper()
	f, err := e.FetchOrchestrationItem(e.t.Context(), core.FetchOrchestrationParams{LockTimeout: hold})
	must(e.t, err)
	if f != nil {
		e.t.Errorf("fetch found instance %q with %d messages, want none: %s", f.Item.Instance, len(f.Item.Messages), why)
	}
	w, err := e.FetchWorkItem(e.t.Context(), core.FetchWorkParams{LockTimeout: hold})
	must(e.t, err)
	if w != nil {
		e.t.Errorf("fetch found work %s, want none: %s", w.Item.Raw(), why)
	}
}

// create makes instances with one event.
func (e *testEngine) create(ids ...string) {
	e.t.Helper()
	for _, id := range ids {
		e.enqueue(startOf(id))
		f := e.fetch()
		must(e.t, e.AckOrchestrationItem(e.t.Context(), turnOf(f.LockToken, eventOf(f.Item.Instance, 1, "created"))))
	}
}

// history reads an instance's events as texts.
func (e *testEngine) history(id string) []string {
	e.t.Helper()
	events, err := e.Read(e.t.Context(), id)
	must(e.t, err)
	return textsOf(events)
}

func textsOf(events []core.Event) []string {
	texts := make([]string, len(events))
	for i, ev := range events {
		if a, ok := ev.Payload().(core.ActivityScheduledEvent); ok {
			texts[i] = a.Input
		}
	}
	return texts
}
