package vet

import (
	"context"
	"errors"
	"fmt"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
)

// What the engine must be told about errors that it meets every day.
var (
	duplicate      = engine.Class{Outcome: engine.Tell, Code: core.ErrDuplicateEvent}
	conflict       = engine.Class{Outcome: engine.ReplayTransaction, Code: core.ErrConflict}
	schemaMismatch = engine.Class{Outcome: engine.Tell, Code: core.ErrSchemaMismatch}
)

// expect judges how the description classifies an error that was provoked.
func (s *subject) expect(claim string, err error, want engine.Class) {
	failure, ok := errors.AsType[*engine.Failure](err)
	switch {
	case err == nil:
		s.addf(Failed, claim, "there was no error")
	case !ok:
		s.addf(Failed, claim, "the seam gave no class: %v", err)
	case failure.Class != want:
		s.addf(Failed, claim, "code %q is %s, %s; it should be %s, %s: %v", failure.Native,
			failure.Class.Outcome, failure.Class.Code, want.Outcome, want.Code, err)
	default:
		s.addf(OK, claim, "code %q is %s, %s", failure.Native, want.Outcome, want.Code)
	}
}

// duplicate writes an event twice.
func (s *subject) duplicate(ctx context.Context) {
	event := given{"instance": "twice", "event": int64(1)}
	insert := s.call(&s.bound.Statements.AppendHistory, event)
	_, err := s.write(ctx, insert, insert)
	s.expect("errors: a duplicate key", err, duplicate)
}

// deadlock lets two transactions lock two rows in either order.
func (s *subject) deadlock(ctx context.Context) {
	if s.dialect.Flags.SingleWriter {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	names := [2]given{{"instance": "a"}, {"instance": "A"}} // made to try ids
	var locked [2]chan struct{}
	for i := range locked {
		locked[i] = make(chan struct{})
	}
	lock := func(i int) engine.Call { return s.call(&s.bound.Statements.ClaimsLock, names[i]) }
	cross := func(mine int, first, second engine.Call) error {
		return s.db.Transact(ctx, func(run engine.Runner) error {
			_, err := run(first)
			close(locked[mine])
			if err != nil {
				return err
			}
			select {
			case <-locked[1-mine]:
			case <-ctx.Done():
				return fmt.Errorf("the other transaction has not locked its row: %w", ctx.Err())
			}
			_, err = run(second)
			return err
		})
	}
	calls := [2]engine.Call{lock(0), lock(1)}
	ended := make(chan error, 1)
	go func() { ended <- cross(1, calls[1], calls[0]) }()
	err := cross(0, calls[0], calls[1])
	if other := <-ended; err == nil {
		err = other
	}
	s.expect("errors: a deadlock", err, conflict)
}
