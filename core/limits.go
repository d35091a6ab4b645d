package core

import "math"

// Limits every provider keeps alike (design decision 2 and 3). Sizes are bytes.
const (
	MaxIDBytes      = 1024                  // instance ids and KV keys, at least 1
	MaxSessionBytes = 255                   // session and owner ids, at least 1
	MaxTagBytes     = 256                   // tags, which may be empty
	MaxPayloadBytes = 16 << 20              // one stored work item, event, output, status or value
	MaxCounter      = uint64(math.MaxInt64) // execution ids, event ids and versions
)
