package model

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/durokit/duro/core"
)

// lease is what a fetch gave, by its name in the steps.
type lease struct {
	name      string
	instance  string
	execution uint64        // of an instance
	work      core.WorkItem // of the worker queue, with its attempt
	attempt   uint32
	tokens    [2]string // of both stores
	over      bool      // acked or abandoned
}

func (l *lease) String() string { return l.name }

// given says whether the provider gave something.
func (l *lease) given() bool { return l.tokens[tested] != "" }

// is says whether the reference's activity is the one that the provider gave. Calls
// that were made twice leave two alike, but for their attempts.
func (l *lease) is(f *core.FetchedWork) bool {
	return l.work.Raw() == f.Item.Raw() && l.attempt == f.AttemptCount
}

// queue is the leases of one of the two queues.
type queue struct {
	name   string
	given  int
	leases []*lease
}

// remembered is how many leases callers know at once.
const remembered = 6

// next names a lease before its fetch.
func (q *queue) next() *lease { return &lease{name: fmt.Sprintf("%s %d", q.name, q.given+1)} }

// keep adds what a fetch gave, the latest first, unless the caller did not hear of it.
func (w *world) keep(q *queue, l *lease) {
	q.given++
	if w.unheard {
		return
	}
	q.leases = slices.Insert(q.leases, 0, l)
	q.leases = q.leases[:min(len(q.leases), remembered)]
}

// forget drops the leases that match.
func (q *queue) forget(match func(*lease) bool) { q.leases = slices.DeleteFunc(q.leases, match) }

// lease draws one of the leases: mostly one that may still hold, now and then one
// that is over, and seldom one that never was. Without any it lets rapid choose
// another step.
func (w *world) lease(q *queue) *lease {
	if len(q.leases) == 0 {
		w.t.Skip("nothing was fetched")
	}
	open := slices.DeleteFunc(slices.Clone(q.leases), func(l *lease) bool { return l.over })
	switch rapid.IntRange(0, 15).Draw(w.t, "which lease") {
	case 14:
		return pick(w, "lease", q.leases...)
	case 15:
		made := strings.Repeat("no lock has this token", 2)
		return &lease{name: "a token made up", instance: instances[0], execution: 1, tokens: [2]string{made, made}}
	}
	if len(open) == 0 {
		return q.leases[0]
	}
	return pick(w, "lease", open...)
}
