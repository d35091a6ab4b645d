package model

import "github.com/durokit/duro/core/engine"

// look reads one index entry for each thing that somebody waits for.
func look() []Statement {
	first := func(due string, tables []Source, conditions ...Expr) Expr {
		return sub(&Select{
			Items: list(col(due)), From: tables, Where: append(conditions, lt(col(due), never)),
			OrderBy: by(col(due)), Limit: one,
		})
	}
	is := func(kind int64) Expr { return eq(row("kind"), num(kind)) }
	due := choose(
		is(engine.LookInstances), first("c.due", from(table("claims", "c")), eq(col("c.version_class"), row("class"))),
		is(engine.LookWork), first("w.due", from(table("work", "w")), eq(col("w.route"), row("class"))),
		is(engine.LookSessions), first("s.due", from(table("sessions", "s"))),
		is(engine.LookOwned), sub(&Select{ // ready is due 0: any row will do
			Items: list(col("w.due")),
			From:  from(table("sessions", "s"), table("work", "w", ready("w", col("s.route"))...)),
			Where: where(eq(col("s.owner"), row("owner")), gt(col("s.locked_until"), scalar("now"))), Limit: one,
		}),
		counted(from(table("classes", "t"))))
	return []Statement{define(Statement{
		Name: "look.due", Field: "LookDue",
		Purpose: "returns when what waiting fetches are after becomes claimable, for both queues.",
		Scalars: ints("now"), Columns: in(ints("ref", "kind", "class"), texts("owner")), Whole: true,
		Output: out("ref", "due"),
		Body: &Select{
			Items: list(col("p.ref"), col("p.due")),
			From: from(query(&Select{
				Items: []Item{{row("ref"), "ref"}, {due, "due"}}, From: from(rows()),
			})),
			Where: where(notNull(col("p.due"))),
		},
	})}
}
