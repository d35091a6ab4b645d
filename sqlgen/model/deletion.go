package model

import "strings"

func deletion() []Statement {
	pending := where(
		eq(col("m.parent_id"), row("instance")), eq(col("m.kind"), num(kindContext)),
		notExists(&Select{Items: list(one), From: from(table("instances", "i")),
			Where: where(eq(col("i.instance_id"), col("m.instance_id")))}),
	)
	statements := []Statement{
		define(Statement{
			Name: "delete.running", Field: "DeleteRunning",
			Purpose: "tells which instances are running.",
			Columns: texts("instance"),
			Output:  out("instance"),
			Body: &Select{
				Items: list(col("c.instance_id")),
				From: from(rows(), claimOf(row("instance")), current(),
					table("instances", "i", eq(col("i.instance_id"), row("instance")))),
				Where: where(eq(col("e.status"), str(statusRunning))),
			},
		}),
		define(Statement{
			Name: "delete.sessions", Field: "DeleteSessions",
			Purpose: "makes the next claim look at the sessions of the work to delete.",
			Columns: texts("instance"),
			Body: dirtySessions(&Select{
				From: from(rows(), table("work", "w", eq(col("w.instance_id"), row("instance")))),
			}),
		}),
		define(Statement{
			Name: "delete.pending_starts", Field: "DeletePendingStarts",
			Purpose: "deletes starts of children that have no record yet.",
			Columns: texts("instance"),
			Body:    &Delete{Table: "messages", Alias: "m", Where: pending},
		}),
		define(Statement{
			Name: "delete.pending_start_targets", Field: "PendingStartTargets",
			Purpose: "returns the instances of those starts.",
			Columns: texts("instance"),
			Output:  out("instance"),
			Body: &Select{Distinct: true, Items: list(col("m.instance_id")),
				From: from(rows(), table("messages", "m", pending...))},
		}),
	}
	for _, t := range []struct{ table, field string }{
		{"history", "DeleteHistory"}, {"executions", "DeleteExecutions"}, {"messages", "DeleteMessages"},
		{"work", "DeleteWork"}, {"kv", "DeleteKV"}, {"instances", "DeleteInstances"}, {"claims", "DeleteClaims"},
	} {
		statements = append(statements, define(Statement{
			Name: "delete." + t.table, Field: t.field,
			Purpose: "deletes what instances have in " + t.table + ".",
			Columns: texts("instance"),
			Body: &Delete{Table: t.table, Alias: strings.ToLower(t.table[:1]),
				Where: where(eq(col(t.table[:1]+".instance_id"), row("instance")))},
		}))
	}
	return statements
}

// ended joins the current execution of c when it was closed before the cutoff.
var before = lt(col("e.completed_at"), scalar("before"))

// deletable are roots that ended before the cutoff.
func deletable(each ...Source) *Select {
	return &Select{
		Items: list(col("i.instance_id")),
		From:  append(each, table("instances", "i", eq(col("i.instance_id"), col("c.instance_id")))),
		Where: where(
			or(eq(col("e.status"), str(statusCompleted)), eq(col("e.status"), str(statusFailed))), before,
			or(isNull(col("i.parent_id")), notExists(&Select{Items: list(one), From: from(table("instances", "p")),
				Where: where(eq(col("p.instance_id"), col("i.parent_id")))})),
		),
		OrderBy: by(col("e.completed_at"), col("i.instance_id")), Limit: scalar("limit"),
	}
}

// prunable are instances whose current execution ended before the cutoff.
func prunable(each ...Source) *Select {
	return &Select{
		Items:   list(col("i.instance_id")),
		From:    append(each, optional(claimOf(col("i.instance_id"))), optional(current())),
		Where:   where(or(ge(scalar("before"), never), before)),
		OrderBy: by(col("i.instance_id")), Limit: scalar("limit"),
	}
}

func bulk() []Statement {
	ofExecution := where(eq(col("c.instance_id"), col("e.instance_id")), eq(pointer(), col("e.execution_id")))
	return append([]Statement{
		define(Statement{
			Name: "bulk.deletable", Field: "BulkDeletable",
			Purpose: "returns ended roots, those that ended first.",
			Scalars: ints("before", "limit"),
			Output:  out("instance"),
			Body:    deletable(table("executions", "e"), table("claims", "c", ofExecution...)),
		}),
		define(Statement{
			Name: "bulk.deletable_among", Field: "BulkDeletableAmong",
			Purpose: "returns ended roots among some instances, those that ended first.",
			Scalars: ints("before", "limit"), Columns: texts("instance"), Whole: true,
			Output: out("instance"),
			Body:   deletable(rows(), claimOf(row("instance")), current()),
		}),
		define(Statement{
			Name: "bulk.prunable", Field: "BulkPrunable",
			Purpose: "returns instances whose executions may be pruned.",
			Scalars: ints("before", "limit"),
			Output:  out("instance"),
			Body:    prunable(table("instances", "i")),
		}),
		define(Statement{
			Name: "bulk.prunable_among", Field: "BulkPrunableAmong",
			Purpose: "returns instances whose executions may be pruned, among some.",
			Scalars: ints("before", "limit"), Columns: texts("instance"), Whole: true,
			Output: out("instance"),
			Body:   prunable(rows(), table("instances", "i", eq(col("i.instance_id"), row("instance")))),
		}),
	}, pruning()...)
}

func pruning() []Statement {
	return []Statement{
		define(Statement{
			Name: "prune.candidates", Field: "Prunable",
			Purpose: "returns an instance's executions, the newest first.",
			Scalars: texts("instance"),
			Output:  out("execution", "status", "completed_at"),
			Body: &Select{
				Items:   list(col("e.execution_id"), col("e.status"), col("e.completed_at")),
				From:    from(table("executions", "e")),
				Where:   where(eq(col("e.instance_id"), scalar("instance"))),
				OrderBy: []Order{{Expr: col("e.execution_id"), Desc: true}},
			},
		}),
		prune("history", "h", "PruneHistory", "deletes the events of executions."),
		prune("executions", "e", "PruneExecutions", "deletes the records of executions."),
		define(Statement{
			Name: "prune.insert_execution", Field: "InsertExecution",
			Purpose: "stores records of completed executions; the pointers stay, as no method leaves them.",
			Scalars: ints("now"), Columns: in(texts("instance"), ints("execution")),
			Body: &Insert{
				Into: "executions",
				Values: set("instance_id", row("instance"), "execution_id", row("execution"),
					"status", str(statusCompleted), "started_at", scalar("now"), "completed_at", scalar("now")),
				From: from(rows()),
			},
		}),
		define(Statement{
			Name: "purge.parked", Field: "PurgeParked",
			Purpose: "deletes visible messages of instances without context.",
			Scalars: ints("now"),
			Body: &Delete{
				Table: "messages", Alias: "m",
				Pick: &Pick{Key: keys("instance_id"), Query: &Select{
					Items: list(col("c.instance_id")), From: from(table("claims", "c")),
					Where: where(eq(col("c.version_class"), num(classOrphan)),
						Exists{startWaits().(Exists).Query, true}),
					Lock: LockSkip,
				}},
				Where: where(le(col("m.visible_at"), scalar("now"))),
			},
		}),
	}
}

func prune(table, alias, field, purpose string) Statement {
	return define(Statement{
		Name: "prune." + table, Field: field, Purpose: purpose,
		Columns: in(texts("instance"), ints("execution")),
		Body: &Delete{Table: table, Alias: alias, Where: where(
			eq(col(alias+".instance_id"), row("instance")), eq(col(alias+".execution_id"), row("execution")),
		)},
	})
}
