package testservers

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/url"
	"testing"
)

// Place is a schema or database of one test's own, with a client in it.
type Place struct {
	Name string
	// URL leads to the server and there.
	URL string
	// DB is a client there, Outside one of the same server that is not.
	DB, Outside *sql.DB
}

// NewPlace makes a place on the server at an address. It ends with the test.
func NewPlace(tb testing.TB, kind, address string) *Place {
	tb.Helper()
	k, err := Lookup(kind)
	if err != nil {
		tb.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		tb.Fatalf("the address of the %s is no URL", k.Title) // it may hold a password
	}
	root := openPool(tb, k, address)
	p := &Place{Name: fmt.Sprintf("duro_%x", rand.Uint64()), Outside: root}
	if _, err := root.ExecContext(tb.Context(), "CREATE "+k.Place.Word+" "+p.Name); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { // a server that has ended takes it along
		_, _ = root.ExecContext(context.Background(), "DROP "+k.Place.Word+" "+p.Name+k.Place.Drop)
	})
	k.Place.Into(u, p.Name)
	p.URL = u.String()
	p.DB = openPool(tb, k, p.URL)
	return p
}

func openPool(tb testing.TB, k Kind, address string) *sql.DB {
	tb.Helper()
	db, err := k.Place.Pool(address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	return db
}
