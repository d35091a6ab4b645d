package main

import (
	"crypto/rand"
	"iter"
	"time"

	"github.com/durokit/duro/core"
)

// row is what a queue knows of an item, beside the item. The lock of an instance is that
// of the messages which were fetched together: it is locked as long as one of them is.
type row struct {
	number   uint64            // the key: its place in the queue, for life
	Instance string            `json:"instance,omitempty"` // whose it is; unknown of an undecodable activity
	Kind     core.WorkItemKind `json:"kind,omitempty"`     // none of an undecodable item
	Parent   string            `json:"parent,omitempty"`   // of a start

	Execution uint64  `json:"execution,omitempty"` // of an activity
	Activity  uint64  `json:"activity,omitempty"`
	Session   *string `json:"session,omitempty"`
	Tag       *string `json:"tag,omitempty"`
	Owner     string  `json:"owner,omitempty"` // who fetched it, when it has a session

	Visible  uint64 `json:"visible"`
	Token    string `json:"token,omitempty"` // of the latest lock, until it is released
	Until    uint64 `json:"until,omitempty"` // the lock is active before this instant
	Attempts uint32 `json:"attempts,omitempty"`
}

// id is the activity's identity.
func (r *row) id() core.ScheduledActivityID {
	return core.ScheduledActivityID{Instance: r.Instance, ExecutionID: r.Execution, ActivityID: r.Activity}
}

// startsExecution reports whether the message says which orchestration to run.
func (r *row) startsExecution() bool {
	return r.Kind == core.KindStartOrchestration || r.Kind == core.KindContinueAsNew
}

// rowOf describes an item for its queue.
func rowOf(item core.WorkItem, visible uint64) *row {
	r := &row{Instance: item.RoutingInstance(), Kind: item.Kind(), Visible: visible}
	switch p := item.Payload().(type) {
	case core.StartOrchestration:
		r.Parent = or(p.ParentInstance, "")
	case core.TimerFired:
		r.Visible = max(visible, p.FireAtMS) // a timer never fires early
	case core.ActivityExecute:
		r.Execution, r.Activity, r.Session, r.Tag = p.ExecutionID, p.ID, p.SessionID, p.Tag
	}
	return r
}

// queue is one of the two. Its rows are in the order of arrival; the other buckets find
// them by instance and by token, and keep the items as they came.
type queue struct {
	t    *tx
	name string
	rows table[row]
	raw  bucket // the items
	of   bucket // by instance
	held bucket // by token
}

func (t *tx) queue(name string) queue {
	return queue{t, name, table[row]{t.bucket(name)}, t.bucket(name + ".raw"), t.bucket(name + ".of"), t.bucket(name + ".held")}
}

// messages is the orchestrator queue, and work the workers'.
func (t *tx) messages() queue { return t.queue("messages") }
func (t *tx) work() queue     { return t.queue("work") }

// add appends an item.
func (q queue) add(r *row, raw []byte) {
	n, err := q.rows.b.NextSequence()
	if err != nil {
		q.t.fail(failed("number a row", err))
	}
	r.number = n
	q.rows.put(number(n), r)
	q.raw.put(number(n), raw)
	q.of.put(key(r.Instance, n), nil)
}

// all goes through the rows in the order of arrival, those removed meanwhile left out.
func (q queue) all() iter.Seq[*row] {
	return func(yield func(*row) bool) {
		for k, r := range q.rows.all(nil) {
			if r.number = lastNumber(k); !yield(r) {
				return
			}
		}
	}
}

// among goes through the rows that an index has under a prefix.
func (q queue) among(index bucket, prefix []byte) iter.Seq[*row] {
	return func(yield func(*row) bool) {
		for k := range index.scan(prefix) {
			r := q.rows.get(number(lastNumber(k)))
			if r == nil {
				continue
			}
			if r.number = lastNumber(k); !yield(r) {
				return
			}
		}
	}
}

// ofInstance goes through the rows of an instance.
func (q queue) ofInstance(id string) iter.Seq[*row] { return q.among(q.of, key(id)) }

// item decodes what a row is about.
func (q queue) item(r *row) (core.WorkItem, error) {
	return core.DecodeWorkItem(q.raw.get(number(r.number)))
}

// remove deletes rows, and says how many.
func (q queue) remove(rows iter.Seq[*row], unwanted func(*row) bool) (n uint64) {
	for r := range rows {
		if unwanted(r) {
			q.drop(r)
			n++
		}
	}
	return n
}

func (q queue) drop(r *row) {
	q.held.delete(key(r.Token, r.number))
	q.of.delete(key(r.Instance, r.number))
	q.raw.delete(number(r.number))
	q.rows.delete(number(r.number))
}

// setAside keeps a copy of an item that cannot be decoded, for the operator.
func (q queue) setAside(r *row) {
	aside := table[asideRow]{q.t.bucket("aside")}
	aside.put(key(q.name, r.number), &asideRow{Instance: r.Instance, Raw: q.raw.get(number(r.number))})
}

// asideRow is an item that cannot be decoded.
type asideRow struct {
	Instance string `json:"instance,omitempty"`
	Raw      []byte `json:"raw"`
}

// lock gives a row a token, or takes it away with an empty one.
func (q queue) lock(r *row, token string, until uint64) {
	if r.Token != "" {
		q.held.delete(key(r.Token, r.number))
	}
	if token != "" {
		q.held.put(key(token, r.number), nil)
	}
	r.Token, r.Until = token, until
	q.rows.put(number(r.number), r)
}

// take locks rows under a new token, as a delivery of theirs, and returns it with the
// highest attempt count.
func (q queue) take(rows []*row, until uint64) (token string, attempts uint32) {
	token = rand.Text()
	for _, r := range rows {
		r.Attempts++
		attempts = max(attempts, r.Attempts)
		q.lock(r, token, until)
	}
	return token, attempts
}

// taken returns the rows with the lock of this token, be it expired.
func (q queue) taken(token string) (rows []*row, err error) {
	for r := range q.among(q.held, key(token)) {
		if token != "" && r.Token == token {
			rows = append(rows, r)
		}
	}
	if len(rows) == 0 {
		return nil, refuse(core.ErrLockLost, "nothing is locked with this token")
	}
	return rows, nil
}

// locked is taken for an active lock.
func (q queue) locked(token string) ([]*row, error) {
	rows, err := q.taken(token)
	if err == nil && q.t.due(rows[0].Until) {
		return nil, refuse(core.ErrLockLost, "the lock has expired")
	}
	return rows, err
}

// renew moves the end of a lock.
func (q queue) renew(token string, extendFor time.Duration) ([]*row, error) {
	if err := valid(core.CheckDuration("the extension", extendFor)); err != nil {
		return nil, err
	}
	rows, err := q.locked(token)
	for _, r := range rows {
		q.lock(r, token, q.t.at(extendFor))
	}
	return rows, err
}

// abandon gives rows back, each to its place.
func (q queue) abandon(p core.AbandonParams) error {
	if err := valid(core.CheckDuration("the delay", p.Delay)); err != nil {
		return err
	}
	rows, err := q.taken(p.LockToken)
	for _, r := range rows {
		if p.IgnoreAttempt && r.Attempts > 0 {
			r.Attempts--
		}
		if p.Delay > 0 {
			r.Visible = q.t.at(p.Delay)
		}
		q.lock(r, "", 0)
	}
	return err
}

// or returns what p points to, if it points to something.
func or[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}
