package engine

import (
	"time"

	"github.com/durokit/duro/core"
)

// What callers hand in is checked before anything travels, alike for every
// database (design decision 2 and 3).

func checkInstance(op, id string) error { return checkText(op, "instance id", id, 1, core.MaxIDBytes) }

func checkText(op, what, s string, minBytes, maxBytes int) error {
	return refused(op, core.CheckText(what, s, minBytes, maxBytes))
}

// refused makes an error of a reason, nil of none.
func refused(op, why string) error {
	if why == "" {
		return nil
	}
	return invalid(op, "%s", why)
}

func checkExecution(op string, id uint64) error {
	if id == 0 || id > core.MaxCounter {
		return invalid(op, "execution id %d is not between 1 and 2^63-1", id)
	}
	return nil
}

func checkDuration(op, what string, d time.Duration) error {
	if d < 0 {
		return invalid(op, "%s is negative: %v", what, d)
	}
	return nil
}

// checkActivity checks an item for the worker queue and returns it.
func checkActivity(op string, item core.WorkItem) (core.ActivityExecute, error) {
	a, _ := item.Payload().(core.ActivityExecute)
	return a, refused(op, core.CheckActivity(item))
}

func checkMessage(op string, item core.WorkItem) error { return refused(op, core.CheckMessage(item)) }

func checkEvents(op string, events []core.Event) error {
	for _, e := range events {
		if err := refused(op, core.CheckEvent(e)); err != nil {
			return err
		}
	}
	return nil
}

// millis rounds a duration up to whole milliseconds.
func millis(d time.Duration) int64 {
	ms := int64(d / time.Millisecond)
	if d%time.Millisecond > 0 {
		ms++
	}
	return ms
}
