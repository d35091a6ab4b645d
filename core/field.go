package core

// field declares one field of a JSON object: its name, where its value lives,
// and what happens when it is absent. One list of fields per type, in the
// contract's order, drives encoding, decoding and the tests alike.
//
// to is a *string, *uint64, *uint32, *bool, **string, **uint64, *[]CarriedEvent,
// or a custom.
type field struct {
	name string
	to   any
	rule rule
}

// rule says how a field may be absent (docs/contract.md 1.0).
type rule uint8

const (
	// required: missing and null are errors.
	required rule = iota
	// nullable is the contract's "?": null when absent; missing is accepted.
	nullable
	// omitted is the contract's "[x]": left out when absent; null is accepted.
	omitted
	// defaulted: always written; missing means the zero value, null is an error.
	defaulted
)

// optional reports whether null means absent.
func (r rule) optional() bool { return r == nullable || r == omitted }

// custom is a field whose JSON form no Go type here has by itself.
type custom interface {
	encode(*writer)
	decode(*decoder) error
}

// codec knows how to handle one struct type behind the sealed interface I.
type codec[I any] struct {
	// make returns the fields of a new zero value, and a function that returns
	// that value once its fields are filled.
	make func() ([]field, func() I)
	// fields lists a value's fields for encoding.
	fields func(I) []field
	// own returns a value or pointer as a value that shares nothing with it.
	own func(I) I
}

// fielder is what a pointer to every such struct type implements.
type fielder[T any] interface {
	*T
	fields() []field
}

// codecOf makes the codec of T. Go cannot say that T implements I, hence the any.
func codecOf[I, T any, P fielder[T]]() codec[I] {
	return codec[I]{
		make: func() ([]field, func() I) {
			v := new(T)
			return P(v).fields(), func() I { return any(*v).(I) }
		},
		fields: func(i I) []field {
			v := any(i).(T)
			return P(&v).fields()
		},
		own: func(i I) I {
			if p, ok := any(i).(*T); ok {
				i = any(*p).(I)
			}
			return cloned(i)
		},
	}
}

// cloner is implemented by struct types that hold pointers or slices, which must
// not be shared with callers. The others are copied by being values.
type cloner[I any] interface{ clone() I }

// cloned returns a value that shares no memory a caller could write to.
func cloned[I any](i I) I {
	if c, ok := any(i).(cloner[I]); ok {
		return c.clone()
	}
	return i
}

// copyOf returns a pointer to a copy of what p points to, nil for nil.
func copyOf[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}
