package conformance

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/durokit/duro/core"
)

// family makes a finished root with two children, the first with one of its own,
// which is running if asked for.
func (t *T) family(root string, running bool) {
	t.finished(root)
	t.finished(root+"::1", root)
	t.finished(root+"::2", root)
	t.finished(root+"::1::1", root+"::1")
	if running {
		t.turn(root+"::1::1", 1, status(core.StatusRunning))
	}
}

// busyLife makes an instance that has something of everything: two executions,
// status, values in both tables, a locked batch, waiting and delayed messages,
// and locked and waiting activities.
func (t *T) busyLife(id string) {
	t.create(id)
	t.turn(id, 1, events(statusSet(2, "s"), kvSet(3, "store", "v"), kvSet(4, "both", "v")))
	t.continued(id, 2)
	t.turn(id, 2, events(kvSet(5, "delta", "v"), kvSet(6, "both", "w"), kvCleared(7, "cleared")),
		work(activity(id, 8), activity(id, 9)))
	t.fetchWorkOf(activity(id, 8))
	t.ackWork(t.fetchWorkOf(activity(id, 9)))
	t.enqueueAfter(t.timing.Hold, timer(id, 0))
	t.enqueue(poke(id))
	f := t.fetchOf(id)
	t.held = append(t.held, f)
	t.enqueue(raise(id, "waiting"))
}

// turnHeld commits a turn with the lock that busyLife took last.
func (t *T) turnHeld(id string, parts ...part) {
	f := t.held[len(t.held)-1]
	equal(t, "the held instance", f.Item.Instance, id)
	t.ack(f, 2, parts...)
}

// portrait is everything a client or an operator can see of an instance.
func (t *T) portrait(id string) string {
	var b strings.Builder
	show := func(v any) {
		raw, err := json.Marshal(v)
		t.must(err, "describe what was read")
		fmt.Fprintf(&b, "%s\n", raw)
	}
	show(t.info(id))
	show(t.allKV(id))
	show(t.customStatus(id, 0))
	show(t.children(id))
	for _, e := range t.executions(id) {
		show(t.execution(id, e))
		for _, event := range t.readExecution(id, e) {
			b.WriteString(event.Raw() + "\n")
		}
	}
	return b.String()
}
