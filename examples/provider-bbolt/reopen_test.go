package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"github.com/durokit/duro/core"
)

func TestWhatIsStoredSurvivesTheProcess(t *testing.T) {
	for name, signal := range map[string]os.Signal{"terminated": syscall.SIGTERM, "killed": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "duro.bolt")
			at, end := listen(t, "--config", string(configOf(t, path)))
			served := openAddress(t, at)
			fill(t, served)
			want := look(t, served)
			if want.info.Status != core.StatusRunning || len(want.history) != 3 || want.value != "blue" || want.status != "painting" {
				t.Fatalf("before: %+v", want)
			}
			end(signal)
			reopened := openHere(t, path)
			if diff := cmp.Diff(want, look(t, reopened), cmp.AllowUnexported(seen{})); diff != "" {
				t.Errorf("after the process was %s (-before +after):\n%s", name, diff)
			}
			work, err := reopened.FetchWorkItem(t.Context(), core.FetchWorkParams{LockTimeout: time.Minute})
			if err != nil || work == nil || work.Item.Raw() != activity.Raw() {
				t.Errorf("the activity after the process was %s: got %+v, %v", name, work, err)
			}
		})
	}
}

func TestAnotherProcessHasToWait(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duro.bolt")
	at, _ := listen(t, "--config", string(configOf(t, path)))
	openAddress(t, at)
	_, err := Open(t.Context(), Config{Path: path})
	if !errors.Is(err, core.ErrUnavailable) {
		t.Errorf("opening what another process has: got %v, want %v", err, core.ErrUnavailable)
	}
}

func TestHandlesOfAProcessShareTheFile(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "duro.bolt")
	first := openHere(t, path)
	link := filepath.Join(folder, "link.bolt")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	second := openHere(t, link)
	fill(t, first)
	if err := first.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := look(t, second).value; got != "blue" {
		t.Errorf("the value, read by the second handle when the first is closed, is %q, want blue", got)
	}
}

func TestAForeignFileIsRefused(t *testing.T) {
	folder := t.TempDir()
	newer, junk := filepath.Join(folder, "newer.bolt"), filepath.Join(folder, "junk.bolt")
	db, err := bbolt.Open(newer, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(b *bbolt.Tx) error {
		about, err := b.CreateBucket([]byte(formatBucket))
		return errors.Join(err, about.Put([]byte(formatBucket), []byte("2")))
	})
	if err := errors.Join(err, db.Close(), os.WriteFile(junk, make([]byte, 1<<16), 0o600)); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]core.Code{
		newer: core.ErrSchemaMismatch, junk: core.ErrCorrupt, filepath.Join(folder, "none", "x.bolt"): core.ErrInvalidArgument,
	} {
		if _, err := Open(t.Context(), Config{Path: path}); !errors.Is(err, want) {
			t.Errorf("opening %s: got %v, want %v", filepath.Base(path), err, want)
		}
	}
}

func TestConfigurationsAreStrict(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{``, `{}`, `{"path":""}`, `{"path":1}`, `{"path":"x","sync":true}`, `{"path":"x"} {}`, `[]`, `{"path":"x"`} {
		if _, err := open(t.Context(), []byte(raw)); !errors.Is(err, core.ErrInvalidArgument) {
			t.Errorf("the configuration %s: got %v, want %v", raw, err, core.ErrInvalidArgument)
		}
	}
}

// openHere opens a file in this process.
func openHere(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

var activity = core.NewWorkItem(core.ActivityExecute{Instance: "a", ExecutionID: 1, ID: 2, Name: "paint", Input: `"blue"`})

// fill makes an instance that has taken one turn, and has something left to do.
func fill(t *testing.T, p core.Provider) {
	t.Helper()
	start := core.NewWorkItem(core.StartOrchestration{Instance: "a", Orchestration: "house", Input: "{}", ExecutionID: 1})
	if err := p.EnqueueForOrchestrator(t.Context(), start, 0); err != nil {
		t.Fatal(err)
	}
	turn, err := p.FetchOrchestrationItem(t.Context(), core.FetchOrchestrationParams{LockTimeout: time.Minute})
	if err != nil || turn == nil {
		t.Fatalf("fetch the start: got %v, %v", turn, err)
	}
	event := func(id uint64, what core.EventPayload) core.Event {
		return core.NewEvent(core.EventHeader{EventID: id, InstanceID: "a", ExecutionID: 1, DuroxideVersion: "0.1.29"}, what)
	}
	err = p.AckOrchestrationItem(t.Context(), core.AckOrchestrationParams{
		LockToken: turn.LockToken, ExecutionID: 1,
		HistoryDelta: []core.Event{
			event(1, core.OrchestrationStartedEvent{Name: "house", Version: "1.0.0", Input: "{}"}),
			event(2, core.KeyValueSetEvent{Key: "colour", Value: "blue"}),
			event(3, core.CustomStatusUpdatedEvent{Status: new("painting")}),
		},
		WorkerItems: []core.WorkItem{activity},
		Metadata:    core.ExecutionMetadata{OrchestrationName: new("house"), OrchestrationVersion: new("1.0.0")},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// seen is what a reader sees of the instance.
type seen struct {
	info    core.InstanceInfo
	depths  core.QueueDepths
	history []string
	value   string
	status  string
}

func look(t *testing.T, p core.Provider) (s seen) {
	t.Helper()
	admin, ok := core.Admin(p)
	if !ok {
		t.Fatal("there is no admin half")
	}
	ctx := t.Context()
	info, err := admin.GetInstanceInfo(ctx, "a")
	depths, err2 := admin.GetQueueDepths(ctx)
	history, err3 := p.Read(ctx, "a")
	value, _, err4 := p.GetKVValue(ctx, "a", "colour")
	custom, err5 := p.GetCustomStatus(ctx, "a", 0)
	if err := errors.Join(err, err2, err3, err4, err5); err != nil {
		t.Fatal(err)
	}
	s.info, s.depths, s.value = *info, *depths, value
	for _, e := range history {
		s.history = append(s.history, e.Raw())
	}
	if custom != nil {
		s.status = or(custom.Status, "")
	}
	return s
}
