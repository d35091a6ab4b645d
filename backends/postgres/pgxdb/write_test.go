package pgxdb_test

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/durokit/duro/backends/postgres/pgxdb"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
)

func TestValuesArriveAsThePlansKnowThem(t *testing.T) {
	t.Parallel()
	for name, open := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t)
			rows := [][]any{
				{"", []byte{}, int64(-1 << 63)}, {"a", nil, nil}, {"b", []byte(nil), int64(0)},
				{"é\"{},\\", []byte{0, 255}, int64(1<<63 - 1)},
			}
			scalars := engine.Statement{Name: "scalars", Scalars: []string{"i", "t", "b", "n"}, Output: make([]string, 4),
				Forms: []engine.Form{{SQL: "SELECT $1::int8, $2::text, $3::bytea, $4::int8"}}}
			for range 2 { // cold, then warm
				b.exec("TRUNCATE " + b.table)
				got := b.write(engine.Call{Stmt: &b.insert, Rows: rows}, engine.Call{Stmt: &b.insert},
					engine.Call{Stmt: &b.all}, engine.Call{Stmt: &scalars, Scalars: []any{int64(-5), "x", []byte("y"), nil}})
				want := []engine.Result{{Affected: 4}, {},
					{Rows: []engine.Row{{"", []byte{}, int64(-1 << 63)}, {"a", nil, nil}, {"b", nil, int64(0)}, {"é\"{},\\", []byte{0, 255}, int64(1<<63 - 1)}}},
					{Rows: []engine.Row{{int64(-5), "x", []byte("y"), nil}}}}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("got  %#v\nwant %#v", got, want)
				}
			}
		})
	}
}

func TestFailureNamesTheCallAndRollsBack(t *testing.T) {
	t.Parallel()
	b := open(t, one)
	b.write(b.keep("there"))
	pid := b.backend()
	for range 2 {
		_, err := b.db.Write(t.Context(), []engine.Call{b.keep("new"), b.keep(), b.keep("other", "there"), b.keep("more")})
		if f := fails(t, err, engine.Tell, core.ErrDuplicateEvent, 2, false); f.Native != "23505" {
			t.Errorf("native code %q", f.Native)
		}
	}
	broken := statement("broken", 0, "SELEKT")
	_, err := b.db.Claim(t.Context(), []engine.Call{b.keep("new"), {Stmt: &broken}})
	fails(t, err, engine.Tell, core.ErrInternal, 1, false) // a code nobody classified
	_, err = b.db.Read(t.Context(), []engine.Call{{Stmt: &b.all}, b.keep("new")})
	fails(t, err, engine.RetryStatement, core.ErrUnavailable, 1, false) // a read changes nothing
	b.kept("there")
	if b.backend() != pid {
		t.Error("an error is no reason to open another connection")
	}
}

func TestFailureAtCommitIsNotAmbiguous(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.exec("ALTER TABLE " + b.table + " ADD UNIQUE (n) DEFERRABLE INITIALLY DEFERRED")
	same := engine.Call{Stmt: &b.insert, Rows: [][]any{{"a", nil, int64(1)}, {"b", nil, int64(1)}}}
	_, err := b.db.Write(t.Context(), []engine.Call{same})
	fails(t, err, engine.Tell, core.ErrDuplicateEvent, -1, false)
	err = b.db.Transact(t.Context(), func(run engine.Runner) error {
		_, err := run(same)
		return err
	})
	fails(t, err, engine.Tell, core.ErrDuplicateEvent, -1, false)
	b.kept()
}

func TestMisuseIsToldAndChangesNothing(t *testing.T) {
	t.Parallel()
	b := open(t)
	shape := statement("shape", 2, "SELECT 1::int8")
	kind := statement("kind", 1, "SELECT 0.5")
	values := engine.Statement{Name: "values", Columns: b.insert.Columns, Forms: []engine.Form{{Rows: 1, SQL: "SELECT 1"}}}
	for words, call := range map[string]engine.Call{
		"a call without":       {},
		"takes 0 scalars":      {Stmt: &b.insert, Scalars: []any{int64(1)}},
		"takes rows of 3":      {Stmt: &b.insert, Rows: [][]any{{"k"}}},
		"takes rows of 0":      {Stmt: &b.all, Rows: [][]any{{}}},
		"of type int":          {Stmt: &b.insert, Rows: [][]any{{"k", nil, 7}}},
		"of type string":       {Stmt: &b.insert, Rows: [][]any{{"k", nil, "7"}}},
		"one array for each":   {Stmt: &values, Rows: [][]any{{"k", nil, nil}}},
		"returns 1 columns":    {Stmt: &shape},
		"returned type 1700; ": {Stmt: &kind},
	} {
		_, err := b.db.Read(t.Context(), []engine.Call{{Stmt: &b.all}, call})
		fails(t, err, engine.Tell, core.ErrInvalidArgument, 1, false)
		if !strings.Contains(err.Error(), words) {
			t.Errorf("got %q, want %q in it", err, words)
		}
	}
}

func TestTransactGoesOnFromWhatItRead(t *testing.T) {
	t.Parallel()
	b := open(t, one)
	err := b.db.Transact(t.Context(), func(run engine.Runner) error {
		if _, err := run(b.keep("a")); err != nil {
			return err
		}
		results, err := run(engine.Call{Stmt: &b.all})
		if err != nil || len(results[0].Rows) != 1 {
			t.Errorf("%v, %v", results, err)
		}
		_, err = run(b.keep("b"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b.kept("a", "b")
	own := errors.New("my own")
	if err := b.db.Transact(t.Context(), func(run engine.Runner) error {
		_, _ = run(b.keep("c"))
		return own
	}); err != own { //nolint:errorlint // that one
		t.Errorf("got %v", err)
	}
	err = b.db.Transact(t.Context(), func(run engine.Runner) error {
		_, _ = run(b.keep("c"), b.keep("a"))
		_, again := run(b.keep("d"))
		fails(t, again, engine.Tell, core.ErrDuplicateEvent, 1, false)
		return nil
	})
	fails(t, err, engine.Tell, core.ErrDuplicateEvent, 1, false)
	if err := b.db.Transact(t.Context(), func(engine.Runner) error { return nil }); err != nil {
		t.Error(err)
	}
	func() {
		defer func() { _ = recover() }()
		_ = b.db.Transact(t.Context(), func(run engine.Runner) error {
			_, _ = run(b.keep("c"))
			panic("in the middle")
		})
	}()
	b.kept("a", "b")
}

// Plans have their settings whatever a pool is, and in one where others may be they
// leave nothing behind.
func TestPlansHaveTheirSettings(t *testing.T) {
	t.Parallel()
	const planner, session = "off force_generic_plan 1234ms 1234ms", "SELECT concat_ws(' ', current_setting('enable_seqscan'), " +
		"current_setting('plan_cache_mode'), current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout'))"
	level := statement("level", 1, "SELECT concat_ws(' ', current_setting('synchronous_commit'), current_setting('transaction_isolation'), "+
		"current_setting('transaction_read_only'), ("+session+"))")
	calls := []engine.Call{{Stmt: &level}}
	for name, open := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t, one, func(_ *pgxpool.Config, o *pgxdb.Options) { o.Timeout = 1234 * time.Millisecond })
			usual := "off" // as the test server runs
			if err := b.other.QueryRow(t.Context(), "SHOW synchronous_commit").Scan(&usual); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				for want, run := range map[string]func() ([]engine.Result, error){
					usual + " read committed off " + planner:       func() ([]engine.Result, error) { return b.db.Write(t.Context(), calls) },
					"off read committed off " + planner:            func() ([]engine.Result, error) { return b.db.Claim(t.Context(), calls) },
					usual + " repeatable read on " + planner:       func() ([]engine.Result, error) { return b.db.Read(t.Context(), append(calls, calls...)) },
					usual + " read committed off " + planner + " ": func() ([]engine.Result, error) { return b.db.Read(t.Context(), calls) },
				} {
					if got, err := run(); err != nil || got[0].Rows[0].Text(0) != strings.TrimSpace(want) {
						t.Errorf("got %v, want %q; %v", got, want, err)
					}
				}
			}
			left := planner
			if name != "Own" {
				left = "on auto 0 0"
			}
			var got string
			if err := b.db.Pool().QueryRow(t.Context(), session).Scan(&got); err != nil || got != left {
				t.Errorf("the session has %s, want %s; %v", got, left, err)
			}
		})
	}
}

// Schema changes take longer than statements of plans, and want other plans.
func TestSessionsHaveTheServersSettings(t *testing.T) {
	t.Parallel()
	for name, open := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t, one)
			for range 2 {
				err := b.db.Session(t.Context(), func(s migrate.Session) error {
					rows, err := s.Query(t.Context(), "SELECT current_setting('enable_seqscan'), current_setting('statement_timeout')")
					if err == nil && (rows[0][0] != "on" || rows[0][1] != "0") {
						t.Errorf("got %v", rows)
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				b.read(engine.Call{Stmt: &b.all})
			}
		})
	}
}

func TestPlansTakeOneRoundTrip(t *testing.T) {
	t.Parallel()
	for name, open := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &proxy{}
			b := open(t, one, through(t, p))
			if _, err := b.db.Clock(t.Context()); err != nil { // connects
				t.Fatal(err)
			}
			trips := func(what string, want int64, run func() error) {
				t.Helper()
				before := p.trips.Load()
				if err := run(); err != nil {
					t.Error(what, err)
				}
				if n := p.trips.Load() - before; n != want {
					t.Errorf("%s took %d round trips, want %d", what, n, want)
				}
			}
			for i := range 3 { // nothing is prepared the first time
				calls := []engine.Call{b.keep(strconv.Itoa(i)), {Stmt: &b.all}}
				trips("Write", 1, func() error { _, err := b.db.Write(t.Context(), calls); return err })
				trips("Read", 1, func() error { _, err := b.db.Read(t.Context(), calls[1:]); return err })
				trips("Read of two", 1, func() error {
					_, err := b.db.Read(t.Context(), []engine.Call{calls[1], calls[1]})
					return err
				})
				trips("Claim", 1, func() error { _, err := b.db.Claim(t.Context(), calls[1:]); return err })
				trips("Transact", 3, func() error {
					return b.db.Transact(t.Context(), func(run engine.Runner) error {
						_, _ = run(calls[1])
						_, err := run(calls[1])
						return err
					})
				})
			}
		})
	}
}
