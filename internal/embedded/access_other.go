//go:build !unix

package embedded

// access knows nothing of access lists; the database will say.
func access(string) error { return nil }
