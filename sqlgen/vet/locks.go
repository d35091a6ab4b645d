package vet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/sqlgen/spec"
)

// brief is how long a writer waits to find out that it has to.
const brief = 300 * time.Millisecond

// during runs do while a transaction is open that has made the calls.
func (s *subject) during(ctx context.Context, calls []engine.Call, do func()) error {
	err := s.db.Transact(ctx, func(run engine.Runner) error {
		if _, err := run(calls...); err != nil {
			return err
		}
		do()
		return errUndo
	})
	if errors.Is(err, errUndo) {
		return nil
	}
	return err
}

// writers writes while another transaction has written and not ended.
func (s *subject) writers(ctx context.Context) {
	claimed, wait := s.dialect.Flags.SingleWriter, patience
	if claimed {
		wait = brief
	}
	put := func(class int64) engine.Call {
		return s.call(&s.bound.Statements.ClassesPut, given{"class": class})
	}
	var second error
	err := s.during(ctx, []engine.Call{put(1 << 40)}, func() {
		ctx, cancel := context.WithTimeout(ctx, wait)
		defer cancel()
		_, second = s.undone(ctx, put(1<<41))
	})
	name := fmt.Sprintf("flags.single_writer: %v", claimed)
	switch {
	case err != nil:
		s.judge(name, "", err)
	case claimed && second == nil:
		s.addf(Failed, name, "a second transaction wrote while the first was open")
	case claimed:
		s.addf(OK, name, "a second transaction waited")
	default:
		s.judge(name, "two transactions wrote at a time", second)
	}
}

// skips claims while somebody else has locked one of two instances.
func (s *subject) skips(ctx context.Context) {
	st := &s.bound.Statements
	if s.dialect.RowLock != spec.RowLockSkipLocked || s.failed[st.ClaimMark.Name] != nil {
		return
	}
	locked, free := given{"instance": "locked", "kind": int64(1)}, given{"instance": "free", "kind": int64(1)}
	_, err := s.write(ctx, s.call(&st.ClaimsEnsure, locked, free), s.call(&st.MessagesInsert, locked, free),
		s.call(&st.ClaimsSettle, locked, free))
	var claimed []engine.Result
	var skipped error
	if err == nil {
		err = s.during(ctx, []engine.Call{s.call(&st.ClaimsLock, locked)}, func() {
			ctx, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			until := given{"lock_until": s.now + 2*minute}
			claimed, skipped = s.undone(ctx, s.call(&st.ClaimMark, until), s.call(&st.ClaimItems, until))
		})
	}
	if err = errors.Join(err, skipped); err == nil {
		has := func(instance string) bool {
			return slices.ContainsFunc(claimed[1].Rows, func(r engine.Row) bool { return r.Text(0) == instance })
		}
		switch {
		case has("locked"):
			err = errors.New("a row was taken that another transaction had locked")
		case !has("free"):
			err = errors.New("a row was skipped that nobody had locked")
		}
	}
	s.judge("row_lock, a locked row", "skipped, and the next one taken", err)
}
