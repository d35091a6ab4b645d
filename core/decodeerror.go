package core

import "fmt"

// DecodeError says why a JSON form was refused (docs/contract.md 1.0). It quotes
// names of fields and variants, never payloads.
type DecodeError struct {
	// What was decoded: "work item" or "event".
	What string
	// Offset is the byte at which the fault was seen.
	Offset int
	// Msg says what is wrong there.
	Msg string
}

// Error returns "What: byte Offset: Msg".
func (e *DecodeError) Error() string {
	return fmt.Sprintf("%s: byte %d: %s", e.What, e.Offset, e.Msg)
}
