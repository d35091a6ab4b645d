package core

// eventDecoder reads the flat object of an event. The type may stand anywhere,
// so fields that come before it are remembered by position and read again.
type eventDecoder struct {
	*decoder
	header  record
	kind    record
	payload func() EventPayload // nil until the type was read
	early   []member            // seen before the type
}

// member is a field whose value was skipped: its name and where they stand.
type member struct {
	name      string
	at, value int
}

func decodeEvent(s string) (*eventBody, error) {
	d, err := newDecoder("event", s)
	if err != nil {
		return nil, err
	}
	b := new(eventBody)
	e := eventDecoder{decoder: d, header: record{fields: b.header.fields()}}
	if err := d.members(e.member); err != nil {
		return nil, err
	}
	if err := d.end(); err != nil {
		return nil, err
	}
	if err := e.finish(); err != nil {
		return nil, err
	}
	b.payload = e.payload()
	return b, nil
}

// member reads one member of the event, in whatever order they come.
func (e *eventDecoder) member(name string, at int) error {
	if name == "type" {
		return e.readType(at)
	}
	if known, err := e.header.take(e.decoder, name, at); known || err != nil {
		return err
	}
	if e.payload == nil {
		e.peek()
		e.early = append(e.early, member{name, at, e.pos})
		return e.skip()
	}
	if known, err := e.kind.take(e.decoder, name, at); known || err != nil {
		return err
	}
	return e.skip()
}

func (e *eventDecoder) readType(at int) error {
	if e.payload != nil {
		return e.failAt(at, "duplicate field %q", "type")
	}
	name, err := e.text()
	if err != nil {
		return err
	}
	c, known := eventTypes[EventKind(name)]
	if !known {
		return e.failAt(at, "unknown type %.64q", name)
	}
	e.kind.fields, e.payload = c.make()
	return nil
}

// finish reads what came before the type, and reports what is missing.
func (e *eventDecoder) finish() error {
	if e.payload == nil {
		return e.fail("missing field %q", "type")
	}
	for _, m := range e.early {
		e.pos = m.value
		if _, err := e.kind.take(e.decoder, m.name, m.at); err != nil {
			return err
		}
	}
	e.pos = len(e.s)
	if err := e.header.complete(e.decoder); err != nil {
		return err
	}
	return e.kind.complete(e.decoder)
}
