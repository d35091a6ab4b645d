package vet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
	"github.com/durokit/duro/sqlgen/render"
)

// patience is how long one transaction is given to get past another.
const patience = 5 * time.Second

// probe tries what no statement shows by itself.
func (s *subject) probe(ctx context.Context) {
	s.sayf("trying ids, payloads, locks, the clock, errors")
	s.ids(ctx)
	s.shortIDs(ctx)
	s.payloads(ctx)
	s.upsert(ctx)
	s.affected(ctx)
	s.clock(ctx)
	s.notify(ctx)
	s.writers(ctx)
	s.skips(ctx)
	s.duplicate(ctx)
	s.deadlock(ctx)
	s.judge("a second store in the same database", "has names of its own", s.beside(ctx, s.store.Dialect))
	s.partialIndexes(ctx)
}

// write runs calls in a transaction.
func (s *subject) write(ctx context.Context, calls ...engine.Call) ([]engine.Result, error) {
	return s.db.Write(ctx, calls)
}

// one runs a single call.
func (s *subject) one(ctx context.Context, c engine.Call) (engine.Result, error) {
	results, err := s.write(ctx, c)
	if err != nil {
		return engine.Result{}, err
	}
	return results[0], nil
}

// undone runs calls in a transaction that leaves nothing behind.
func (s *subject) undone(ctx context.Context, calls ...engine.Call) (results []engine.Result, err error) {
	err = s.db.Transact(ctx, func(run engine.Runner) error {
		if results, err = run(calls...); err != nil {
			return err
		}
		return errUndo
	})
	if errors.Is(err, errUndo) {
		err = nil
	}
	return results, err
}

// upsert inserts a row twice.
func (s *subject) upsert(ctx context.Context) {
	st := &s.bound.Statements
	results, err := s.write(ctx,
		s.call(&st.ClaimsEnsure, given{"instance": "twice", "incarnation": int64(1)}),
		s.call(&st.ClaimsEnsure, given{"instance": "twice", "incarnation": int64(2)}),
		s.call(&st.ReadPosition, given{"instance": "twice"}))
	if err == nil && (len(results[2].Rows) != 1 || results[2].Rows[0].Int(2) != 1) {
		err = errors.New("the row was changed")
	}
	s.judge("upsert, a row that is there", "left alone", err)
}

// affected looks whether the engine can tell how much it has changed.
func (s *subject) affected(ctx context.Context) {
	st := &s.bound.Statements
	err := func() error {
		made, err := s.one(ctx, s.call(&st.AsidePut, make([]given, 3)...))
		if err != nil {
			return err
		}
		touched, err := s.undone(ctx,
			s.call(&st.AppendTouch, given{"instance": "twice"}), s.call(&st.AppendTouch, given{"instance": "nobody"}))
		if err != nil {
			return err
		}
		got := [...]int64{made.Affected, touched[0].Affected, touched[1].Affected}
		if want := [...]int64{3, 1, 0}; got != want {
			return fmt.Errorf("3 rows inserted, 1 updated and 0 updated were counted as %v", got)
		}
		return nil
	}()
	s.judge("affected rows", "counted", err)
}

// maxClock is how far the clocks of two machines may be apart before a unit or a time
// zone is the more likely reason.
const maxClock = 15 * time.Minute

func (s *subject) clock(ctx context.Context) {
	if !s.dialect.Flags.ServerClock {
		return
	}
	now, err := s.db.Clock(ctx)
	apart := time.Duration(now-engine.SystemClock{}.NowMillis()) * time.Millisecond
	if err == nil && apart.Abs() > maxClock {
		err = fmt.Errorf("is %v from this machine's; it is to be milliseconds since 1970 in UTC", apart)
	}
	s.judge("flags.server_clock: true", fmt.Sprintf("%v from this machine's", apart), err)
}

// notify announces something, and waits until it is heard.
func (s *subject) notify(ctx context.Context) {
	claimed := s.dialect.Flags.Notify
	n, able := s.db.(engine.Notifier)
	switch {
	case claimed && !able:
		s.addf(Failed, "flags.notify: true", "the seam carries no announcements: %T is no engine.Notifier", s.db)
		return
	case able && !claimed:
		s.addf(Hint, "flags.notify: true", "is not claimed, and the seam carries announcements")
		return
	case !claimed:
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	const word = "vet"
	var failed, heard error = nil, errors.New("an announcement was not heard")
	err := n.Listen(ctx, func() { failed = n.Announce(ctx, word) }, func(text string) {
		if text == word {
			heard = nil
			cancel()
		}
	})
	if heard != nil {
		heard = errors.Join(heard, failed, err)
	}
	s.judge("flags.notify: true", "an announcement was heard", heard)
}

// beside makes a second store, and takes it away.
func (s *subject) beside(ctx context.Context, d engine.Dialect) error {
	second := s.store.As(d)
	second.Prefix = newPrefix()
	err := second.Migrations(ctx, func(r *migrate.Runner) error {
		_, err := r.Up(ctx)
		return err
	})
	return cmp.Or(err, complete(takeDown(context.WithoutCancel(ctx), second)))
}

// partialIndexes makes a store with them, if the description does without.
func (s *subject) partialIndexes(ctx context.Context) {
	if s.dialect.PartialIndexes {
		return
	}
	other := *s.dialect
	other.PartialIndexes = true
	up, down, err := render.Schema(&other)
	if err == nil {
		d := s.store.Dialect
		d.Migrations = []engine.Migration{{Version: 1, Name: "with partial indexes", Up: up, Down: down}}
		err = s.beside(ctx, d)
	}
	if err == nil {
		s.addf(Hint, "partial_indexes: true", "is not claimed, and the server creates them")
	}
}
