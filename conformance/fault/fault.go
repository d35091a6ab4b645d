package fault

import "time"

// Kind is a way for a call to go.
type Kind uint8

// The kinds.
const (
	// Pass leaves the call alone.
	Pass Kind = iota
	// FailBefore fails with core.ErrUnavailable, and the provider hears nothing.
	FailBefore
	// FailAfter lets the provider carry the call out and fails with
	// core.ErrUnavailable all the same: the answer got lost. What the provider
	// refuses stays refused.
	FailAfter
	// Delay waits before the provider hears of the call, or until its context ends.
	Delay
	// Cancel ends the call's context while the provider is at it. The call returns
	// what the provider makes of that, which is success when it was fast enough.
	Cancel
)

// kinds are the names of the kinds.
var kinds = [...]string{"pass", "fail before", "fail after", "delay", "cancel"}

// String returns the kind's name.
func (k Kind) String() string { return kinds[k] }

// Fault is what happens to one call. The zero value lets it pass.
type Fault struct {
	Kind Kind
	// After is how long a Delay waits, and when, from the beginning of the call, a
	// Cancel strikes; 0 is at once.
	After time.Duration
}

// Call is a call that is about to be made.
type Call struct {
	// Op is the method's name, as in core.ProviderError.
	Op string
	// N counts the calls of the method, from 1.
	N uint64
}

// Injector decides what happens to a call. It is asked once for each, by many
// goroutines at a time.
type Injector func(c Call) Fault
