package main

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/durokit/duro/core"
)

// file is an open bbolt file. bbolt locks it against other processes, and against a
// second opening by this one, so all handles of this process share it.
type file struct {
	path  string
	db    *bbolt.DB
	clock Clock
	refs  int // under openFiles.mu

	mu      sync.Mutex
	last    uint64        // the clock's latest reading: what is read never goes back
	changed chan struct{} // closed at the next change
	// onSelection is run once, in the next bulk deletion: see hooks.
	onSelection func()
}

// openFiles are this process's files, by path.
var openFiles = struct {
	mu sync.Mutex
	by map[string]*file
}{by: map[string]*file{}}

// otherProcess is how long opening waits for another process to let go of the file.
const otherProcess = time.Second

// acquire opens a file, or takes part in one that is open. It is to be released.
func acquire(c Config) (*file, error) {
	path, err := canonical(c.Path)
	if err != nil {
		return nil, unopened(c.Path, err)
	}
	openFiles.mu.Lock()
	defer openFiles.mu.Unlock()
	f := openFiles.by[path]
	if f == nil {
		if f, err = openFile(path, c); err != nil {
			return nil, unopened(c.Path, err)
		}
		openFiles.by[path] = f
	}
	f.refs++
	return f, nil
}

// release closes the file when nobody is left who uses it.
func (f *file) release() error {
	openFiles.mu.Lock()
	defer openFiles.mu.Unlock()
	f.refs--
	if f.refs > 0 {
		return nil
	}
	delete(openFiles.by, f.path)
	return f.db.Close()
}

func openFile(path string, c Config) (*file, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout: otherProcess, FreelistType: bbolt.FreelistMapType, NoSync: c.unsynced, NoGrowSync: c.unsynced,
	})
	if err != nil {
		return nil, err
	}
	f := &file{path: path, db: db, clock: c.clock, changed: make(chan struct{})}
	if f.clock == nil {
		f.clock = machineClock{}
	}
	if err := db.Update(prepare); err != nil {
		_ = db.Close()
		return nil, err
	}
	return f, nil
}

// canonical is the one name of a file, which need not exist.
func canonical(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	linked, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		folder, err := filepath.EvalSymlinks(filepath.Dir(path))
		return filepath.Join(folder, filepath.Base(path)), err
	}
	return linked, err
}

// unopened says why a file could not be opened, and what to do.
func unopened(path string, err error) error {
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return core.Wrap("Open", core.ErrUnavailable, err, "another process has "+path+" open; end it, or serve the file at an address")
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return core.Wrap("Open", core.ErrInvalidArgument, err, "open "+path+"; its folder must exist and be writable")
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrVersionMismatch), errors.Is(err, berrors.ErrChecksum):
		return core.Wrap("Open", core.ErrCorrupt, err, path+" is not a sound bbolt file")
	}
	return core.AsProviderError("Open", failed("open "+path, err))
}

// failed classifies an error of bbolt or of the disk.
func failed(what string, err error) error {
	var known *core.ProviderError
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, syscall.ENOSPC):
		return core.Wrap("", core.ErrExhausted, err, what)
	}
	return core.Wrap("", core.ErrInternal, err, what)
}

// now reads the clock in Unix milliseconds.
func (f *file) now() uint64 {
	read := uint64(max(f.clock.Now().UnixMilli(), 0))
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last = max(f.last, read)
	return f.last
}

// change returns what is closed when something changes.
func (f *file) change() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.changed
}

// wake has every waiting fetch look again.
func (f *file) wake() {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.changed)
	f.changed = make(chan struct{})
}

// errUnchanged ends a transaction that has nothing to commit.
var errUnchanged = errors.New("nothing was changed")

// update runs a change in a transaction of its own, and returns it, which is over, for what
// it knows. An error leaves everything as it was.
func (f *file) update(ctx context.Context, change func(*tx) error) (t *tx, err error) {
	var inside error
	err = f.db.Update(func(b *bbolt.Tx) error {
		t = f.begin(b)
		inside = t.result(change(t))
		switch {
		case inside == nil && ctx.Err() != nil: // whoever wanted it has gone
			inside = ctx.Err()
		case inside == nil && !t.changed:
			inside = errUnchanged
		}
		return inside
	})
	switch {
	case t == nil:
		return nil, failed("begin a transaction", err)
	case errors.Is(inside, errUnchanged):
		return t, nil
	case inside == nil && err != nil:
		return t, uncommitted(err)
	case err == nil:
		f.wake()
	}
	return t, err
}

// uncommitted is for a transaction that may be on the disk, or not.
func uncommitted(err error) error {
	e := core.AsProviderError("", failed("commit", err))
	e.MayHaveHappened = true
	return e
}

// view runs what only reads.
func (f *file) view(read func(*tx) error) error {
	return f.db.View(func(b *bbolt.Tx) error {
		t := f.begin(b)
		return t.result(read(t))
	})
}
