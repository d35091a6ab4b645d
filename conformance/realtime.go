package conformance

import "time"

// The suite measures real time where it judges waiting, and nowhere else: what a
// case does is timed by the store's clock, through Wait.

func now() time.Time {
	return time.Now() //nolint:forbidigo // real waiting is judged in real time
}

func since(t time.Time) time.Duration { return now().Sub(t) }
