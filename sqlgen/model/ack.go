package model

import (
	"slices"

	"github.com/durokit/duro/core/engine"
)

// Every statement of a turn's commit applies to active locks only, so that a
// member with a dead token changes nothing and the others go on.

func ack() []Statement {
	return slices.Concat(ackRecords(), ackKV(), ackWork(), []Statement{ackRelease()})
}

// ofLock are the inputs that say whose commit a row belongs to.
func ofLock(more ...[]Input) []Input {
	return slices.Concat(texts("instance"), byteses("token"), slices.Concat(more...))
}

// ofSource are those of rows that concern other instances.
func ofSource(more ...[]Input) []Input {
	return slices.Concat(texts("source"), byteses("token"), slices.Concat(more...))
}

// whereActive joins the row set with the claim rows that it may use.
func whereActive(id string) []Source {
	return from(rows(), table("claims", "c", active(id)...))
}

func ackRecords() []Statement {
	return []Statement{
		define(Statement{
			Name: "ack.messages", Field: "AckMessages",
			Purpose: "deletes the fetched messages.",
			Scalars: ints("now"), Columns: ofLock(),
			Body: &Delete{Table: "messages", Alias: "m", Where: where(
				eq(col("m.instance_id"), row("instance")), eq(col("m.token"), row("token")),
				le(col("m.visible_at"), scalar("now")), locked(active("instance")),
			)},
		}),
		define(Statement{
			Name: "ack.create_instance", Field: "AckCreateInstance",
			Purpose: "creates the instance record or renews its name, and fills in what it lacks.",
			Scalars: ints("now"), Columns: ofLock(byteses("name", "version"), texts("parent")),
			Body: &Insert{
				Into: "instances",
				Values: set("instance_id", row("instance"), "name", row("name"), "version", row("version"),
					"parent_id", row("parent"), "custom_status_version", zero,
					"created_at", scalar("now"), "updated_at", scalar("now")),
				From:     whereActive("instance"),
				Conflict: keys("instance_id"),
				Set: set("name", Excluded{"name"},
					"version", coalesce(Excluded{"version"}, col("instances.version")),
					"parent_id", coalesce(col("instances.parent_id"), Excluded{"parent_id"}),
					"updated_at", Excluded{"updated_at"}),
			},
		}),
		define(Statement{
			Name: "ack.touch_instance", Field: "AckTouchInstance",
			Purpose: "notes when the instance changed.",
			Scalars: ints("now"), Columns: ofLock(),
			Body: &Update{
				Table: "instances", Alias: "i",
				Set:   set("updated_at", scalar("now")),
				Where: where(eq(col("i.instance_id"), row("instance")), locked(active("instance"))),
			},
		}),
		define(Statement{
			Name: "ack.create_execution", Field: "AckCreateExecution",
			Purpose: "creates the execution record, running, if it is missing.",
			Scalars: ints("now"), Columns: ofLock(ints("execution")),
			Body: &Insert{
				Into: "executions",
				Values: set("instance_id", row("instance"), "execution_id", row("execution"),
					"status", str(statusRunning), "started_at", scalar("now")),
				From: whereActive("instance"), Conflict: keys("instance_id", "execution_id"),
			},
		}),
		define(Statement{
			Name: "ack.set_status", Field: "AckSetStatus",
			Purpose: "replaces the execution's status, output and completion time.",
			Scalars: ints("now"),
			Columns: ofLock(ints("execution"), texts("status"), byteses("output"), ints("completed_at")),
			Body: &Update{
				Table: "executions", Alias: "e",
				Set:   set("status", row("status"), "output", row("output"), "completed_at", row("completed_at")),
				Where: thisExecution(),
			},
		}),
		define(Statement{
			Name: "ack.pin", Field: "AckPin",
			Purpose: "stores the version the execution is pinned to.",
			Scalars: ints("now"), Columns: ofLock(ints("execution"), texts("pinned")),
			Body: &Update{
				Table: "executions", Alias: "e", Set: set("pinned", row("pinned")), Where: thisExecution(),
			},
		}),
		define(Statement{
			Name: "ack.insert_history", Field: "AckInsertHistory",
			Purpose: "appends the turn's events; a duplicate is a unique violation.",
			Scalars: ints("now"), Columns: ofLock(ints("execution", "event"), byteses("data")),
			Body: &Insert{
				Into: "history",
				Values: set("instance_id", row("instance"), "execution_id", row("execution"),
					"event_id", row("event"), "data", row("data")),
				From: whereActive("instance"),
			},
		}),
		define(Statement{
			Name: "ack.custom_status", Field: "AckCustomStatus",
			Purpose: "sets or clears the custom status.",
			Scalars: ints("now"), Columns: ofLock(byteses("status")),
			Body: &Update{
				Table: "instances", Alias: "i",
				Set: set("custom_status", row("status"),
					"custom_status_version", plus(col("i.custom_status_version"), one)),
				Where: where(eq(col("i.instance_id"), row("instance")), locked(active("instance"))),
			},
		}),
	}
}

// thisExecution is the execution of a turn whose lock is active.
func thisExecution() []Expr {
	return where(eq(col("e.instance_id"), row("instance")), eq(col("e.execution_id"), row("execution")),
		locked(active("instance")))
}

func ackRelease() Statement {
	moves := gt(row("execution"), col("c.execution_id"))
	context := or(eq(col("c.has_context"), one), eq(row("named"), one), gt(row("events"), zero))
	known := choose(eq(col("c.version_class"), num(classOrphan)), zero, col("c.version_class"))
	return define(Statement{
		Name: "ack.release", Field: "AckRelease",
		Purpose: "ends the lock and moves the pointer to the current execution.",
		Scalars: ints("now"), Columns: ofLock(ints("execution", "events", "named", "class")),
		Body: &Update{
			Table: "claims", Alias: "c",
			Set: set(
				"acked_token", row("token"),
				"token", Null{},
				"due", num(engine.Never),
				"event_count", choose(
					moves, stored(row("execution")),
					eq(row("execution"), col("c.execution_id")), plus(col("c.event_count"), row("events")),
					col("c.event_count")),
				"version_class", choose(
					context, choose(moves, coalesce(row("class"), zero), coalesce(row("class"), known)),
					num(classOrphan)),
				"has_context", choose(context, one, zero),
				"execution_id", greatest(col("c.execution_id"), row("execution")),
			),
			Where: active("instance"),
		},
	})
}
