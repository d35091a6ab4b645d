package migrate

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	modernc "modernc.org/sqlite"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/sqldb"
)

var unbound = engine.Dialect{Name: "test", Migrations: []engine.Migration{
	{Version: 1, Name: "initial", Up: []string{`CREATE TABLE "§a" (x INTEGER)`, `CREATE TABLE "§b" (x INTEGER)`}, Down: []string{`DROP TABLE "§b"`, `DROP TABLE "§a"`}},
	{Version: 2, Name: "it's more", Up: []string{`CREATE TABLE "§c" (x INTEGER)`}, Down: []string{`DROP TABLE "§c"`}},
	{Version: 5, Name: "last", Up: []string{`ALTER TABLE "§c" ADD COLUMN y INTEGER`}, Down: []string{`ALTER TABLE "§c" DROP COLUMN y`}},
}}

func dialect(t *testing.T, migrations int) *engine.Dialect {
	t.Helper()
	d := unbound
	d.Migrations = d.Migrations[:migrations]
	bound, err := d.WithPrefix("p_")
	if err != nil {
		t.Fatal(err)
	}
	return bound
}

func store(t *testing.T, path string) *sqldb.DB {
	t.Helper()
	dsn := (&url.URL{Scheme: "file", Path: path}).String()
	db := sqldb.New(sqldb.Open(&modernc.Driver{}, dsn, 2, "PRAGMA busy_timeout = 10000", "PRAGMA journal_mode = WAL"),
		sqldb.Options{Dialect: &unbound, Writers: 2, Code: func(err error) string {
			if e, ok := errors.AsType[*modernc.Error](err); ok {
				return strconv.Itoa(e.Code())
			}
			return ""
		}})
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// with runs fn with a runner on db.
func with(t *testing.T, db *sqldb.DB, d *engine.Dialect, fn func(r *Runner) error) error {
	t.Helper()
	return db.Session(t.Context(), func(s *sqldb.Session) error {
		return db.Session(t.Context(), func(beat *sqldb.Session) error {
			return fn(&Runner{
				Session: s, Beat: beat, Dialect: d, Prefix: "p_", Clock: &engine.ManualClock{}, Begin: []string{"BEGIN IMMEDIATE"},
				TableQuery: "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '%s'",
			})
		})
	})
}

func tables(t *testing.T, db *sqldb.DB) string {
	t.Helper()
	list := engine.Statement{Name: "tables", Output: []string{"name"}, Forms: []engine.Form{{
		SQL: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"}}}
	results, err := db.Read(t.Context(), []engine.Call{{Stmt: &list}})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, row := range results[0].Rows {
		names = append(names, row.Text(0))
	}
	return strings.Join(names, " ")
}

func TestUpAndDown(t *testing.T) {
	for name, adjust := range map[string]func(*Runner){
		"Transaction": func(*Runner) {},
		"Row":         func(r *Runner) { r.Begin = nil },
	} {
		t.Run(name, func(t *testing.T) {
			db := store(t, filepath.Join(t.TempDir(), "db"))
			own := "p_migrations"
			err := with(t, db, dialect(t, 2), func(r *Runner) error {
				adjust(r)
				if r.Begin == nil {
					own = "p_migration_lock p_migrations"
				}
				done, err := r.Up(t.Context())
				if len(done) != 2 {
					t.Errorf("applied %d", len(done))
				}
				if again, err := r.Up(t.Context()); len(again) != 0 || err != nil {
					t.Errorf("a second time: %d, %v", len(again), err)
				}
				return err
			})
			if got, want := tables(t, db), "p_a p_b p_c "+own; err != nil || got != want {
				t.Fatalf("tables %s, want %s; %v", got, want, err)
			}
			err = with(t, db, dialect(t, 3), func(r *Runner) error {
				adjust(r)
				st, err := r.Status(t.Context())
				if err != nil || st.Current != 2 || st.Latest != 5 || len(st.Pending) != 1 || st.Applied[1].Name != "it's more" ||
					time.Since(st.Applied[1].AppliedAt) > time.Hour {
					t.Errorf("status %+v, %v", st, err)
				}
				if _, err := r.Up(t.Context()); err != nil {
					return err
				}
				undone, err := r.Down(t.Context(), 1)
				if len(undone) != 2 || undone[0].Version != 5 {
					t.Errorf("undone %+v", undone)
				}
				return err
			})
			if got, want := tables(t, db), "p_a p_b "+own; err != nil || got != want {
				t.Fatalf("tables %s, want %s; %v", got, want, err)
			}
			err = with(t, db, dialect(t, 3), func(r *Runner) error {
				adjust(r)
				_, err := r.Down(t.Context(), 0)
				return err
			})
			if got := tables(t, db); err != nil || got != own {
				t.Fatalf("tables %s, want %s; %v", got, own, err)
			}
			err = with(t, db, dialect(t, 3), func(r *Runner) error {
				adjust(r)
				if _, err := r.Up(t.Context()); err != nil {
					return err
				}
				return r.Remove(t.Context())
			})
			if got := tables(t, db); err != nil || got != "" {
				t.Fatalf("tables %s are left; %v", got, err)
			}
		})
	}
}

func TestNewerOrOtherSchemaIsRefused(t *testing.T) {
	db := store(t, filepath.Join(t.TempDir(), "db"))
	up := func(r *Runner) error { _, err := r.Up(t.Context()); return err }
	if err := with(t, db, dialect(t, 3), up); err != nil {
		t.Fatal(err)
	}
	err := with(t, db, dialect(t, 2), up)
	if !errors.Is(err, core.ErrSchemaMismatch) || !strings.Contains(err.Error(), "version 5, newer than version 2") {
		t.Errorf("older program: %v", err)
	}
	other := dialect(t, 3)
	other.Migrations[1].Name = "another way"
	err = with(t, db, other, up)
	if !errors.Is(err, core.ErrSchemaMismatch) || !strings.Contains(err.Error(), `"another way"`) {
		t.Errorf("other history: %v", err)
	}
	if err := with(t, db, dialect(t, 2), func(r *Runner) error { _, err := r.Down(t.Context(), 0); return err }); !errors.Is(err, core.ErrSchemaMismatch) {
		t.Errorf("an older program undoes what it does not know: %v", err)
	}
}

func TestVerifyOnlyReads(t *testing.T) {
	db := store(t, filepath.Join(t.TempDir(), "db"))
	err := with(t, db, dialect(t, 3), func(r *Runner) error { return r.Ensure(t.Context(), Verify) })
	if !errors.Is(err, core.ErrSchemaMismatch) || !strings.Contains(err.Error(), `version 0 and this program needs 5; run "duro migrate up"`) {
		t.Errorf("empty store: %v", err)
	}
	if got := tables(t, db); got != "" {
		t.Errorf("verifying made tables: %s", got)
	}
	if err := with(t, db, dialect(t, 3), func(r *Runner) error { return r.Ensure(t.Context(), Auto) }); err != nil {
		t.Fatal(err)
	}
	if err := with(t, db, dialect(t, 3), func(r *Runner) error { return r.Ensure(t.Context(), Verify) }); err != nil {
		t.Errorf("migrated store: %v", err)
	}
}

func TestFailedMigrationLeavesNothing(t *testing.T) {
	db := store(t, filepath.Join(t.TempDir(), "db"))
	d := dialect(t, 3)
	d.Migrations[2].Up = []string{`CREATE TABLE "p_d" (x INTEGER)`, `CREATE TABLE "p_a" (x INTEGER)`}
	err := with(t, db, d, func(r *Runner) error { _, err := r.Up(t.Context()); return err })
	if f, ok := errors.AsType[*engine.Failure](err); !ok || !strings.Contains(err.Error(), `migration 5, "last"`) {
		t.Errorf("got %v (%v)", err, f)
	}
	if got := tables(t, db); got != "" {
		t.Errorf("tables %s", got)
	}
}

func TestRemoveTakesHalfAMigrationAway(t *testing.T) {
	db := store(t, filepath.Join(t.TempDir(), "db"))
	d := dialect(t, 1)
	d.Migrations[0].Up = []string{`CREATE TABLE "p_a" (x INTEGER)`, "NONSENSE"}
	err := with(t, db, d, func(r *Runner) error {
		r.Begin = nil
		_, err := r.Up(t.Context())
		return err
	})
	if got := tables(t, db); err == nil || got != "p_a p_migration_lock p_migrations" {
		t.Errorf("tables %s, %v: the migration left no half", got, err)
	}
	err = with(t, db, d, func(r *Runner) error {
		r.Begin = nil
		return r.Remove(t.Context())
	})
	if got := tables(t, db); got != "" || err != nil {
		t.Errorf("tables %s are left; %v", got, err)
	}
}

func TestPrintedScriptsDoTheSame(t *testing.T) {
	d := dialect(t, 3)
	r := &Runner{Dialect: d, Prefix: "p_", Clock: &engine.ManualClock{}}
	db := store(t, filepath.Join(t.TempDir(), "db"))
	run := func(script string) {
		t.Helper()
		err := db.Session(t.Context(), func(s *sqldb.Session) error {
			for text := range strings.SplitSeq(script, ";\n") {
				if strings.TrimSpace(text) == "" {
					continue
				}
				if err := s.Exec(t.Context(), text); err != nil {
					return fmt.Errorf("%s: %w", text, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	up := r.Print(0, 5)
	if !strings.HasPrefix(up, `CREATE TABLE IF NOT EXISTS "p_migrations"`) || !strings.Contains(up, "-- up 2: it's more\n") {
		t.Errorf("up:\n%s", up)
	}
	run(up)
	if err := with(t, db, d, func(r *Runner) error { return r.Verify(t.Context()) }); err != nil {
		t.Errorf("after the printed script: %v", err)
	}
	run(r.Print(5, 1))
	if got := tables(t, db); got != "p_a p_b p_migrations" {
		t.Errorf("after the printed way down: %s", got)
	}
}

func TestManyAtOnceWithALockRow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	d := dialect(t, 3)
	// One connection switches the file to its journal mode before the others come:
	// no busy timeout covers that switch, and it is not what this test is about.
	if err := with(t, store(t, path), d, func(*Runner) error { return nil }); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	applied := make(chan int, 6)
	for range cap(applied) {
		db := store(t, path)
		wg.Go(func() {
			if err := with(t, db, d, func(r *Runner) error {
				r.Begin = nil
				done, err := r.Up(t.Context())
				applied <- len(done)
				return err
			}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	close(applied)
	total := 0
	for n := range applied {
		total += n
	}
	if total != 3 {
		t.Errorf("%d migrations were applied by all together, want 3, each once", total)
	}
}

func TestLockOfADeadProcessIsTakenOver(t *testing.T) {
	db := store(t, filepath.Join(t.TempDir(), "db"))
	err := with(t, db, dialect(t, 3), func(r *Runner) error {
		r.Begin, r.patience = nil, 300*time.Millisecond
		for _, sql := range []string{r.createLock(), "INSERT INTO p_migration_lock VALUES (1, 'the dead', 7)"} {
			if err := r.Session.Exec(t.Context(), sql); err != nil {
				return err
			}
		}
		short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := r.Up(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("before its time: %v", err)
		}
		_, err := r.Up(t.Context())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestLockThatBeatsIsWaitedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	d := dialect(t, 3)
	holder, waiter := store(t, path), store(t, path)
	held, release := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- with(t, holder, d, func(r *Runner) error {
			return r.withLockRow(t.Context(), func(still func() error) error {
				close(held)
				<-release
				return still()
			})
		})
	}()
	<-held
	err := with(t, waiter, d, func(r *Runner) error {
		r.Begin, r.patience = nil, 2*beatEvery
		ctx, cancel := context.WithTimeout(t.Context(), 3*beatEvery+beatEvery/2)
		defer cancel()
		_, err := r.Up(ctx)
		return err
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the waiter: %v; the owner was alive", err)
	}
	close(release)
	if err := <-done; err != nil {
		t.Errorf("the owner: %v", err)
	}
}

func TestLostLockIsNoticed(t *testing.T) {
	db := store(t, filepath.Join(t.TempDir(), "db"))
	err := with(t, db, dialect(t, 3), func(r *Runner) error {
		return r.withLockRow(t.Context(), func(still func() error) error {
			if err := r.Beat.Exec(t.Context(), "UPDATE p_migration_lock SET owner = 'the next'"); err != nil {
				return err
			}
			return still()
		})
	})
	if !errors.Is(err, core.ErrConflict) || !strings.Contains(err.Error(), "the next") {
		t.Errorf("got %v", err)
	}
}

func TestModes(t *testing.T) {
	for _, m := range []Mode{Auto, Verify} {
		if got, err := ParseMode(m.String()); got != m || err != nil {
			t.Errorf("%v: %v, %v", m, got, err)
		}
	}
	if _, err := ParseMode("never"); !errors.Is(err, core.ErrInvalidArgument) {
		t.Errorf("got %v", err)
	}
}
