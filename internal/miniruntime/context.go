package miniruntime

import (
	"log/slog"
	"time"

	"github.com/durokit/duro/core"
)

// Context is how an orchestration schedules work, waits and keeps state. It is
// made for one turn and is dead afterwards. It must be used on the goroutine the
// orchestration was called on.
type Context struct {
	j       *journal
	started core.OrchestrationStartedEvent
	opts    *Options

	// pos is the next entry to be handed to the code; end is behind the last one.
	// What the code records in this turn goes behind end and is never read back.
	pos, end int
	// recorded lists the stored entries that say what the code did; the code has
	// repeated the first repeated of them.
	recorded []int
	repeated int
	now      uint64

	answers int // how many futures were answered
	events  map[string]*eventChannel
	queues  map[string]*queueChannel
	arrived []*queueMessage // of all queues, in order
	status  *string
	kv      *kvState

	out    *outcome // set once the turn is over for the code
	effect effects
}

// effects is what a turn sends, apart from history. An execution that ends takes
// work and messages of its last turn back.
type effects struct {
	work      []core.WorkItem // activities
	messages  []core.WorkItem // timers and children
	detached  []core.WorkItem // independent orchestrations
	cancels   []core.WorkItem // cancellations of children started earlier
	cancelled []core.ScheduledActivityID
	// limit says which limit was exceeded first.
	limit string
}

func newContext(j *journal, opts *Options, snapshot map[string]core.KVEntry) *Context {
	c := &Context{j: j, opts: opts, started: *j.started(), kv: newKVState(snapshot)}
	c.status = c.started.InitialCustomStatus
	for i := range j.entries[:j.stored] {
		if recordsAction(j.entries[i].payload) {
			c.recorded = append(c.recorded, i)
		}
	}
	c.pos, c.end, c.now = 1, len(j.entries), j.entries[0].ms
	return c
}

// Instance returns the id of the instance.
func (c *Context) Instance() string { return c.j.instance }

// ExecutionID returns the number of the execution, 1 for the first.
func (c *Context) ExecutionID() uint64 { return c.j.execution }

// Name returns the name of the orchestration.
func (c *Context) Name() string { return c.started.Name }

// Version returns the version of the orchestration.
func (c *Context) Version() string { return c.started.Version }

// Now returns the time of the latest event the code has seen, the same in every
// replay.
func (c *Context) Now() time.Time { return time.UnixMilli(int64(c.now)) }

// IsReplaying reports whether the code repeats what an earlier turn did.
func (c *Context) IsReplaying() bool { return !c.live() }

// Logger returns a logger that is silent while the code replays.
func (c *Context) Logger() *slog.Logger {
	if c.IsReplaying() {
		return slog.New(slog.DiscardHandler)
	}
	return c.opts.Logger.With(instanceAttr(c.j.instance),
		slog.Uint64("execution_id", c.j.execution), slog.String("orchestration", c.started.Name))
}

// SetCustomStatus sets the text clients see as the instance's custom status.
func (c *Context) SetCustomStatus(text string) {
	c.setStatus(&text)
	if len(text) > MaxCustomStatusBytes {
		c.exceedsf("custom status of %d bytes exceeds the limit of %d", len(text), MaxCustomStatusBytes)
	}
}

// ClearCustomStatus removes the custom status.
func (c *Context) ClearCustomStatus() { c.setStatus(nil) }

func (c *Context) setStatus(text *string) {
	c.act(0, core.CustomStatusUpdatedEvent{Status: text})
	c.status = text
}

// CustomStatus returns the custom status and whether there is one, including what
// earlier executions set.
func (c *Context) CustomStatus() (string, bool) { return deref(c.status), c.status != nil }

// ContinueAsNew ends this execution and starts the next one of the instance with
// a fresh history. The orchestration must return what it returns:
//
//	return ctx.ContinueAsNew(next)
//
// Queue messages not read yet, the custom status and the KV state are kept; work
// still open is cancelled.
func (c *Context) ContinueAsNew(input string) (string, error) {
	return "", &continuation{input: input}
}

// ContinueAsNewVersion is ContinueAsNew with an exact version of the code instead
// of the newest.
func (c *Context) ContinueAsNewVersion(version, input string) (string, error) {
	return "", &continuation{input: input, version: &version}
}

// continuation travels as an error so that it ends the function like one.
type continuation struct {
	input   string
	version *string
}

func (*continuation) Error() string {
	return "ContinueAsNew: return its result from the orchestration"
}
