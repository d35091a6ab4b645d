package engine

import (
	"testing"

	"github.com/durokit/duro/core"
)

// TestALaneEndsWithItsWorkDone: rows that are given back at the end are not left
// locked.
func TestALaneEndsWithItsWorkDone(t *testing.T) {
	t.Parallel()
	e, err := New(t.Context(), &serverDB{}, &Dialect{Name: "test"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	l := newLane(e, true, false)
	left := &job{member: &enqueueWork{e: e}, done: make(chan error, 1)}
	l.queue = append(l.queue, left) // nobody has kicked the lane for it
	go l.loop()
	l.end()
	if err := <-left.done; err != nil {
		t.Errorf("the member that was left got %v", err)
	}
	late := &job{member: &enqueueWork{e: e}, done: make(chan error, 1)}
	l.push(late)
	if err := <-late.done; core.CodeOf(err) != core.ErrUnavailable {
		t.Errorf("a member after the end got %v, want unavailable", err)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
