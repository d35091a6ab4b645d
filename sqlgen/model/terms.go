package model

import "github.com/durokit/duro/core/engine"

// Values the engine stores; engine.Statements explains them.
const (
	kindContext = 1 // messages that bring context
	kindQueue   = 2 // messages dropped when alone without context

	classOrphan = -1

	deltaNone      = 0
	deltaSet       = 1
	deltaTombstone = 2

	statusRunning   = "Running"
	statusCompleted = "Completed"
	statusFailed    = "Failed"
)

var (
	never     = num(engine.Never)
	waiting   = num(engine.RouteWaiting)
	routeFree = num(engine.RouteFree)
	zero      = num(0)
	one       = num(1)
)

// held says that the claim row carries the row's token, active also that its
// deadline has not passed. id is the input that names the claim row.
func held(id string) []Expr {
	return where(eq(col("c.instance_id"), row(id)), eq(col("c.token"), row("token")))
}

func active(id string) []Expr {
	return append(held(id), gt(col("c.due"), scalar("now")))
}

// locked is a condition for statements whose target is another table.
func locked(guard []Expr) Expr {
	return exists(&Select{Items: list(one), From: from(table("claims", "c")), Where: guard})
}

// marked says that c was marked by this claim, by way of its index.
func marked(class Expr) []Expr {
	return where(
		eq(col("c.version_class"), class), eq(col("c.due"), scalar("lock_until")), eq(col("c.token"), scalar("nonce")),
	)
}

// pointer is the current execution of c: 1 when there is none yet.
func pointer() Expr { return greatest(col("c.execution_id"), one) }

// earliest is when the first message of c that satisfies the conditions becomes
// visible.
func earliest(conditions ...Expr) Expr { return earliestOf(col("c.instance_id"), conditions...) }

// earliestOf is that of an instance. ORDER BY and LIMIT make every database read
// one index entry.
func earliestOf(instance Expr, conditions ...Expr) Expr {
	return coalesce(sub(&Select{
		Items:   list(col("m.visible_at")),
		From:    from(table("messages", "m")),
		Where:   append(where(eq(col("m.instance_id"), instance)), conditions...),
		OrderBy: by(col("m.visible_at")),
		Limit:   one,
	}), never)
}

// startWaits says that a visible message brings context to c.
func startWaits() Expr {
	return exists(&Select{Items: list(one), From: from(table("messages", "m")), Where: where(
		eq(col("m.instance_id"), col("c.instance_id")), le(col("m.visible_at"), scalar("now")),
		eq(col("m.kind"), num(kindContext)),
	)})
}

// stored counts the events of an execution of c.
func stored(execution Expr) Expr {
	return sub(&Select{Items: list(count()), From: from(table("history", "h")), Where: where(
		eq(col("h.instance_id"), col("c.instance_id")), eq(col("h.execution_id"), execution),
	)})
}
