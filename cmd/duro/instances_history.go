package main

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/core"
)

func (c *cli) instancesHistory() *cobra.Command {
	var execution uint64
	cmd := &cobra.Command{
		Use:               "history ID",
		Short:             "Print the events of an instance's execution",
		Args:              oneArg("an instance id"),
		ValidArgsFunction: c.completeInstance,
	}
	out := c.output(cmd)
	cmd.Flags().Uint64Var(&execution, "execution", 0, "the execution `N`, 0 for the latest")
	cmd.RunE = c.do(c.onAdmin(func(ctx context.Context, s *store, args []string) error {
		h, err := s.history(ctx, args[0], execution)
		if err != nil {
			return err
		}
		return out.show(h, h.text)
	}))
	return cmd
}

// historyView is the history of one execution.
type historyView struct {
	InstanceID  string            `json:"instance_id"`
	ExecutionID uint64            `json:"execution_id"`
	Events      []json.RawMessage `json:"events"` // as they are stored
	events      []core.Event
}

func (s *store) history(ctx context.Context, id string, execution uint64) (*historyView, error) {
	fail := func(err error) (*historyView, error) {
		return nil, undecodable("read the history of instance "+printable(id), err)
	}
	known, err := s.admin.ListExecutions(ctx, id)
	if err != nil {
		return fail(err)
	}
	asked := execution
	if execution == 0 {
		if execution, err = s.admin.LatestExecutionID(ctx, id); err != nil {
			return fail(err)
		}
	}
	events, err := s.admin.ReadHistoryWithExecutionID(ctx, id, execution)
	if err != nil {
		return fail(err)
	}
	// An unknown instance has an empty history, and so has one that was only just
	// created; a history may also be there without any record, after a repair.
	if len(events) == 0 {
		if len(known) == 0 {
			return nil, noInstance(id)
		}
		if asked != 0 && !slices.Contains(known, asked) {
			return nil, wrongf("instance %q has no execution %d", id, asked)
		}
	}
	h := &historyView{InstanceID: id, ExecutionID: execution, Events: make([]json.RawMessage, len(events)), events: events}
	for i, e := range events {
		h.Events[i] = json.RawMessage(e.Raw())
	}
	return h, nil
}

func (h *historyView) text(t *table) {
	t.row("EVENT", "OF", "TIME", "KIND", "DETAILS")
	for _, e := range h.events {
		header := e.Header()
		of := any("")
		if header.SourceEventID != nil {
			of = *header.SourceEventID
		}
		t.row(header.EventID, of, precisely(header.TimestampMS), e.Kind(), short(details(e), shownText))
	}
}

// precisely formats a time with milliseconds: the events of a turn share a second.
func precisely(ms uint64) string {
	return time.UnixMilli(int64(ms)).UTC().Format("2006-01-02 15:04:05.000Z")
}

// headerFields are the fields every event has; the table has columns for them.
var headerFields = []string{
	"type", "event_id", "source_event_id", "instance_id", "execution_id", "timestamp_ms", "duroxide_version",
}

// details is what an event says beyond its header: its own fields, as stored. It
// is taken from the JSON, so that fields of newer runtimes are shown as well.
func details(e core.Event) string {
	dec := json.NewDecoder(strings.NewReader(e.Raw()))
	if _, err := dec.Token(); err != nil {
		return ""
	}
	var parts []string
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			break
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			break
		}
		name, _ := key.(string)
		if !slices.Contains(headerFields, name) && string(value) != "null" {
			parts = append(parts, name+"="+string(value))
		}
	}
	return strings.Join(parts, " ")
}
