package linear

import "slices"

// row is one activity of the worker queue.
type row struct {
	number uint64
	lock   hold
	away   bool // it was fetched before
}

// worker is the worker queue, the oldest row first.
type worker struct{ rows []row }

func (s worker) equal(o worker) bool { return slices.Equal(s.rows, o.rows) }

// step is what an operation makes of the queue, and whether its answer is right.
func (s worker) step(o Operation) (worker, bool) {
	rows := slices.Clone(s.rows)
	switch o.Kind {
	case Enqueue:
		for _, n := range o.Items {
			rows = append(rows, row{number: n})
		}
		return worker{rows}, true
	case Fetch:
		return s.fetch(o)
	}
	at := slices.IndexFunc(rows, func(r row) bool { return r.lock.token == o.Token })
	if at < 0 {
		return s, o.Lost
	}
	right := rows[at].lock.proves(o)
	if o.Lost {
		return s, right
	}
	switch o.Kind {
	case Ack:
		rows = slices.Delete(rows, at, at+1)
	case Abandon:
		rows[at].lock = hold{}
	case Renew:
		rows[at].lock = held(o)
	}
	return worker{rows}, right
}

// fetch takes the oldest row that can be had. A store may overlook for a moment that
// one is there again, but it may not say that there is none.
func (s worker) fetch(o Operation) (worker, bool) {
	for i, r := range s.rows {
		if o.Token != "" && r.number == o.Items[0] {
			rows := slices.Clone(s.rows)
			rows[i] = row{number: r.number, lock: held(o), away: true}
			return worker{rows}, r.lock.mayBeFree(o)
		}
		if passed := r.lock.mayHold(o) || o.Token != "" && r.away; !passed {
			return s, false
		}
	}
	return s, o.Token == ""
}
