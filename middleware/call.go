package middleware

import (
	"context"
	"time"

	"github.com/durokit/duro/core"
)

// call is one call on its way through the layers, and all that they may know of it.
type call struct {
	// method is the name in the contract, as in core.ProviderError.
	method string
	// instance is the one that the call names or has fetched, "" for none.
	instance string
	// fetches is set for methods that wait for work.
	fetches bool
	// ends is set for the method that closes the provider.
	ends bool

	// finds is set, after the call, for methods that can find nothing, and found when
	// this one did not.
	finds, found bool
	// fetched describes what was locked, if anything was.
	fetched struct {
		messages int
		attempt  uint32
		// historyError is where the provider says why it could not read a history.
		historyError *string
	}

	began time.Time
	rest  []layer
	run   func(context.Context) error
}

// next passes the call on: to the next layer, at last to the provider.
func (c *call) next(ctx context.Context) error {
	if len(c.rest) == 0 {
		return c.run(ctx)
	}
	around := c.rest[0]
	c.rest = c.rest[1:]
	return around(ctx, c)
}

// nothing reports whether the call succeeded without finding what it looked for.
func (c *call) nothing(err error) bool { return err == nil && c.finds && !c.found }

// took is how long the call has lasted.
func (c *call) took() time.Duration { return now().Sub(c.began) }

// finding notes whether there is what the call looked for.
func (c *call) finding(found bool) { c.finds, c.found = true, found }

// orchestration notes what a fetch has locked.
func (c *call) orchestration(f *core.FetchedOrchestration) {
	if f != nil {
		c.instance = f.Item.Instance
		c.fetched.messages, c.fetched.attempt = len(f.Item.Messages), f.AttemptCount
		c.fetched.historyError = &f.Item.HistoryError
	}
}

// work notes what a fetch has locked.
func (c *call) work(f *core.FetchedWork) {
	if f != nil {
		c.instance = f.Item.RoutingInstance()
		c.fetched.messages, c.fetched.attempt = 1, f.AttemptCount
	}
}

// completes returns the instance that a completion is for, "" for none.
func completes(completion *core.WorkItem) string {
	if completion == nil {
		return ""
	}
	return completion.RoutingInstance()
}
