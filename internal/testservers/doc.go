// Package testservers gives tests real database servers.
//
// One run of the tests uses one server of each kind; tests keep apart by
// schema or database inside it. The command in cmd/with-servers finds or starts
// the servers, tells their addresses to the command it runs through environment
// variables such as DURO_TEST_POSTGRES, and stops them when that command has
// ended. Tests ask for an address with [URL].
//
// # Where a server comes from
//
// The sources are tried in this order, or in that of DURO_TEST_SOURCES:
//
//   - env: the server whose address stands in the variable already. It is used
//     as it is and never stopped.
//   - local: programs installed on this machine, in PATH or where the
//     distribution puts them.
//   - docker: the official image, when a Docker engine answers.
//   - debian: the distribution's own packages, fetched by apt-get as any user and
//     unpacked, not installed, into a cache folder. MySQL is in no release of
//     Debian and comes from its unstable suite.
//
// Any version will do, unless DURO_TEST_SERVERS names one, as in postgres:17: then
// local programs must be of it, and it chooses the image's tag and Debian's suite.
// The versions that tests run against are the Releases of each [Kind].
//
// What is done is said on standard error. A server that cannot be had is named
// there, with the reason each source gave; the run fails for it only when
// DURO_TEST_REQUIRE, a comma-separated list of kinds and versions, names it.
//
// A test that must end a server, or let it run out of something, has one of its
// own from [StartPrivate], made of local programs or Debian's packages.
//
// # Nothing is left behind
//
// Servers are children of a [Supervisor], a process of its own that holds the
// reading end of a pipe. When the runner ends, in whatever way, the pipe closes,
// and the supervisor stops the servers and removes their folders. When the
// supervisor itself is killed, the kernel signals the servers (on Linux), and
// the runner removes the folders. Processes are ended by their id, never by
// name.
//
// Servers listen on the loopback interface only, with a random password. A run
// by root gives them to the user nobody: no database server agrees to run as
// root, and none should.
package testservers
