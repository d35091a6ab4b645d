// Package wire is what both ends of the plugin protocol share: the limits of
// messages, how errors cross, and how the contract's values look on the way.
// docs/protocol.md describes the same for people without Go.
package wire
