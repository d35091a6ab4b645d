package engine

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Announcements tell other processes of the same store that there is something
// to fetch, so that they need not wait for their next poll. They are hints: one
// that is lost costs a poll, and one too many costs a look (rule 6).

// Notifier is a DB that carries announcements. Both methods are safe for
// concurrent use with all others.
type Notifier interface {
	// Announce tells all who listen to the store, itself included. It is no part
	// of any transaction.
	Announce(ctx context.Context, text string) error
	// Listen calls heard for every announcement, one at a time, until ctx ends or
	// the connection is lost. It calls ready when it has begun to listen.
	Listen(ctx context.Context, ready func(), heard func(text string)) error
}

// announceEvery is how long an announcer rests between two announcements, and
// listenPause how long a listener waits before it listens again.
const (
	announceEvery = 10 * time.Millisecond
	listenPause   = time.Second
)

// announcer is one process's voice. What is made while it rests is announced
// together.
type announcer struct {
	e              *Engine
	via            Notifier
	messages, work atomic.Bool
	wake           chan struct{} // holds one
}

func newAnnouncer(e *Engine, via Notifier) *announcer {
	return &announcer{e: e, via: via, wake: make(chan struct{}, 1)}
}

// made notes what a commit may have made claimable. A nil announcer is mute.
func (a *announcer) made(messages, work bool) {
	if a == nil || !messages && !work {
		return
	}
	if messages {
		a.messages.Store(true)
	}
	if work {
		a.work.Store(true)
	}
	ring(a.wake)
}

// speak announces until the engine stops.
func (a *announcer) speak() {
	for {
		select {
		case <-a.e.run.Done():
			return
		case <-a.wake:
		}
		ctx, cancel := context.WithTimeout(a.e.run, a.e.opts.StatementTimeout)
		if err := a.via.Announce(ctx, a.text()); err != nil {
			a.warn("speak", err)
		}
		cancel()
		if !sleep(a.e.run, announceEvery) {
			return
		}
	}
}

// text is who speaks, and flags for messages and work.
func (a *announcer) text() string {
	return fmt.Sprintf("%d %d%d", a.e.holder, flag(a.messages.Swap(false)), flag(a.work.Swap(false)))
}

// listen looks for what others announce until the engine stops.
func (a *announcer) listen() {
	for a.e.run.Err() == nil {
		// What was announced before is found by a look.
		err := a.via.Listen(a.e.run, func() { a.e.waiting.heard(true, true) }, a.heard)
		if a.e.run.Err() != nil || !sleep(a.e.run, jitter(listenPause)) {
			return
		}
		a.warn("listen", err)
	}
}

func (a *announcer) heard(text string) {
	who, what, ok := strings.Cut(text, " ")
	if !ok || len(what) != 2 || who == strconv.FormatInt(a.e.holder, 10) {
		return
	}
	a.e.waiting.heard(what[0] == '1', what[1] == '1')
}

func (a *announcer) warn(what string, err error) {
	if a.e.run.Err() == nil {
		a.e.opts.Logger.Warn("announcements between processes",
			slog.String("store", a.e.opts.Name), slog.String("attempted", what), slog.Any("error", err))
	}
}
