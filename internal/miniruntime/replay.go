package miniruntime

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/durokit/duro/core"
)

// outcome is how the code's part of a turn ended.
type outcome struct {
	// status is one of the core.Status constants; StatusRunning when the code waits.
	status string
	// output is the result, or the next input.
	output  string
	version *string // of the next execution
	failure core.ErrorDetails
}

var waiting = &outcome{status: core.StatusRunning}

// run calls the orchestration until it returns or waits for what has not happened
// yet. It runs on a goroutine of its own which is gone when run returns: a wait
// without an answer ends in runtime.Goexit, which unwinds the function, running
// its deferred calls, and which no recover in it can stop.
func (c *Context) run(fn Orchestration) *outcome {
	done := make(chan *outcome, 1)
	go func() {
		returned := false
		var out *outcome
		defer func() {
			if !returned {
				out = c.interrupted(recover())
			}
			done <- out
		}()
		result, err := fn(c, c.started.Input)
		returned = true
		out = c.returned(result, err)
	}()
	return <-done
}

// interrupted explains why the function did not return.
func (c *Context) interrupted(panicked any) *outcome {
	switch {
	case c.out != nil:
		return c.out
	case panicked != nil:
		return failed(core.Application{Kind: core.AppPanicked, Message: fmt.Sprint(panicked)})
	}
	return failed(core.Application{Kind: core.AppPanicked, Message: "runtime.Goexit was called"})
}

// returned checks that history allows the function to end here.
func (c *Context) returned(result string, err error) *outcome {
	if !c.live() {
		return failed(nondeterminism("the code ended where its history goes on" + c.nextRecorded()))
	}
	if next, ok := errors.AsType[*continuation](err); ok {
		return &outcome{status: core.StatusContinuedAsNew, output: next.input, version: next.version}
	}
	if err != nil {
		return failed(core.Application{Kind: core.AppOrchestrationFailed, Message: err.Error()})
	}
	return &outcome{status: core.StatusCompleted, output: result}
}

func failed(d core.ErrorDetails) *outcome { return &outcome{status: core.StatusFailed, failure: d} }

// exit ends the code's part of the turn at once. The first verdict counts:
// deferred calls of the function may come here again.
func (c *Context) exit(out *outcome) {
	if c.out == nil {
		c.out = out
	}
	runtime.Goexit()
}

// live reports whether the code has got past everything earlier turns saw. Those
// turns ended waiting, so all they did lies before the first new entry.
func (c *Context) live() bool { return c.j.stored == 0 || c.pos > c.j.stored }

// step hands the next entry to the code's futures, or ends the turn when there is
// none: what the code waits for has not happened.
func (c *Context) step() {
	if c.pos == c.end {
		c.exit(waiting)
	}
	if c.repeated < len(c.recorded) && c.recorded[c.repeated] == c.pos {
		c.exit(failed(nondeterminism("the code waits where its history goes on" + c.nextRecorded())))
	}
	e := &c.j.entries[c.pos]
	c.pos++
	c.apply(e)
}

// act records that the code did something: repeated when history says so already,
// new otherwise. source is the event it refers to, 0 for none.
func (c *Context) act(source uint64, p core.EventPayload) (e entry, isNew bool) {
	if c.out != nil { // a deferred call, while the function is being torn down
		runtime.Goexit()
	}
	if c.repeated < len(c.recorded) {
		return c.repeat(source, p), false
	}
	if !c.live() {
		c.exit(failed(nondeterminism(fmt.Sprintf("the code does %s, which is not in its history", describe(p)))))
	}
	id := c.j.add(source, p)
	return entry{id: id, source: source, payload: p}, true
}

func (c *Context) repeat(source uint64, p core.EventPayload) entry {
	e := c.j.entries[c.recorded[c.repeated]]
	if e.source != source || !sameAction(e.payload, p) {
		c.exit(failed(nondeterminism(fmt.Sprintf("the code does %s, its history has %s as event %d",
			describe(p), describe(e.payload), e.id))))
	}
	c.repeated++
	return e
}

func (c *Context) nextRecorded() string {
	if c.repeated == len(c.recorded) {
		return ""
	}
	e := c.j.entries[c.recorded[c.repeated]]
	return fmt.Sprintf(" with %s as event %d", describe(e.payload), e.id)
}

// exceedsf notes that a limit was exceeded; the turn fails once it ends.
func (c *Context) exceedsf(format string, args ...any) {
	if c.effect.limit == "" {
		c.effect.limit = fmt.Sprintf(format, args...)
	}
}
