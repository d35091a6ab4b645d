package engine

import (
	"errors"
	"strings"
	"testing"

	"github.com/durokit/duro/core"
)

func TestWithPrefixBindsStatementsAndMigrations(t *testing.T) {
	d := Dialect{Name: "x"}
	d.Statements.ClaimsLock = Statement{Name: "claims.lock", Forms: []Form{
		{Rows: 4, SQL: `UPDATE "§claims" SET a=1`}, {Rows: 1, SQL: `DELETE FROM "§claims" WHERE x IN (SELECT y FROM "§work")`},
	}}
	d.Statements.CheckLocks = Statement{Forms: []Form{{SQL: `SELECT 1 FROM "§work"`}}}
	d.Migrations = []Migration{{Version: 1, Up: []string{`CREATE TABLE "§claims"(a)`}, Down: []string{`DROP TABLE "§claims"`}}}

	got, err := d.WithPrefix("a_")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{
		{got.Statements.ClaimsLock.Forms[0].SQL, `UPDATE "a_claims" SET a=1`},
		{got.Statements.ClaimsLock.Forms[1].SQL, `DELETE FROM "a_claims" WHERE x IN (SELECT y FROM "a_work")`},
		{got.Statements.CheckLocks.Forms[0].SQL, `SELECT 1 FROM "a_work"`},
		{got.Migrations[0].Up[0], `CREATE TABLE "a_claims"(a)`},
		{got.Migrations[0].Down[0], `DROP TABLE "a_claims"`},
	} {
		if c[0] != c[1] {
			t.Errorf("got %s, want %s", c[0], c[1])
		}
	}
	if d.Statements.ClaimsLock.Forms[0].SQL != `UPDATE "§claims" SET a=1` || d.Migrations[0].Up[0] != `CREATE TABLE "§claims"(a)` {
		t.Error("the original dialect was changed: two prefixes in one process would mix")
	}
}

func TestWithPrefixRefuses(t *testing.T) {
	for _, prefix := range []string{"A_", "a-b", "a b", `a"`, "é", strings.Repeat("a", 33), "a;"} {
		if _, err := (Dialect{}).WithPrefix(prefix); !errors.Is(err, core.ErrInvalidArgument) {
			t.Errorf("prefix %q: %v, want invalid argument", prefix, err)
		}
	}
	for _, prefix := range []string{"", "duro_", "9", strings.Repeat("z", 32)} {
		if _, err := (Dialect{}).WithPrefix(prefix); err != nil {
			t.Errorf("prefix %q: %v", prefix, err)
		}
	}
}
