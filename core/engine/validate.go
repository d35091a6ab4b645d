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

func checkDuration(op, what string, d time.Duration) error {
	return refused(op, core.CheckDuration(what, d))
}

// millis rounds a duration up to whole milliseconds.
func millis(d time.Duration) int64 {
	ms := int64(d / time.Millisecond)
	if d%time.Millisecond > 0 {
		ms++
	}
	return ms
}
