package miniruntime

import (
	"strconv"
	"strings"

	"github.com/durokit/duro/core"
)

// batch is what the messages of one item ask for.
type batch struct {
	// start opens an execution; nil when there is no start among the messages.
	start *core.OrchestrationStartedEvent
	// version is the one the start asks for, "" for the newest.
	version string
	// continued says that start came from a ContinueAsNew.
	continued bool
	// carried are the queue messages the execution before left unread.
	carried []core.CarriedEvent
	// rest are the other messages, in order.
	rest []core.WorkItemPayload
}

// readBatch separates the first start from the rest; later ones are duplicates.
func readBatch(messages []core.WorkItem) batch {
	var b batch
	for _, m := range messages {
		switch p := m.Payload().(type) {
		case core.StartOrchestration:
			if b.start == nil {
				b.start = &core.OrchestrationStartedEvent{
					Name: p.Orchestration, Input: p.Input, ParentInstance: p.ParentInstance, ParentID: p.ParentID,
				}
				b.version = deref(p.Version)
			}
		case core.ContinueAsNew:
			b.continueAsNew(p)
		default:
			b.rest = append(b.rest, p)
		}
	}
	return b
}

// continueAsNew takes precedence over a start: that one must be a duplicate, the
// instance has run already.
func (b *batch) continueAsNew(p core.ContinueAsNew) {
	if b.continued {
		return
	}
	b.start = &core.OrchestrationStartedEvent{
		Name: p.Orchestration, Input: p.Input, InitialCustomStatus: p.InitialCustomStatus,
	}
	if len(p.CarryForwardEvents) > 0 {
		b.start.CarryForwardEvents = p.CarryForwardEvents
	}
	b.version, b.continued, b.carried = deref(p.Version), true, p.CarryForwardEvents
}

// inheritParent fills in the parent of a continued execution from the history of
// the one before: the message does not carry it.
func (b *batch) inheritParent(before *core.OrchestrationStartedEvent) {
	if before != nil {
		b.start.ParentInstance, b.start.ParentID = before.ParentInstance, before.ParentID
	}
}

// childSuffix is what a parent adds to its own id to name a child: the event that
// schedules it, and from the second execution on the execution as well, because
// event ids start again there.
func childSuffix(execution, event uint64) string {
	id := strconv.FormatUint(event, 10)
	if execution > 1 {
		id = strconv.FormatUint(execution, 10) + "_" + id
	}
	return "sub::" + id
}

func childID(parent, suffix string) string { return parent + "::" + suffix }

// parentExecution reads back from a child's id which execution of the parent
// waits for it. An id of another form counts as from the first execution.
func parentExecution(parent, child string) uint64 {
	id, ok := strings.CutPrefix(child, parent+"::sub::")
	if !ok {
		return 1
	}
	execution, _, ok := strings.Cut(id, "_")
	if !ok {
		return 1
	}
	n, err := strconv.ParseUint(execution, 10, 64)
	if err != nil || n == 0 {
		return 1
	}
	return n
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
