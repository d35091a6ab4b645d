package core

import (
	"fmt"
	"strings"
	"testing"
)

// benchEvent returns an event of about size bytes, whose payload is JSON text
// as in practice, or plain text without a single escape.
func benchEvent(size int, escaped bool) []byte {
	unit := `plain text of an input, `
	if escaped {
		unit = `{"amount":12,"currency":"EUR"},`
	}
	result := strings.Repeat(unit, max(1, (size-170)/len(unit)))
	source := uint64(2)
	h := EventHeader{3, &source, "order-4711", 1, 1700000000500, "0.1.26"}
	return []byte(NewEvent(h, ActivityCompletedEvent{Result: result}).Raw())
}

func BenchmarkDecodeEvent(b *testing.B) {
	for _, size := range []int{200, 1 << 20, 16 << 20} {
		for _, escaped := range []bool{false, true} {
			raw := benchEvent(size, escaped)
			b.Run(fmt.Sprintf("size=%d/escaped=%t", size, escaped), func(b *testing.B) {
				b.SetBytes(int64(len(raw)))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := DecodeEvent(raw); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkDecodeWorkItem(b *testing.B) {
	raw := []byte(`{"ActivityExecute":{"instance":"order-4711","execution_id":1,"id":2,"name":"charge","input":"{\"amount\":12}"}}`)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeWorkItem(raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNewEvent(b *testing.B) {
	for _, size := range []int{200, 1 << 20} {
		e, err := DecodeEvent(benchEvent(size, true))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("size=%d", size), func(b *testing.B) {
			h, p := e.Header(), e.Payload()
			b.SetBytes(int64(len(e.Raw())))
			b.ReportAllocs()
			for b.Loop() {
				NewEvent(h, p)
			}
		})
	}
}
