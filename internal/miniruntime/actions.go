package miniruntime

import (
	"fmt"

	"github.com/durokit/duro/core"
)

// recordsAction reports whether an event says what the code did, in contrast to
// what happened to it. The code repeats these, in order, on every replay.
func recordsAction(p core.EventPayload) bool {
	switch p.(type) {
	case core.ActivityScheduledEvent, core.TimerCreatedEvent, core.SubOrchestrationScheduledEvent,
		core.OrchestrationChainedEvent, core.ExternalSubscribedEvent, core.QueueSubscribedEvent,
		core.ActivityCancelRequestedEvent, core.SubOrchestrationCancelRequestedEvent,
		core.ExternalSubscribedCancelledEvent, core.QueueSubscriptionCancelledEvent,
		core.CustomStatusUpdatedEvent,
		core.KeyValueSetEvent, core.KeyValueClearedEvent, core.KeyValuesClearedEvent:
		return true
	}
	return false
}

// sameAction reports whether the code repeated what is recorded. Times differ
// between turns and do not count; neither does a child's id, which follows from
// its event.
func sameAction(recorded, p core.EventPayload) bool {
	switch r := recorded.(type) {
	case core.ActivityScheduledEvent:
		p, ok := p.(core.ActivityScheduledEvent)
		return ok && p.Name == r.Name && p.Input == r.Input
	case core.TimerCreatedEvent:
		_, ok := p.(core.TimerCreatedEvent)
		return ok
	case core.SubOrchestrationScheduledEvent:
		p, ok := p.(core.SubOrchestrationScheduledEvent)
		return ok && p.Name == r.Name && p.Input == r.Input
	case core.CustomStatusUpdatedEvent:
		p, ok := p.(core.CustomStatusUpdatedEvent)
		return ok && (p.Status == nil) == (r.Status == nil) && deref(p.Status) == deref(r.Status)
	case core.KeyValueSetEvent:
		p, ok := p.(core.KeyValueSetEvent)
		return ok && p.Key == r.Key && p.Value == r.Value
	}
	return recorded == p // all others are plain values
}

// describe names an action for an error message, without payloads.
func describe(p core.EventPayload) string {
	switch p := p.(type) {
	case core.ActivityScheduledEvent:
		return fmt.Sprintf("activity %q", p.Name)
	case core.TimerCreatedEvent:
		return "a timer"
	case core.SubOrchestrationScheduledEvent:
		return fmt.Sprintf("sub-orchestration %q", p.Name)
	case core.OrchestrationChainedEvent:
		return fmt.Sprintf("detached orchestration %q", p.Name)
	case core.ExternalSubscribedEvent:
		return fmt.Sprintf("a wait for event %q", p.Name)
	case core.QueueSubscribedEvent:
		return fmt.Sprintf("a wait for queue %q", p.Name)
	case core.CustomStatusUpdatedEvent:
		return "a custom status"
	case core.KeyValueSetEvent:
		return fmt.Sprintf("setting key %q", p.Key)
	case core.KeyValueClearedEvent:
		return fmt.Sprintf("clearing key %q", p.Key)
	case core.KeyValuesClearedEvent:
		return "clearing all keys"
	}
	return "a cancellation"
}
