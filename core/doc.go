// Package core is the contract between an orchestration runtime and the store
// under it: the Provider a runtime calls while it works, the ProviderAdmin an
// operator calls beside it, the WorkItem and Event values that cross between
// them, and the one error type everything returns.
//
// The package imports the standard library only and knows no database. Section
// numbers in its comments (for example "contract 2.2") refer to docs/contract.md.
//
// Every method of Provider and ProviderAdmin is safe for concurrent use by many
// goroutines and many processes over one store. Each is one atomic unit: after
// an error nothing it did is visible. All instants are milliseconds since the
// Unix epoch by the store's one clock.
package core
