package core

import (
	"strconv"
	"strings"
)

// writer builds the compact JSON of serde_json's default encoder
// (docs/contract.md 1.0). encoding/json cannot: it escapes U+2028 and replaces
// what is not UTF-8. Everything is written twice, first only measured, because
// raw JSON lives long in caches and must not keep spare capacity.
type writer struct {
	b         strings.Builder
	measuring bool
	size      int
	// opened is set between an object's brace and its first member.
	opened bool
}

// encoded returns what write writes, in a string of exactly its size.
func encoded(write func(*writer)) string {
	m := &writer{measuring: true}
	write(m)
	w := &writer{}
	w.b.Grow(m.size)
	write(w)
	return w.b.String()
}

func encodeWorkItem(p WorkItemPayload) string {
	return encoded(func(w *writer) { encodeTagged(w, p.workItem(), workItemTypes, p) })
}

func encodeEvent(b *eventBody) string {
	kind := b.payload.event()
	return encoded(func(w *writer) {
		w.open()
		w.members(b.header.fields())
		w.name("type")
		w.text(string(kind))
		w.members(eventTypes[kind].fields(b.payload))
		w.close()
	})
}

// encodeTagged writes a value externally tagged, as {"Variant":{...}}.
func encodeTagged[K ~string, I any](w *writer, name K, types map[K]codec[I], v I) {
	w.tagged(string(name), types[name].fields(v))
}

func (w *writer) tagged(name string, fields []field) {
	w.open()
	w.name(name)
	w.open()
	w.members(fields)
	w.close()
	w.close()
}

func (w *writer) open() {
	w.raw("{")
	w.opened = true
}

func (w *writer) close() {
	w.raw("}")
	w.opened = false
}

// name starts a member of the open object.
func (w *writer) name(name string) {
	if !w.opened {
		w.raw(",")
	}
	w.opened = false
	w.text(name)
	w.raw(":")
}

func (w *writer) members(fields []field) {
	for _, f := range fields {
		if f.rule == omitted && absent(f.to) {
			continue
		}
		w.name(f.name)
		w.value(f)
	}
}

// absent reports whether an optional field holds nothing.
func absent(to any) bool {
	switch to := to.(type) {
	case **string:
		return *to == nil
	case **uint64:
		return *to == nil
	case *[]CarriedEvent:
		return *to == nil
	}
	return false
}

func (w *writer) value(f field) {
	if f.rule == nullable && absent(f.to) {
		w.raw("null")
		return
	}
	switch to := f.to.(type) {
	case *string:
		w.text(*to)
	case **string:
		w.text(**to)
	case *uint64:
		w.number(*to)
	case **uint64:
		w.number(**to)
	case *uint32:
		w.number(uint64(*to))
	case *bool:
		w.raw(strconv.FormatBool(*to))
	case *[]CarriedEvent:
		w.carried(*to)
	case custom:
		to.encode(w)
	default:
		panic("core: no encoder for field " + f.name)
	}
}

func (w *writer) carried(events []CarriedEvent) {
	w.raw("[")
	for i, e := range events {
		if i > 0 {
			w.raw(",")
		}
		w.raw("[")
		w.text(e.Name)
		w.raw(",")
		w.text(e.Data)
		w.raw("]")
	}
	w.raw("]")
}

func (w *writer) number(n uint64) {
	var buf [20]byte
	w.raw(string(strconv.AppendUint(buf[:0], n, 10)))
}

// raw writes JSON as it is.
func (w *writer) raw(json string) {
	if w.measuring {
		w.size += len(json)
		return
	}
	w.b.WriteString(json)
}
