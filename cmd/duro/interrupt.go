package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// interrupts turns signals into two steps: the first one asks the command to
// stop, the second one ends the process, for a store that no longer answers.
type interrupts struct {
	first atomic.Bool
}

// watch returns a context that the first signal cancels. stop ends the watch.
func (i *interrupts) watch(ctx context.Context, stderr io.Writer) (_ context.Context, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 2)
	done := make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
		case <-done:
			return
		}
		i.first.Store(true)
		cancel()
		select {
		case <-signals:
		case <-done:
			return
		}
		fmt.Fprintln(stderr, "duro: interrupted twice, stopped at once")
		os.Exit(exitInterrupted)
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(done)
		cancel()
	}
}

// caught reports whether a signal came.
func (i *interrupts) caught() bool { return i.first.Load() }
