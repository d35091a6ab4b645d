package linear

import "slices"

// message is one of the orchestrator queue. It is visible after an instant for certain:
// for a clock that lags behind that of its sender it is still to come.
type message struct {
	number uint64
	after  int64
}

// instance is the orchestrator queue of one instance, with its lock.
type instance struct {
	pending []message // in the order of their enqueues
	batch   []uint64  // those of the latest fetch
	lock    hold
}

func (s instance) equal(o instance) bool {
	return s.lock == o.lock && slices.Equal(s.pending, o.pending) && slices.Equal(s.batch, o.batch)
}

// step is what an operation makes of the instance, and whether its answer is right.
func (s instance) step(o Operation) (instance, bool) {
	switch o.Kind {
	case Enqueue:
		s.pending = append(slices.Clip(s.pending), message{o.Items[0], visible(o)})
		return s, true
	case Fetch:
		if o.Token == "" {
			return s, s.lock.mayHold(o) || s.mayGive(o)
		}
		right := s.lock.mayBeFree(o) && s.mayGive(o)
		s.batch, s.lock = o.Items, held(o)
		return s, right
	}
	right := s.lock.proves(o)
	if o.Lost {
		return s, right
	}
	switch o.Kind {
	case Ack:
		batch := s.batch
		s.pending = slices.DeleteFunc(slices.Clone(s.pending), func(m message) bool { return slices.Contains(batch, m.number) })
		s.lock, s.batch = hold{}, nil
	case Abandon:
		s.lock, s.batch = hold{}, nil
	case Renew:
		s.lock = held(o)
	}
	return s, right
}

// mayGive says whether a fetch can have given exactly its items: everything in order,
// but for what may not have been visible yet.
func (s instance) mayGive(o Operation) bool {
	items := o.Items
	for _, m := range s.pending {
		switch {
		case len(items) > 0 && items[0] == m.number:
			items = items[1:]
		case o.Call >= m.after:
			return false
		}
	}
	return len(items) == 0
}
