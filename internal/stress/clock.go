package stress

import (
	"context"
	"time"
)

// now is the only clock of this package.
func now() time.Time {
	return time.Now() //nolint:forbidigo // a measurement is made in real time; the tests run on synctest's
}

func since(t time.Time) time.Duration { return now().Sub(t) }

// rest waits as an activity does, and ends with its context.
func rest(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
