// Package provoke makes database servers fail, in every way that the descriptions
// of their dialects list and that a test can bring about. The failing statement
// runs through the seam of the store under test; what makes it fail is done beside
// it, by another client or to the server itself.
package provoke

import (
	"database/sql"
	"errors"
	"maps"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/classtest"
	"github.com/durokit/duro/core/engine/sqlstore"
	"github.com/durokit/duro/internal/testservers"
)

// Opener describes the store at a URL.
type Opener func(url string) (sqlstore.Store, error)

// provocation makes the seam of a bench fail and returns what it says.
type provocation func(b *bench) error

// kind is a kind of server: what provocations need to know of it.
type kind struct {
	name string
	// label marks the seam's connections, where the place does not.
	label func(u *url.URL, place string)
	// table makes the table t with the rows 1 and 2.
	table []string
	// waits and gone ask whether the seam of a place waits for a lock, and whether
	// it has no connection.
	waits, gone func(b *bench) bool
	// output says of a statement that the seam must know of the column it returns.
	output func(statement string) bool
	// scarce are options of a server that runs out of something soon.
	scarce []string
}

// bind makes provocations of a kind those of a store. The ones that harm a server
// share one of their own.
func (k *kind) bind(t *testing.T, open Opener, all map[string]provocation) map[string]classtest.Provocation {
	t.Helper()
	private := sync.OnceValue(func() *testservers.Private { return testservers.StartPrivate(t, k.name, k.scarce...) })
	bound := map[string]classtest.Provocation{}
	for code, provoke := range all {
		bound[code] = func(t *testing.T) error {
			t.Helper()
			b := &bench{T: t, kind: k, open: open, private: private}
			return provoke(b.at(testservers.URL(t, k.name)))
		}
	}
	return bound
}

// bench is a table of its own on a server, a seam to it, and a client beside it.
type bench struct {
	*testing.T
	kind    *kind
	open    Opener
	private func() *testservers.Private

	place  string
	url    *url.URL // the seam's
	seam   sqlstore.Database
	beside *sql.DB
}

// at makes the bench on the server at an address.
func (b bench) at(address string) *bench {
	b.Helper()
	place := testservers.NewPlace(b.T, b.kind.name, address)
	u, err := url.Parse(place.URL)
	if err != nil {
		b.Fatal(err)
	}
	if b.kind.label != nil {
		b.kind.label(u, place.Name)
	}
	b.place, b.url, b.beside = place.Name, u, place.DB
	b.seam = b.reach(nil)
	for _, statement := range b.kind.table {
		b.exec(statement)
	}
	return &b
}

// scarce is a bench on a server of the provocations' own, and that server.
func (b *bench) scarce() (*bench, *testservers.Private) {
	b.Helper()
	p := b.private()
	return b.at(p.URL), p
}

// reach makes another seam, with a changed URL.
func (b *bench) reach(change func(u *url.URL)) sqlstore.Database {
	b.Helper()
	u := *b.url
	if change != nil {
		change(&u)
	}
	store, err := b.open(u.String())
	if err != nil {
		b.Fatal(err)
	}
	seam, err := store.Connect(&store.Dialect)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = seam.Close() })
	return seam
}

// exec runs a statement beside the seam.
func (b *bench) exec(statement string) {
	b.Helper()
	if _, err := b.beside.ExecContext(b.Context(), statement); err != nil {
		b.Fatalf("%s: %v", statement, err)
	}
}

// begin begins a transaction beside the seam, which ends with the test.
func (b *bench) begin(statements ...string) *sql.Tx {
	b.Helper()
	tx, err := b.beside.BeginTx(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = tx.Rollback() })
	for _, statement := range statements {
		if _, err := tx.ExecContext(b.Context(), statement); err != nil {
			b.Fatalf("%s: %v", statement, err)
		}
	}
	return tx
}

// call is a statement as the seam takes it.
func (b *bench) call(statement string) engine.Call {
	s := &engine.Statement{Name: statement, Forms: []engine.Form{{SQL: statement}}}
	if b.kind.output(statement) {
		s.Output = []string{"column"}
	}
	return engine.Call{Stmt: s}
}

// within runs fn in a transaction of the seam and returns its failure. Nothing runs
// after the first.
func (b *bench) within(fn func(run func(statement string))) error {
	return b.seam.Transact(b.Context(), func(runner engine.Runner) error {
		var failed error
		fn(func(statement string) {
			if failed == nil {
				_, failed = runner(b.call(statement))
			}
		})
		return failed
	})
}

// during runs statements of the seam, and something beside them, again and again until
// they have ended.
func (b *bench) during(beside func(), texts ...string) error {
	b.Helper()
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		err = statements(texts...)(b)
	}()
	b.poll("the seam's statements have ended", func() bool {
		beside()
		select {
		case <-done:
			return true
		default:
			return false
		}
	})
	return err
}

// refused tries a seam that cannot connect.
func (b *bench) refused(seam sqlstore.Database) error {
	_, err := seam.Write(b.Context(), []engine.Call{b.call("SELECT 1")})
	return err
}

// as leads a URL to another user.
func as(user, password string) func(u *url.URL) {
	return func(u *url.URL) { u.User = url.UserPassword(user, password) }
}

// statements are a provocation by themselves: the last of them fails.
func statements(texts ...string) provocation {
	return func(b *bench) error {
		return b.within(func(run func(string)) {
			for _, text := range texts {
				run(text)
			}
		})
	}
}

// locked runs statements while another client holds the row 1.
func locked(texts ...string) provocation {
	return func(b *bench) error {
		b.begin("UPDATE t SET n = 1 WHERE k = 1")
		return statements(texts...)(b)
	}
}

// deadlock closes a circle: the other client holds row 1 and waits for row 2.
// What each does before makes the seam the victim.
func deadlock(other, seam []string) provocation {
	return func(b *bench) error {
		tx := b.begin(append(other, "UPDATE t SET n = 1 WHERE k = 1")...)
		return b.within(func(run func(string)) {
			for _, statement := range seam {
				run(statement)
			}
			run("UPDATE t SET n = 2 WHERE k = 2")
			go func() { _, _ = tx.ExecContext(b.Context(), "UPDATE t SET n = 1 WHERE k = 2") }()
			b.poll("the other client waits", func() bool { return b.kind.waits(b) })
			run("UPDATE t SET n = 2 WHERE k = 1")
		})
	}
}

// cut runs what ends the seam's connection while it is in a transaction.
func cut(end func(b *bench, run func(string))) provocation {
	return func(b *bench) error {
		return b.within(func(run func(string)) {
			run("UPDATE t SET n = 2 WHERE k = 2")
			end(b, run)
			b.poll("the seam's connection is gone", func() bool { return b.kind.gone(b) })
			run("UPDATE t SET n = 2 WHERE k = 1")
		})
	}
}

// poll waits until f holds.
func (b *bench) poll(what string, f func() bool) {
	b.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !f() {
		select {
		case <-again.C:
		case <-deadline.C:
			b.Fatalf("waited too long: %s", what)
		}
	}
}

// union is several tables of provocations in one.
func union(tables ...map[string]provocation) map[string]provocation {
	all := map[string]provocation{}
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
}

// failed is whether the seam has failed with anything.
func failed(err error) bool {
	_, is := errors.AsType[*engine.Failure](err)
	return is
}
