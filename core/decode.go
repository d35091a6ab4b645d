package core

// This file reads JSON objects into lists of fields, as serde's derived code
// does. Deliberate differences from serde: a struct written as an array of its
// values, an enum's variant written as its number, and a unit variant written as
// {"Name":null} are refused. No encoder writes them.

func decodeWorkItem(s string) (WorkItemPayload, error) {
	d, err := newDecoder("work item", s)
	if err != nil {
		return nil, err
	}
	p, err := decodeTagged(d, workItemTypes)
	if err != nil {
		return nil, err
	}
	return p, d.end()
}

// decodeTagged reads an externally tagged value, {"Variant":{...}}.
func decodeTagged[K ~string, I any](d *decoder, types map[K]codec[I]) (I, error) {
	var value func() I
	err := d.tagged(func(name string) (fields []field, known bool) {
		c, known := types[K(name)]
		if known {
			fields, value = c.make()
		}
		return fields, known
	})
	if err != nil {
		var none I
		return none, err
	}
	return value(), nil
}

// tagged reads {"Variant":{...}} into the fields that variant returns for the
// name. There must be exactly one key.
func (d *decoder) tagged(variant func(name string) ([]field, bool)) error {
	found := false
	err := d.members(func(name string, at int) error {
		if found {
			return d.failAt(at, "more than one variant")
		}
		found = true
		fields, known := variant(name)
		if !known {
			return d.failAt(at, "unknown variant %.64q", name)
		}
		return d.object(fields)
	})
	if err == nil && !found {
		return d.fail("no variant")
	}
	return err
}

// object reads an object of exactly these fields; unknown ones are skipped.
func (d *decoder) object(fields []field) error {
	r := record{fields: fields}
	err := d.members(func(name string, at int) error {
		if known, err := r.take(d, name, at); known || err != nil {
			return err
		}
		return d.skip()
	})
	if err != nil {
		return err
	}
	return r.complete(d)
}

// record is a list of fields of which some have been read.
type record struct {
	fields []field
	seen   uint64 // bit i: fields[i] was there
}

// take reads the value of the named field, if the record has such a field.
// Names are case-sensitive.
func (r *record) take(d *decoder, name string, at int) (known bool, err error) {
	for i := range r.fields {
		if r.fields[i].name != name {
			continue
		}
		if r.seen&(1<<i) != 0 {
			return true, d.failAt(at, "duplicate field %q", name)
		}
		r.seen |= 1 << i
		return true, d.value(&r.fields[i])
	}
	return false, nil
}

// complete reports the first required field that was not there.
func (r *record) complete(d *decoder) error {
	for i, f := range r.fields {
		if f.rule == required && r.seen&(1<<i) == 0 {
			return d.fail("missing field %q", f.name)
		}
	}
	return nil
}

// value reads the value of one field.
func (d *decoder) value(f *field) (err error) {
	if d.peek() == 'n' {
		if !f.rule.optional() {
			return d.fail("field %q: null is not a value", f.name)
		}
		return d.literal("null")
	}
	switch to := f.to.(type) {
	case *string:
		*to, err = d.text()
	case **string:
		*to, err = pointer(d.text())
	case *uint64:
		*to, err = d.number(64)
	case **uint64:
		*to, err = pointer(d.number(64))
	case *uint32:
		var n uint64
		n, err = d.number(32)
		*to = uint32(n)
	case *bool:
		*to, err = d.boolean()
	case *[]CarriedEvent:
		*to, err = d.carried()
	case custom:
		err = to.decode(d)
	default:
		panic("core: no decoder for field " + f.name)
	}
	return err
}

func pointer[T any](v T, err error) (*T, error) { return &v, err }

// carried reads an array of [name, data]. It is never nil.
func (d *decoder) carried() ([]CarriedEvent, error) {
	events := []CarriedEvent{}
	err := d.elements(func() error {
		var e CarriedEvent
		parts, to := 0, [2]*string{&e.Name, &e.Data}
		err := d.elements(func() (err error) {
			if parts == len(to) {
				return d.fail("want [name, data], found more")
			}
			*to[parts], err = d.text()
			parts++
			return err
		})
		if err == nil && parts < len(to) {
			return d.fail("want [name, data], found fewer")
		}
		events = append(events, e)
		return err
	})
	return events, err
}
