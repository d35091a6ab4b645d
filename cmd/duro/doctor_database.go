package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
)

// examineDatabase makes the checks that need no engine, so that they are made
// also where the engine refuses the store. It fails when there is no database.
func (c *cli) examineDatabase(ctx context.Context, u *checkup, deep bool) error {
	t, known, err := c.existing()
	if err != nil {
		u.notOpened(c, err)
		return err
	}
	if !known || t.Memory {
		return nil // nothing is known about its database, or nothing is in it
	}
	err = t.Migrations(ctx, func(r *migrate.Runner) error {
		st, err := r.Status(ctx)
		if st == nil {
			return err // the database does not even answer
		}
		u.add(checkSchema(st, err))
		u.add(checkSettings(ctx, r.Session, t.settings))
		if t.quick != "" {
			u.add(checkIntegrity(ctx, r.Session, t, deep))
		}
		return nil
	})
	if err != nil {
		err = notOpened(t.url, true, err)
		u.notOpened(c, err)
	}
	return err
}

func checkSchema(st *migrate.Status, err error) check {
	k := check{Name: "schema", Result: checkOK, Detail: fmt.Sprintf("version %d", st.Current)}
	switch {
	case err != nil:
		k.Result, k.Detail, k.Advice = checkFail, message(err), adviceOpen(err)
	case len(st.Pending) > 0:
		k.Result, k.Advice = checkFail, "duro migrate up; duro migrate print shows what it does"
		k.Detail += fmt.Sprintf(", this program needs %d", st.Latest)
	}
	return k
}

func checkSettings(ctx context.Context, session migrate.Session, settings []setting) check {
	const name = "settings"
	var parts []string
	for _, s := range settings {
		rows, err := session.Query(ctx, s.query)
		if err != nil {
			return broken(name, err)
		}
		for _, row := range rows {
			parts = append(parts, s.name+" "+engineText(row[len(row)-1]))
		}
	}
	return check{Name: name, Result: checkOK, Detail: strings.Join(parts, ", ")}
}

func checkIntegrity(ctx context.Context, session migrate.Session, t *target, deep bool) check {
	const name = "integrity"
	query := t.quick
	if deep {
		query = t.deep
	}
	rows, err := session.Query(ctx, query)
	var findings []string
	for _, row := range rows {
		if text := engine.Row(row).Text(0); text != "ok" {
			findings = append(findings, text)
		}
	}
	return found(name, findings, err, "the database finds nothing wrong with itself",
		"stop what uses the store, keep a copy, restore a backup")
}

// engineText spells a value of a statement's result.
func engineText(v any) string {
	if b, ok := v.([]byte); ok {
		return string(b)
	}
	return fmt.Sprint(v)
}
