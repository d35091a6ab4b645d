package miniruntime

import (
	"context"
	"time"
)

// Clock is the time a Runtime lives by. Tests replace it.
type Clock interface {
	Now() time.Time
	// AfterFunc calls f once after d, in its own goroutine. The returned function
	// stops it and reports whether f was prevented from running.
	AfterFunc(d time.Duration, f func()) (stop func() bool)
}

type systemClock struct{}

func (systemClock) Now() time.Time {
	return time.Now() //nolint:forbidigo // this is the implementation of the clock
}

func (systemClock) AfterFunc(d time.Duration, f func()) func() bool {
	return time.AfterFunc(d, f).Stop
}

// sleep waits for d or the end of ctx.
func sleep(ctx context.Context, c Clock, d time.Duration) {
	if d <= 0 {
		return
	}
	due := make(chan struct{})
	stop := c.AfterFunc(d, func() { close(due) })
	defer stop()
	select {
	case <-due:
	case <-ctx.Done():
	}
}
