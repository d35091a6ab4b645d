//go:build !cgo

package sqldb_test

func cgoDrivers() []testDriver { return nil }
