package model

// live says that a key has a value: the delta's, or else the store's.
func live() Expr {
	return or(eq(col("k.delta_state"), num(deltaSet)),
		and(eq(col("k.delta_state"), num(deltaNone)), notNull(col("k.store_value"))))
}

func liveValue() Expr {
	return choose(eq(col("k.delta_state"), num(deltaSet)), col("k.delta_value"), col("k.store_value"))
}

// ofCurrent joins the history of c's current execution.
func ofCurrent(alias string, more ...Expr) Source {
	return table("history", alias, append(where(eq(col(alias+".instance_id"), col("c.instance_id")),
		eq(col(alias+".execution_id"), pointer())), more...)...)
}

func claimOf(instance Expr) Source {
	return table("claims", "c", eq(col("c.instance_id"), instance))
}

func reads() []Statement {
	ofInstance := func(alias string, more ...Expr) []Expr {
		return append(where(eq(col(alias+".instance_id"), scalar("instance"))), more...)
	}
	return []Statement{
		define(Statement{
			Name: "read.position", Field: "ReadPosition",
			Purpose: "tells which history an instance is at.",
			Scalars: texts("instance"),
			Output:  out("execution_id", "event_count", "incarnation"),
			Body: &Select{
				Items: list(col("c.execution_id"), col("c.event_count"), col("c.incarnation")),
				From:  from(table("claims", "c")), Where: ofInstance("c"),
			},
		}),
		define(Statement{
			Name: "read.history", Field: "ReadHistory",
			Purpose: "returns the events of one execution.",
			Scalars: in(texts("instance"), ints("execution")),
			Output:  out("event_id", "data"),
			Body: &Select{
				Items:   list(col("h.event_id"), col("h.data")),
				From:    from(table("history", "h")),
				Where:   ofInstance("h", eq(col("h.execution_id"), scalar("execution"))),
				OrderBy: by(col("h.event_id")),
			},
		}),
		define(Statement{
			Name: "read.custom_status", Field: "ReadCustomStatus",
			Purpose: "returns the custom status.",
			Scalars: texts("instance"),
			Output:  out("status", "version"),
			Body: &Select{
				Items: list(col("i.custom_status"), col("i.custom_status_version")),
				From:  from(table("instances", "i")), Where: ofInstance("i"),
			},
		}),
		define(Statement{
			Name: "read.kv_value", Field: "ReadKVValue",
			Purpose: "returns the value of a key that has one.",
			Scalars: texts("instance", "key"),
			Output:  out("value"),
			Body: &Select{
				Items: list(liveValue()), From: from(table("kv", "k")),
				Where: ofInstance("k", eq(col("k.kv_key"), scalar("key")), live()),
			},
		}),
		define(Statement{
			Name: "read.kv_all", Field: "ReadKVAll",
			Purpose: "returns all keys that have a value.",
			Scalars: texts("instance"),
			Output:  out("key", "value"),
			Body: &Select{
				Items: list(col("k.kv_key"), liveValue()), From: from(table("kv", "k")),
				Where: ofInstance("k", live()), OrderBy: by(col("k.kv_key")),
			},
		}),
		readStats(),
		define(Statement{
			Name: "read.first_event", Field: "ReadFirstEvent",
			Purpose: "returns the event that started the current execution.",
			Scalars: texts("instance"),
			Output:  out("data"),
			Body: &Select{
				Items: list(col("h.data")),
				From:  from(table("claims", "c"), ofCurrent("h", eq(col("h.event_id"), one))),
				Where: ofInstance("c"),
			},
		}),
		define(Statement{
			Name: "append.history", Field: "AppendHistory",
			Purpose: "appends events behind the engine's back; a duplicate is a unique violation.",
			Columns: in(texts("instance"), ints("execution", "event"), byteses("data")),
			Body: &Insert{
				Into: "history",
				Values: set("instance_id", row("instance"), "execution_id", row("execution"),
					"event_id", row("event"), "data", row("data")),
				From: from(rows()),
			},
		}),
		define(Statement{
			Name: "append.touch", Field: "AppendTouch",
			Purpose: "makes every process forget the history it holds of an instance.",
			Scalars: in(texts("instance"), ints("incarnation")),
			Body: &Update{
				Table: "claims", Alias: "c",
				Set: set("incarnation", scalar("incarnation"), "has_context", one,
					"version_class", choose(eq(col("c.version_class"), num(classOrphan)), zero, col("c.version_class")),
					"event_count", stored(pointer())),
				Where: ofInstance("c"),
			},
		}),
	}
}

func readStats() Statement {
	ofHistory := func(item Expr) Expr {
		return sub(&Select{Items: list(item), From: from(table("history", "h")), Where: where(
			eq(col("h.instance_id"), col("i.instance_id")), eq(col("h.execution_id"), coalesce(pointer(), one)))})
	}
	ofKeys := func(item Expr) Expr {
		return sub(&Select{Items: list(item), From: from(table("kv", "k")), Where: where(
			eq(col("k.instance_id"), col("i.instance_id")), live())})
	}
	return define(Statement{
		Name: "read.stats", Field: "ReadStats",
		Purpose: "counts the current history and the live keys of an instance.",
		Scalars: texts("instance"),
		Output:  out("events", "event_bytes", "keys", "value_bytes"),
		Body: &Select{
			Items: list(
				ofHistory(count()), asInt(coalesce(ofHistory(sum(length(col("h.data")))), zero)),
				ofKeys(count()), asInt(coalesce(ofKeys(sum(length(liveValue()))), zero)),
			),
			From:  from(table("instances", "i"), left("claims", "c", eq(col("c.instance_id"), col("i.instance_id")))),
			Where: where(eq(col("i.instance_id"), scalar("instance"))),
		},
	})
}
