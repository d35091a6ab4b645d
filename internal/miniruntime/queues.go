package miniruntime

import (
	"slices"

	"github.com/durokit/duro/core"
)

// queueMessage is one message of a persistent queue.
type queueMessage struct {
	name, data string
	// taker is the wait it answers; read says that the code has seen it.
	taker *Future
	read  bool
}

// queueChannel hands the messages of one queue to its waits, both in order.
type queueChannel struct {
	waits    []*Future       // without a message
	messages []*queueMessage // without a wait
}

func (c *Context) queueChannel(name string) *queueChannel {
	q := c.queues[name]
	if q == nil {
		if c.queues == nil {
			c.queues = map[string]*queueChannel{}
		}
		q = &queueChannel{}
		c.queues[name] = q
	}
	return q
}

func (c *Context) arriveInQueue(name, data string) {
	m := &queueMessage{name: name, data: data}
	c.arrived = append(c.arrived, m)
	q := c.queueChannel(name)
	q.messages = append(q.messages, m)
	q.match()
}

func (q *queueChannel) match() {
	for len(q.waits) > 0 && len(q.messages) > 0 {
		f, m := q.waits[0], q.messages[0]
		q.waits, q.messages = q.waits[1:], q.messages[1:]
		f.msg, m.taker = m, f
		f.resolve(m.data, nil)
	}
}

// Dequeue waits for the next message of a persistent queue of this instance.
// Messages that no execution has read go on to the next one.
func (c *Context) Dequeue(queue string) *Future {
	e, _ := c.act(0, core.QueueSubscribedEvent{Name: queue})
	f := &Future{c: c, id: e.id, kind: futureQueue, name: queue}
	q := c.queueChannel(queue)
	q.waits = append(q.waits, f)
	q.match()
	return f
}

// cancelQueue gives a message that was not read back to the queue.
func (f *Future) cancelQueue() {
	if f.gone || f.msg != nil && f.msg.read {
		return
	}
	f.c.act(f.id, core.QueueSubscriptionCancelledEvent{Reason: cancelReason})
	f.gone, f.answer = true, 0
	q := f.c.queueChannel(f.name)
	q.waits = slices.DeleteFunc(q.waits, func(w *Future) bool { return w == f })
	if m := f.msg; m != nil {
		f.msg, m.taker = nil, nil
		q.messages = slices.Insert(q.messages, 0, m)
		q.match()
	}
}

// unread returns the queue messages the code has not seen, in order: those handed
// to nobody or to a wait nobody asked, and those behind the last entry it read.
func (c *Context) unread() []core.CarriedEvent {
	var left []core.CarriedEvent
	for _, m := range c.arrived {
		if !m.read {
			left = append(left, core.CarriedEvent{Name: m.name, Data: m.data})
		}
	}
	for _, e := range c.j.entries[c.pos:c.end] {
		if p, ok := e.payload.(core.QueueEventDeliveredEvent); ok {
			left = append(left, core.CarriedEvent(p))
		}
	}
	return left
}
