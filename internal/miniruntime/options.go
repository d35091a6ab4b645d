package miniruntime

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/durokit/duro/core"
)

// DuroxideVersion is the version a Runtime stamps into events and pins
// executions to, unless its options say otherwise.
const DuroxideVersion = "0.1.29"

// Limits a turn may not exceed; the orchestration fails when it does (docs/contract.md
// A1.17). They are the runtime's business, never the provider's.
const (
	MaxCustomStatusBytes = 256 << 10
	MaxKVKeys            = 150
	MaxKVValueBytes      = 64 << 10
	MaxCarryForward      = 100
)

// corruptHistoryEventID is where the failure of an undecodable history is put:
// the next free id cannot be known.
const corruptHistoryEventID = 99999

// Options configures a Runtime. A zero field means the default, which is
// Duroxide's (docs/contract.md appendix A).
type Options struct {
	// OrchestrationConcurrency and WorkerConcurrency are the numbers of loops; 2.
	// Each loop handles one turn, or one activity, at a time. Negative means none.
	OrchestrationConcurrency int
	WorkerConcurrency        int

	// MinPollInterval is the least time between two empty fetches; 100 ms.
	MinPollInterval time.Duration
	// LongPollTimeout is how long a fetch may wait for work; 30 s.
	LongPollTimeout time.Duration

	// OrchestrationLockTimeout is 5 s, its renewal buffer 2 s.
	OrchestrationLockTimeout   time.Duration
	OrchestrationRenewalBuffer time.Duration
	// WorkerLockTimeout is 30 s, its renewal buffer 5 s.
	WorkerLockTimeout   time.Duration
	WorkerRenewalBuffer time.Duration

	// SessionLockTimeout is 30 s, its renewal buffer 5 s. A session that is idle
	// for SessionIdleTimeout, 5 min, is let go; expired ones are removed every
	// SessionCleanupInterval, 5 min.
	SessionLockTimeout     time.Duration
	SessionRenewalBuffer   time.Duration
	SessionIdleTimeout     time.Duration
	SessionCleanupInterval time.Duration
	// MaxSessions is how many sessions may have activities running at once; 10.
	MaxSessions int
	// WorkerNodeID makes all worker loops one owner of sessions, the same after a
	// restart. Empty gives every loop an owner id of its own.
	WorkerNodeID string
	// WorkerTags selects activities by tag; the zero value takes untagged ones.
	WorkerTags core.TagFilter

	// MaxAttempts is how often a message is tried before it is poison; 10.
	MaxAttempts uint32
	// MaxCarryForward caps the queue messages a continue-as-new takes along; 100.
	MaxCarryForward int

	// DuroxideVersion is stamped and pinned; the constant of that name.
	DuroxideVersion string
	// SupportedVersions are the pinned versions this runtime replays; by default
	// 0.0.0 to DuroxideVersion.
	SupportedVersions []core.SemverRange

	// RebuildEachTurn makes a new registry and a new Runtime for every turn and
	// every activity. It proves that nothing of an orchestration survives in them.
	RebuildEachTurn bool
	// OnCompletion is called after an instance's last turn was committed, on the
	// goroutine of the loop that did it. It must not block.
	OnCompletion func(Completion)

	// Clock is the runtime's time; nil is the system's.
	Clock Clock
	// Logger hears what goes wrong; nil is slog.Default.
	Logger *slog.Logger
}

// Completion says how an instance ended.
type Completion struct {
	Instance    string
	ExecutionID uint64
	// Status is core.StatusCompleted or core.StatusFailed.
	Status string
	// Output is the result, or the display text of Error.
	Output string
	// Error is nil for a completed instance.
	Error core.ErrorDetails
}

// orDefault sets *field to def where it was left zero.
func orDefault[T comparable](field *T, def T) {
	var zero T
	if *field == zero {
		*field = def
	}
}

// complete fills in the defaults and refuses what cannot work.
func (o *Options) complete() error {
	orDefault(&o.OrchestrationConcurrency, 2)
	orDefault(&o.WorkerConcurrency, 2)
	orDefault(&o.MinPollInterval, 100*time.Millisecond)
	orDefault(&o.LongPollTimeout, 30*time.Second)
	orDefault(&o.OrchestrationLockTimeout, 5*time.Second)
	orDefault(&o.OrchestrationRenewalBuffer, 2*time.Second)
	orDefault(&o.WorkerLockTimeout, 30*time.Second)
	orDefault(&o.WorkerRenewalBuffer, 5*time.Second)
	orDefault(&o.SessionLockTimeout, 30*time.Second)
	orDefault(&o.SessionRenewalBuffer, 5*time.Second)
	orDefault(&o.SessionIdleTimeout, 5*time.Minute)
	orDefault(&o.SessionCleanupInterval, 5*time.Minute)
	orDefault(&o.MaxSessions, 10)
	orDefault(&o.MaxAttempts, 10)
	orDefault(&o.MaxCarryForward, MaxCarryForward)
	orDefault(&o.DuroxideVersion, DuroxideVersion)
	if o.Clock == nil {
		o.Clock = systemClock{}
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o.check()
}

func (o *Options) check() error {
	own, err := core.ParseSemver(o.DuroxideVersion)
	if err != nil {
		return fmt.Errorf("miniruntime: DuroxideVersion: %w", err)
	}
	if o.SupportedVersions == nil {
		o.SupportedVersions = []core.SemverRange{{Max: own}}
	}
	// A session's activity is seen through the renewals of its work items; when
	// those come more rarely than sessions go idle, busy sessions would be lost.
	if o.SessionIdleTimeout <= o.WorkerLockTimeout-o.WorkerRenewalBuffer {
		return errors.New("miniruntime: SessionIdleTimeout must be longer than WorkerLockTimeout - WorkerRenewalBuffer")
	}
	return nil
}

// renewalInterval is how often a lock is renewed: the buffer before it ends when
// it is long, else at half its time. Whole seconds, at least one, as upstream;
// but never after the lock's end, which upstream does for locks below a second.
func renewalInterval(timeout, buffer time.Duration) time.Duration {
	if timeout >= 15*time.Second {
		return max(timeout-min(buffer, timeout), time.Second)
	}
	half := (timeout/2 + time.Second - 1).Truncate(time.Second)
	if half >= timeout {
		return timeout / 2
	}
	return max(half, time.Second)
}

// unregisteredDelay is the back-off for names this process does not know; another
// one, of a newer deployment, may.
func unregisteredDelay(attempt uint32) time.Duration {
	const first, most = time.Second, time.Minute
	n := min(max(attempt, 1)-1, 6) // 2^6 s is above the most
	return min(first<<n, most)
}
