package wire

import (
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/durokit/duro/core"
)

// Duration encodes d. Zero is left out.
func Duration(d time.Duration) *durationpb.Duration {
	if d == 0 {
		return nil
	}
	return durationpb.New(d)
}

// Events encodes a history.
func Events(events []core.Event) [][]byte {
	out := make([][]byte, len(events))
	for i, e := range events {
		out[i] = []byte(e.Raw())
	}
	return out
}

// ParseEvents decodes a history. It is empty, and not nil, without events.
func ParseEvents(raw [][]byte) ([]core.Event, error) {
	out := make([]core.Event, len(raw))
	for i, r := range raw {
		var err error
		if out[i], err = core.DecodeEvent(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Items encodes messages or activities.
func Items(items []core.WorkItem) [][]byte {
	out := make([][]byte, len(items))
	for i, w := range items {
		out[i] = []byte(w.Raw())
	}
	return out
}

// ParseItems decodes messages or activities.
func ParseItems(raw [][]byte) ([]core.WorkItem, error) {
	out := make([]core.WorkItem, len(raw))
	for i, r := range raw {
		var err error
		if out[i], err = core.DecodeWorkItem(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Text encodes a text that may be absent. Payloads are bytes on the wire.
func Text(s *string) []byte {
	if s == nil {
		return nil
	}
	return append(make([]byte, 0, len(*s)), *s...) // not nil: an empty text is there
}

// ParseText is the inverse of Text.
func ParseText(raw []byte) *string {
	if raw == nil {
		return nil
	}
	s := string(raw)
	return &s
}
