package linear

import "slices"

// instance is the orchestrator queue of one instance, with its lock.
type instance struct {
	pending []uint64 // messages, in the order of their enqueues
	batch   []uint64 // those of the latest fetch
	lock    hold
}

func (s instance) equal(o instance) bool {
	return s.lock == o.lock && slices.Equal(s.pending, o.pending) && slices.Equal(s.batch, o.batch)
}

// step is what an operation makes of the instance, and whether its answer is right.
func (s instance) step(o Operation) (instance, bool) {
	switch o.Kind {
	case Enqueue:
		s.pending = slices.Concat(s.pending, o.Items)
		return s, true
	case Fetch:
		if o.Token == "" {
			return s, len(s.pending) == 0 || s.lock.mayHold(o)
		}
		right := len(s.pending) > 0 && s.lock.mayBeFree(o) && slices.Equal(s.pending, o.Items)
		s.batch, s.lock = s.pending, held(o)
		return s, right
	}
	right := s.lock.proves(o)
	if o.Lost {
		return s, right
	}
	switch o.Kind {
	case Ack:
		batch := s.batch
		s.pending = slices.DeleteFunc(slices.Clone(s.pending), func(n uint64) bool { return slices.Contains(batch, n) })
		s.lock, s.batch = hold{}, nil
	case Abandon:
		s.lock, s.batch = hold{}, nil
	case Renew:
		s.lock = held(o)
	}
	return s, right
}
