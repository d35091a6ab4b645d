package model

func ackKV() []Statement {
	ofInstance := where(eq(col("k.instance_id"), row("instance")), locked(active("instance")))
	return []Statement{
		define(Statement{
			Name: "ack.clear_kv", Field: "AckClearKV",
			Purpose: "turns every key of the instance into a tombstone.",
			Scalars: ints("now"), Columns: ofLock(),
			Body: &Update{
				Table: "kv", Alias: "k",
				Set:   set("delta_state", num(deltaTombstone), "delta_value", Null{}, "delta_at", scalar("now")),
				Where: ofInstance,
			},
		}),
		define(Statement{
			Name: "ack.put_kv", Field: "AckPutKV",
			Purpose: "changes keys in the delta of the execution.",
			Scalars: ints("now"),
			Columns: ofLock(texts("key"), byteses("value"), ints("updated_at", "state")),
			Body: &Insert{
				Into: "kv",
				Values: set("instance_id", row("instance"), "kv_key", row("key"), "store_at", zero,
					"delta_state", row("state"), "delta_value", row("value"), "delta_at", row("updated_at")),
				From:     whereActive("instance"),
				Conflict: keys("instance_id", "kv_key"),
				Set: set("delta_state", Excluded{"delta_state"}, "delta_value", Excluded{"delta_value"},
					"delta_at", Excluded{"delta_at"}),
			},
		}),
		define(Statement{
			Name: "ack.merge_kv_drop", Field: "AckMergeKVDrop",
			Purpose: "deletes the keys that the execution cleared.",
			Scalars: ints("now"), Columns: ofLock(),
			Body: &Delete{Table: "kv", Alias: "k",
				Where: append(where(eq(col("k.delta_state"), num(deltaTombstone))), ofInstance...)},
		}),
		define(Statement{
			Name: "ack.merge_kv_keep", Field: "AckMergeKVKeep",
			Purpose: "moves the values that the execution set into the store.",
			Scalars: ints("now"), Columns: ofLock(),
			Body: &Update{
				Table: "kv", Alias: "k",
				Set: set("store_value", col("k.delta_value"), "store_at", col("k.delta_at"),
					"delta_state", num(deltaNone), "delta_value", Null{}, "delta_at", zero),
				Where: append(where(eq(col("k.delta_state"), num(deltaSet))), ofInstance...),
			},
		}),
	}
}

func ackWork() []Statement {
	cancelled := []Input{{Name: "execution"}, {Name: "activity"}}
	return []Statement{
		define(Statement{
			Name: "ack.insert_work", Field: "AckInsertWork",
			Purpose: "appends the turn's activities.",
			Scalars: ints("now"), Columns: ofSource(workInputs()),
			Body: &Insert{Into: "work", Values: newWork(), From: whereActive("source"), Ordered: true},
		}),
		define(Statement{
			Name: "ack.cancel_sessions", Field: "AckCancelSessions",
			Purpose: "makes the next claim look at the sessions of the activities to cancel.",
			Scalars: ints("now"), Columns: ofSource(texts("instance"), cancelled),
			Body: dirtySessions(&Select{
				From: append(whereActive("source"), table("work", "w", activity()...)),
			}),
		}),
		define(Statement{
			Name: "ack.cancel_work", Field: "AckCancelWork",
			Purpose: "deletes cancelled activities, locked or not.",
			Scalars: ints("now"), Columns: ofSource(texts("instance"), cancelled),
			Body: &Delete{Table: "work", Alias: "w", Where: append(activity(), locked(active("source")))},
		}),
		define(Statement{
			Name: "ack.insert_messages", Field: "AckInsertMessages",
			Purpose: "appends the turn's messages.",
			Scalars: ints("now"),
			Columns: ofSource(texts("instance"), ints("kind", "visible_at"), texts("parent_id"), byteses("item")),
			Body: &Insert{Into: "messages", Values: newMessage(row("parent_id")),
				From: whereActive("source"), Ordered: true},
		}),
	}
}

func activity() []Expr {
	return where(eq(col("w.instance_id"), row("instance")), eq(col("w.execution_id"), row("execution")),
		eq(col("w.activity_id"), row("activity")))
}
