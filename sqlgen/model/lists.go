package model

// current joins the record of c's current execution.
func current() Source {
	return table("executions", "e",
		eq(col("e.instance_id"), col("c.instance_id")), eq(col("e.execution_id"), pointer()))
}

func optional(s Source) Source {
	s.Left = true
	return s
}

func newestFirst() []Order {
	return []Order{{Expr: col("i.created_at"), Desc: true}, {Expr: col("i.instance_id")}}
}

func counted(from []Source, conditions ...Expr) Expr {
	return sub(&Select{Items: list(count()), From: from, Where: conditions})
}

func lists() []Statement {
	return append([]Statement{
		define(Statement{
			Name: "list.instances", Field: "ListInstances",
			Purpose: "returns all instances, the newest first.",
			Output:  out("instance"),
			Body: &Select{Items: list(col("i.instance_id")), From: from(table("instances", "i")),
				OrderBy: newestFirst()},
		}),
		define(Statement{
			Name: "list.by_status", Field: "ListByStatus",
			Purpose: "returns the instances whose current execution has a status, the newest first.",
			Scalars: texts("status"),
			Output:  out("instance"),
			Body: &Select{
				Items: list(col("i.instance_id")),
				From:  from(table("instances", "i"), claimOf(col("i.instance_id")), current()),
				Where: where(eq(col("e.status"), scalar("status"))), OrderBy: newestFirst(),
			},
		}),
		define(Statement{
			Name: "list.executions", Field: "ListExecutions",
			Purpose: "returns the executions of an instance.",
			Scalars: texts("instance"),
			Output:  out("execution"),
			Body: &Select{
				Items: list(col("e.execution_id")), From: from(table("executions", "e")),
				Where:   where(eq(col("e.instance_id"), scalar("instance"))),
				OrderBy: by(col("e.execution_id")),
			},
		}),
		define(Statement{
			Name: "info.instance", Field: "InstanceInfo",
			Purpose: "describes an instance.",
			Scalars: texts("instance"),
			Output:  out("name", "version", "execution_id", "status", "output", "created_at", "updated_at", "parent"),
			Body: &Select{
				Items: list(col("i.name"), col("i.version"), coalesce(pointer(), one), col("e.status"),
					col("e.output"), col("i.created_at"), col("i.updated_at"), col("i.parent_id")),
				From:  from(table("instances", "i"), optional(claimOf(col("i.instance_id"))), optional(current())),
				Where: where(eq(col("i.instance_id"), scalar("instance"))),
			},
		}),
		define(Statement{
			Name: "info.execution", Field: "ExecutionInfo",
			Purpose: "describes an execution.",
			Scalars: in(texts("instance"), ints("execution")),
			Output:  out("status", "output", "started_at", "completed_at", "event_count"),
			Body: &Select{
				Items: list(col("e.status"), col("e.output"), col("e.started_at"), col("e.completed_at"),
					counted(from(table("history", "h")), eq(col("h.instance_id"), col("e.instance_id")),
						eq(col("h.execution_id"), col("e.execution_id")))),
				From: from(table("executions", "e")),
				Where: where(eq(col("e.instance_id"), scalar("instance")),
					eq(col("e.execution_id"), scalar("execution"))),
			},
		}),
		metrics(), depths(),
	}, families()...)
}

func metrics() Statement {
	withStatus := func(status string) Expr {
		return counted(from(table("executions", "e"), table("instances", "i", eq(col("i.instance_id"), col("e.instance_id"))),
			table("claims", "c", eq(col("c.instance_id"), col("e.instance_id")), eq(pointer(), col("e.execution_id")))),
			eq(col("e.status"), str(status)))
	}
	return define(Statement{
		Name: "count.metrics", Field: "Metrics",
		Purpose: "counts what the store holds.",
		Output:  out("instances", "executions", "running", "completed", "failed", "events"),
		Body: &Select{Items: list(
			counted(from(table("instances", "i"))), counted(from(table("executions", "e"))),
			withStatus(statusRunning), withStatus(statusCompleted), withStatus(statusFailed),
			counted(from(table("history", "h"))),
		)},
	})
}

func depths() Statement {
	hasContext := or(ne(col("c.version_class"), num(classOrphan)), startWaits())
	ofQueue := func(conditions ...Expr) Expr {
		return counted(from(table("messages", "q"), claimOf(col("q.instance_id"))),
			append(where(hasContext), conditions...)...)
	}
	visible := le(col("q.visible_at"), scalar("now"))
	lock := and(notNull(col("c.token")), gt(col("c.due"), scalar("now")))
	noLock := or(isNull(col("c.token")), le(col("c.due"), scalar("now")))
	later := where(eq(col("w.route"), waiting), gt(col("w.due"), scalar("now")))
	ofWork := func(conditions ...Expr) Expr { return counted(from(table("work", "w")), conditions...) }
	return define(Statement{
		Name: "count.depths", Field: "Depths",
		Purpose: "counts what waits in the queues, and why.",
		Scalars: ints("now"),
		Output: out("orch_ready", "orch_delayed", "orch_locked", "parked", "work_ready", "work_delayed", "work_locked",
			"aside"),
		Body: &Select{Items: list(
			ofQueue(visible, noLock),
			counted(from(table("messages", "q")), gt(col("q.visible_at"), scalar("now"))),
			ofQueue(visible, lock),
			counted(from(table("messages", "q"), claimOf(col("q.instance_id"))),
				visible, eq(col("c.version_class"), num(classOrphan)), Exists{startWaits().(Exists).Query, true}),
			ofWork(or(ne(col("w.route"), waiting), le(col("w.due"), scalar("now")))),
			ofWork(append(later[:2:2], isNull(col("w.token")))...),
			ofWork(append(later[:2:2], notNull(col("w.token")))...),
			counted(from(table("aside", "a"))),
		)},
	})
}

func families() []Statement {
	return []Statement{
		define(Statement{
			Name: "family.children", Field: "Children",
			Purpose: "returns the direct children of parents with a record, the oldest first.",
			Columns: texts("instance"),
			Output:  out("parent", "instance"),
			Body: &Select{
				Items: list(col("i.parent_id"), col("i.instance_id")),
				From: from(rows(), table("instances", "p", eq(col("p.instance_id"), row("instance"))),
					table("instances", "i", eq(col("i.parent_id"), col("p.instance_id")))),
				OrderBy: by(col("i.created_at"), col("i.instance_id")),
			},
		}),
		define(Statement{
			Name: "family.parent", Field: "Parent",
			Purpose: "returns an instance's parent and whether that has a record.",
			Scalars: texts("instance"),
			Output:  out("parent", "parent_exists"),
			Body: &Select{
				Items: list(col("i.parent_id"), flag(notNull(col("p.instance_id")))),
				From:  from(table("instances", "i"), left("instances", "p", eq(col("p.instance_id"), col("i.parent_id")))),
				Where: where(eq(col("i.instance_id"), scalar("instance"))),
			},
		}),
	}
}
