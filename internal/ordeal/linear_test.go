package ordeal

import (
	"context"
	"errors"
	"testing"

	"github.com/durokit/duro/conformance/linear"
	"github.com/durokit/duro/core/engine/sqlstore"
)

// linearly does what is planned for one process.
func linearly(store sqlstore.Store, plan linear.Plan) error {
	ctx := context.Background()
	p, err := store.Open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(linear.Perform(ctx, p, plan), p.Close(ctx))
}

// Whatever process they are in, clients see one lock, and one queue.
func TestLocksAreLinear(t *testing.T) {
	t.Parallel()
	times := 1
	if full() {
		times = 10
	}
	for _, q := range linear.Queues {
		t.Run(string(q), func(t *testing.T) {
			onServers(t, func(a *arena) {
				a.open("", nil) // makes the schema, and looks at the store in the end
				linear.CheckProcesses(a.T, q, times, a.environ(job{Kind: a.name, Place: a.place.Name, URL: a.place.URL}))
			})
		})
	}
}
