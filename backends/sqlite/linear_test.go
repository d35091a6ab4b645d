package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/durokit/duro/conformance/linear"
)

// jobLinear does what is planned for one process.
func jobLinear(path string) error {
	plan, ok := linear.Planned()
	if !ok {
		return errors.New("nothing is planned")
	}
	ctx := context.Background()
	p, err := Open(ctx, Config{Path: path})
	if err != nil {
		return err
	}
	return errors.Join(linear.Perform(ctx, p, plan), p.Close(ctx))
}

// Whatever process they are in, clients see one lock, and one queue.
func TestLocksAreLinearOverProcesses(t *testing.T) {
	t.Parallel()
	times := 1
	if os.Getenv("DURO_TEST_FULL") != "" {
		times = 10
	}
	for _, q := range linear.Queues {
		t.Run(string(q), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "store.db")
			linear.CheckProcesses(t, q, times, jobEnv+"=linear", pathEnv+"="+path)
		})
	}
}
