package linear

import "time"

// Kind is what a client did.
type Kind string

// The kinds of operations.
const (
	Enqueue Kind = "enqueue"
	Fetch   Kind = "fetch"
	Ack     Kind = "ack"
	Abandon Kind = "abandon"
	Renew   Kind = "renew"
)

// Operation is one call and its answer. It travels between processes as JSON.
type Operation struct {
	Client int
	Kind   Kind
	// Call and Return are when it began and ended, in microseconds of the machine's
	// clock.
	Call, Return int64
	// Items are the numbers of what was enqueued or fetched.
	Items []uint64
	// Token is the one that a fetch gave, empty when it gave none, or the one that the
	// call was made with.
	Token string
	// For is how long a fetch or a renewal locks.
	For time.Duration
	// Lost says that the call failed, because its token proves no lock.
	Lost bool
}

// Slack is how far apart two clocks may be.
const Slack = 20 * time.Millisecond

// hold is a lock, active until an instant between soonest and latest. The zero value
// is no lock.
type hold struct {
	token           string
	soonest, latest int64
}

// held is the lock that an operation takes or extends.
func held(o Operation) hold {
	d := o.For.Microseconds()
	return hold{o.Token, o.Call + d - Slack.Microseconds(), o.Return + d + Slack.Microseconds()}
}

// visible is when everybody sees what an operation gives to the queue.
func visible(o Operation) int64 { return o.Return + Slack.Microseconds() }

// mayHold says whether the lock can have been active during the operation.
func (h hold) mayHold(o Operation) bool { return h.token != "" && o.Call < h.latest }

// mayBeFree says whether it can have been over, or never was.
func (h hold) mayBeFree(o Operation) bool { return h.token == "" || o.Return > h.soonest }

// proves says whether an operation with a token can have had this answer. What does
// not need an active lock is expired at will.
func (h hold) proves(o Operation) bool {
	if o.Lost {
		return h.token != o.Token || o.Kind != Abandon && h.mayBeFree(o)
	}
	return h.token == o.Token && (o.Kind == Abandon || h.mayHold(o))
}
