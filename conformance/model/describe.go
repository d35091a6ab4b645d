package model

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/durokit/duro/core"
)

// names are what steps call the items and events that they are about. They are
// looked up by what is stored, so that one which comes back changed has no name and
// is shown as it is.
type names struct {
	of    map[string]string
	given int
}

// number is one that no item or event had before.
func (n *names) number() int {
	n.given++
	return n.given
}

// item names a work item.
func (n *names) item(p core.WorkItemPayload, format string, args ...any) core.WorkItem {
	it := core.NewWorkItem(p)
	n.of[it.Raw()] = fmt.Sprintf(format, args...)
	return it
}

// event names an event.
func (n *names) event(h core.EventHeader, p core.EventPayload, format string, args ...any) core.Event {
	e := core.NewEvent(h, p)
	n.of[e.Raw()] = fmt.Sprintf(format, args...)
	return e
}

func (n *names) raw(raw string) string {
	if name, ok := n.of[raw]; ok {
		return name
	}
	return raw
}

func (n *names) items(items []core.WorkItem) string {
	return list(items, func(it core.WorkItem) string { return n.raw(it.Raw()) })
}

func (n *names) events(events []core.Event) string {
	return list(events, func(e core.Event) string { return n.raw(e.Raw()) })
}

func list[V any](values []V, say func(V) string) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = say(v)
	}
	return "[" + strings.Join(words, ", ") + "]"
}

// hours is a time of whole ticks.
func hours(d time.Duration) string { return fmt.Sprintf("%dh", int(d/tick)) }

// plain is a value as JSON, which follows pointers.
func plain(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return strings.ReplaceAll(string(text), `"`, "")
}
