package testservers

import "os"

// TB is the part of testing.TB that [URL] needs.
type TB interface {
	Helper()
	Skipf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// URL returns the address of the run's server of that kind. Without one the test
// is skipped, or fails where DURO_TEST_REQUIRE names the kind.
func URL(tb TB, name string) string {
	tb.Helper()
	kind := ofRun(tb, name)
	address := os.Getenv(kind.Env)
	if address == "" {
		lacking(tb, kind, "set "+kind.Env+", or let `make test` find one")
	}
	return address
}
