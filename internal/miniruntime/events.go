package miniruntime

import "github.com/durokit/duro/core"

// eventChannel pairs the n-th raise of a name with the n-th wait for it.
type eventChannel struct {
	waits []*Future
	data  []string
}

func (c *Context) eventChannel(name string) *eventChannel {
	ch := c.events[name]
	if ch == nil {
		if c.events == nil {
			c.events = map[string]*eventChannel{}
		}
		ch = &eventChannel{}
		c.events[name] = ch
	}
	return ch
}

func (ch *eventChannel) arrive(data string) {
	ch.data = append(ch.data, data)
	if n := len(ch.data); n <= len(ch.waits) {
		ch.waits[n-1].resolve(data, nil)
	}
}

// WaitForEvent waits for an external event by name. The n-th wait gets the n-th
// raise, whichever comes first.
func (c *Context) WaitForEvent(name string) *Future {
	e, _ := c.act(0, core.ExternalSubscribedEvent{Name: name})
	f := &Future{c: c, id: e.id, kind: futureEvent, name: name}
	ch := c.eventChannel(name)
	ch.waits = append(ch.waits, f)
	if n := len(ch.waits); n <= len(ch.data) {
		f.resolve(ch.data[n-1], nil)
	}
	return f
}
