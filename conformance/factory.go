package conformance

import (
	"context"
	"time"

	"github.com/durokit/duro/core"
)

// Factory makes stores to judge.
type Factory interface {
	// New makes an empty store that nothing else uses, and opens it. It is called
	// once per case, from many goroutines; name is the case's id.
	New(ctx context.Context, name string) (*Harness, error)
}

// FactoryFunc is a Factory made of its one method.
type FactoryFunc func(ctx context.Context, name string) (*Harness, error)

// New calls f.
func (f FactoryFunc) New(ctx context.Context, name string) (*Harness, error) { return f(ctx, name) }

// Harness is one store and what the suite may do with it.
type Harness struct {
	// Provider is the handle the case uses. The suite closes it.
	Provider core.Provider
	// Open opens another handle on the same store, as another process would, or
	// the same one after a restart. Nil if that cannot be done. The suite closes
	// what it opened.
	Open func(ctx context.Context) (core.Provider, error)
	// Unopened makes another empty store and does not open it: what it returns has no
	// Provider. Nil if that cannot be done.
	Unopened func(ctx context.Context) (*Harness, error)
	// Skewed opens a handle on the same store whose process has a clock that is wrong
	// by this much. Nil if that cannot be done, and for stores that live by the clock
	// of their callers. The suite closes what it opened.
	Skewed func(ctx context.Context, by time.Duration) (core.Provider, error)
	// Hooks reach behind the contract. Nil if there are none.
	Hooks Hooks
	// Connections lists what the server still has of the store's connections, and what
	// each is at. After a case, when all handles are closed, there must soon be none,
	// and so no transaction. Nil if nobody can tell.
	Connections func(ctx context.Context) ([]string, error)
	// MaxPayload is the largest payload the store takes, when its server's limit is
	// lower than core.MaxPayloadBytes.
	MaxPayload int
	// Timing overrides the durations the cases use; the zero value is usable.
	Timing Timing
	// Close drops the store, after its handles are closed. May be nil.
	Close func(ctx context.Context) error
}

// Timing holds the durations of the cases. Zero fields take defaults, which
// differ between a store whose clock a hook can set forward, where waiting costs
// nothing, and one where the suite has to sleep.
type Timing struct {
	// Lock is the timeout of locks that a case lets expire: 30 s with a clock hook, else 2 s.
	Lock time.Duration
	// Tick is a delay that the store can tell from none: 10 s with a clock hook, else 1 s.
	Tick time.Duration
	// Hold is the timeout of locks that must not expire: 1 h with a clock hook, else 60 s.
	Hold time.Duration
	// Slack is added to every wait, for clocks that are not quite in step: 0 with
	// a clock hook, else 100 ms.
	Slack time.Duration
	// Poll is how long fetches wait, in real time, in cases about waiting: 200 ms.
	Poll time.Duration
	// Prompt is how soon, in real time, a waiting call must notice that its wait
	// is over: 3 s.
	Prompt time.Duration
	// Overshoot is how far, in real time, a fetch may exceed its poll timeout: 200 ms.
	Overshoot time.Duration
	// ShortPoll is how soon, in real time, a short-polling provider returns: 100 ms.
	ShortPoll time.Duration
	// ShortPolling declares that the provider ignores poll timeouts and returns
	// at once.
	ShortPolling bool
	// ClockStandsStill declares that the hook's clock moves only by AdvanceClock,
	// so that exact instants can be tested.
	ClockStandsStill bool
	// OneClock declares that all handles of a store have one clock, because the database
	// is in a file of the machine on which they all run: none can be wrong.
	OneClock bool
}

func (t Timing) withDefaults(clockHook bool) Timing {
	set := func(d *time.Duration, withHook, without time.Duration) {
		if *d == 0 && clockHook {
			*d = withHook
		} else if *d == 0 {
			*d = without
		}
	}
	set(&t.Lock, 30*time.Second, 2*time.Second)
	set(&t.Tick, 10*time.Second, time.Second)
	set(&t.Hold, time.Hour, time.Minute)
	set(&t.Slack, 0, 100*time.Millisecond)
	set(&t.Poll, 200*time.Millisecond, 200*time.Millisecond)
	set(&t.Prompt, 3*time.Second, 3*time.Second)
	set(&t.Overshoot, 200*time.Millisecond, 200*time.Millisecond)
	set(&t.ShortPoll, 100*time.Millisecond, 100*time.Millisecond)
	return t
}

// Hooks let the suite look and reach behind the contract. A hook that a store
// cannot offer returns core.ErrUnsupported, and the case that needs it is
// skipped; embed NoHooks to offer only some.
type Hooks interface {
	// AdvanceClock sets the store's clock forward and wakes waiting fetches. All
	// handles on the store follow.
	AdvanceClock(ctx context.Context, d time.Duration) error
	// CorruptHistory makes every stored event of the instance undecodable.
	CorruptHistory(ctx context.Context, instance string) error
	// CorruptEvent makes the stored event with this id undecodable.
	CorruptEvent(ctx context.Context, instance string, event uint64) error
	// MaxAttemptCount returns the highest attempt count stored with a message of
	// the instance's orchestrator queue, 0 when there is none.
	MaxAttemptCount(ctx context.Context, instance string) (uint32, error)
	// InsertRawMessage stores raw as a visible orchestrator message of the
	// instance, whatever it is.
	InsertRawMessage(ctx context.Context, instance string, raw []byte) error
	// InsertRawWork stores raw as a ready row of the worker queue, whatever it is.
	InsertRawWork(ctx context.Context, raw []byte) error
	// InsertExecution stores the record of an execution that has just completed, and
	// leaves the pointer to the current one where it is.
	InsertExecution(ctx context.Context, instance string, execution uint64) error
	// RemoveExecution takes an execution's record away, and nothing else.
	RemoveExecution(ctx context.Context, instance string, execution uint64) error
	// OnSelection has f run once, in the next bulk deletion between its selection and
	// its deletions.
	OnSelection(ctx context.Context, f func()) error
	// CheckInvariants returns what must never be true of a store and is. The
	// suite calls it after every case.
	CheckInvariants(ctx context.Context) ([]string, error)
}

// NoHooks answers every hook with core.ErrUnsupported, and finds no violations.
type NoHooks struct{}

var _ Hooks = NoHooks{}

// AdvanceClock implements Hooks.
func (NoHooks) AdvanceClock(context.Context, time.Duration) error { return core.ErrUnsupported }

// CorruptHistory implements Hooks.
func (NoHooks) CorruptHistory(context.Context, string) error { return core.ErrUnsupported }

// CorruptEvent implements Hooks.
func (NoHooks) CorruptEvent(context.Context, string, uint64) error { return core.ErrUnsupported }

// MaxAttemptCount implements Hooks.
func (NoHooks) MaxAttemptCount(context.Context, string) (uint32, error) {
	return 0, core.ErrUnsupported
}

// InsertRawMessage implements Hooks.
func (NoHooks) InsertRawMessage(context.Context, string, []byte) error { return core.ErrUnsupported }

// InsertRawWork implements Hooks.
func (NoHooks) InsertRawWork(context.Context, []byte) error { return core.ErrUnsupported }

// InsertExecution implements Hooks.
func (NoHooks) InsertExecution(context.Context, string, uint64) error { return core.ErrUnsupported }

// RemoveExecution implements Hooks.
func (NoHooks) RemoveExecution(context.Context, string, uint64) error { return core.ErrUnsupported }

// OnSelection implements Hooks.
func (NoHooks) OnSelection(context.Context, func()) error { return core.ErrUnsupported }

// CheckInvariants implements Hooks.
func (NoHooks) CheckInvariants(context.Context) ([]string, error) { return nil, nil }
