// Package harness carries the conformance suite's harness across the plugin protocol:
// Serve offers a factory of stores to the other side, and Factory is such a factory
// there. It is for tests only: whoever can reach it can make, corrupt and drop stores.
package harness
