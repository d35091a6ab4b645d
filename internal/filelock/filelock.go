// Package filelock is a lock between processes, made of lock files, that nobody
// starves at.
//
// A single lock file is not fair: whoever gives it back is awake, and takes it
// again before a sleeper has woken (measured on a busy machine: waits of 0.6 to
// 2.4 s, against 0.03 to 0.3 s as it is now). So there is a second file, the
// turn: a process takes the turn first, waits for the lock with the turn in hand,
// and gives the turn back once it has the lock. Whoever just released the lock
// finds the turn with the next one, and queues behind those who wait for it.
//
// The files stay when a lock is closed; removing them would let two processes
// hold locks on two files of one name. They hold nothing. A process that dies
// loses its locks. On Unix the locks are flock(2), on Windows LockFileEx;
// elsewhere Open says errors.ErrUnsupported.
package filelock

import (
	"context"
	"errors"
	"os"
	"time"
)

// closeGrace is how long Close waits for a taker whose caller has gone.
const closeGrace = time.Second

// Lock is one holder's access to a lock. Two of them, in one process or in two,
// exclude each other.
type Lock struct {
	lock, turn *os.File
	free       chan struct{} // holds one: callers of the same Lock wait for it
}

// Open opens the lock made of the files path and path + "-turn", and creates
// them when they are missing.
func Open(path string) (*Lock, error) {
	lock, err := openFile(path)
	if err != nil {
		return nil, err
	}
	turn, err := openFile(path + "-turn")
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	l := &Lock{lock: lock, turn: turn, free: make(chan struct{}, 1)}
	l.free <- struct{}{}
	return l, nil
}

// Lock waits until it holds the lock or ctx ends.
func (l *Lock) Lock(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-l.free:
	case <-ctx.Done():
		return ctx.Err()
	}
	got, err := l.tryTake()
	if !got && err == nil {
		return l.await(ctx)
	}
	if err != nil {
		l.free <- struct{}{}
	}
	return err
}

// await takes the lock in a goroutine, since nothing wakes a thread that waits in
// the system. When ctx ends first, the goroutine gives back what it gets.
func (l *Lock) await(ctx context.Context) error {
	taken := make(chan error, 1)
	go func() { taken <- l.take() }()
	select {
	case err := <-taken:
		if err != nil {
			l.free <- struct{}{}
		}
		return err
	case <-ctx.Done():
		go func() {
			if <-taken == nil {
				l.Unlock()
			} else {
				l.free <- struct{}{}
			}
		}()
		return ctx.Err()
	}
}

// tryTake takes the lock when nobody has it or waits for it.
func (l *Lock) tryTake() (bool, error) {
	got, err := flock(l.turn, false)
	if !got || err != nil {
		return false, err
	}
	defer unlock(l.turn)
	return flock(l.lock, false)
}

func (l *Lock) take() error {
	if _, err := flock(l.turn, true); err != nil {
		return err
	}
	defer unlock(l.turn)
	_, err := flock(l.lock, true)
	return err
}

// Unlock gives the lock back.
func (l *Lock) Unlock() {
	unlock(l.lock)
	l.free <- struct{}{}
}

// Close waits for the holder and closes the files. Where a taker is still stuck
// whose caller has gone, because another process sits on the lock, the files are
// closed when he is through.
func (l *Lock) Close() error {
	grace := time.NewTimer(closeGrace)
	defer grace.Stop()
	select {
	case <-l.free:
		return l.closeFiles()
	case <-grace.C:
		go func() {
			<-l.free
			_ = l.closeFiles()
		}()
		return nil
	}
}

func (l *Lock) closeFiles() error { return errors.Join(l.lock.Close(), l.turn.Close()) }
