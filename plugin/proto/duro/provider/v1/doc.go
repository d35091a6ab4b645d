// Package providerv1 is the protocol between a host and a provider that runs
// elsewhere, as a child process or at an address, in its first major version.
// docs/protocol.md explains it.
package providerv1
