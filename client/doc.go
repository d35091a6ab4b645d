// Package client is what applications call to start, signal, watch and manage
// durable orchestrations (docs/contract.md A7). A Client talks to a core.Provider only:
// it needs no runtime in its process, holds no state of its own, and may be used
// by many goroutines.
//
// Control calls (Start, RaiseEvent, EnqueueEvent, Cancel) store one message and
// return when it is stored. They do not look whether the instance exists: a
// message that comes before its instance waits for it, except one sent by
// EnqueueEvent, which a store may drop.
package client
