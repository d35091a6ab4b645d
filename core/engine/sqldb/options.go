package sqldb

import (
	"cmp"
	"context"
	"database/sql"
	"time"

	"github.com/durokit/duro/core/engine"
)

// Options say how to talk to one database.
type Options struct {
	// Dialect classifies errors. Required.
	Dialect *engine.Dialect
	// Code spells a driver's error the way the dialect's description lists it:
	// "1213", "40P01", or with a detail "5/517", which is looked up whole and
	// then by its first part. It returns "" for an error that is not the
	// database's.
	Code func(error) string
	// Uncommitted reports whether a failed COMMIT certainly changed nothing.
	// Without it every failed COMMIT is ambiguous.
	Uncommitted func(error) bool

	// Begin and BeginRead start a transaction. Default: BEGIN.
	Begin, BeginRead string
	// BeginClaim starts one whose commit a crash of the machine may undo, see
	// engine.DB. Default: Begin.
	BeginClaim string
	// CommitTimeout bounds a COMMIT, which the caller's context does not stop:
	// stopping it would only hide its outcome. Zero: no bound.
	CommitTimeout time.Duration

	// Writers is how many connections write at a time. Default: 1.
	Writers int
	// ReadFrom is where reads get their connections. Without it they take turns
	// with the writes, on the same connections.
	ReadFrom *sql.DB
	// Readers is how many connections read at a time. Default: 4.
	Readers int
	// OwnedBytes says that the driver never reuses the memory of a []byte it
	// returned, so that it need not be copied.
	OwnedBytes bool

	// BriskPlans says that neither BEGIN nor a statement of a plan can take long:
	// there is no network, and each reads a bounded number of rows. They are not
	// watched for cancellation then, which costs some drivers a goroutine for each.
	BriskPlans bool

	// Packets says that the driver takes several statements with their arguments
	// as one text, returns their result sets one after the other, and that
	// SELECT ROW_COUNT() tells what a statement changed. A plan is one round trip
	// then, its BEGIN and COMMIT included.
	Packets bool
	// PacketLimit names the server's setting that bounds such a text.
	PacketLimit string

	// SessionID asks for a connection's number on the server, and Kill, which
	// holds a %d for it, ends that connection there. With some drivers a statement
	// outlives the caller who gave up on it otherwise, and keeps its locks.
	SessionID, Kill string

	// Borrowed says that the pools are somebody else's and stay open.
	Borrowed bool

	// Lock is held around every write transaction. Without it processes meet in
	// the database only. The DB closes it.
	Lock Locker

	// ClockSQL reads the server's clock in Unix milliseconds. Default: Clock.
	ClockSQL string
	// Clock is the host's clock. Default: engine.SystemClock.
	Clock engine.Clock

	// Upkeep is a statement to run every UpkeepEvery on a connection of ReadFrom,
	// out of the writers' way, when something was written since.
	Upkeep      string
	UpkeepEvery time.Duration
}

// Locker keeps other processes out during a write transaction.
type Locker interface {
	// Lock waits until it holds the lock or ctx ends.
	Lock(ctx context.Context) error
	// Unlock gives it back.
	Unlock()
	// Close releases what the lock is made of.
	Close() error
}

func (o Options) withDefaults() Options {
	o.Begin = cmp.Or(o.Begin, "BEGIN")
	o.BeginClaim = cmp.Or(o.BeginClaim, o.Begin)
	o.BeginRead = cmp.Or(o.BeginRead, "BEGIN")
	o.Writers = cmp.Or(o.Writers, 1)
	o.Readers = cmp.Or(o.Readers, 4)
	o.UpkeepEvery = cmp.Or(o.UpkeepEvery, time.Second)
	if o.Code == nil {
		o.Code = func(error) string { return "" }
	}
	if o.Uncommitted == nil {
		o.Uncommitted = func(error) bool { return false }
	}
	if o.Clock == nil {
		o.Clock = engine.SystemClock{}
	}
	return o
}
