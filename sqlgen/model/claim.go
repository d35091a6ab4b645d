package model

import "github.com/durokit/duro/core/engine"

// marks are the inputs by which later statements of a claim find its rows.
func marks() []Input { return in(ints("lock_until"), byteses("nonce")) }

// ofMarked are the marked claim rows.
func ofMarked(more ...Source) []Source {
	return append(from(rows(), table("claims", "c", marked(row("class"))...)), more...)
}

func claim() []Statement {
	return []Statement{
		define(Statement{
			Name: "claim.mark", Field: "ClaimMark",
			Purpose: "locks the oldest due instances of some version classes.",
			Scalars: in(ints("now"), marks(), ints("limit", "holder")), Columns: ints("class"), Whole: true,
			Body: &Update{
				Table: "claims", Alias: "c",
				Set: set("token", scalar("nonce"), "due", scalar("lock_until"),
					"prev_holder", col("c.holder"), "holder", scalar("holder")),
				Pick: &Pick{Key: keys("instance_id"), Query: &PerClass{
					Table: "claims", Key: "instance_id", Order: keys("due", "seq"), Limit: scalar("limit"),
					Branches: []Branch{{
						Each:  from(rows()),
						Match: where(eq(col("x.version_class"), row("class")), le(col("x.due"), scalar("now"))),
					}},
				}},
			},
		}),
		define(Statement{
			Name: "claim.tag", Field: "ClaimTag",
			Purpose: "tags the visible messages of the marked instances and counts the attempt.",
			Scalars: in(ints("now"), marks()), Columns: ints("class"), Whole: true,
			Body: &Update{
				Table: "messages", Alias: "m",
				Set: set("token", scalar("nonce"), "attempts", plus(col("m.attempts"), one)),
				Pick: &Pick{Key: keys("instance_id"), Query: &Select{
					Items: list(col("c.instance_id")), From: ofMarked(),
				}},
				Where: where(le(col("m.visible_at"), scalar("now"))),
			},
		}),
		define(Statement{
			Name: "claim.items", Field: "ClaimItems",
			Purpose: "returns the marked instances with their records.",
			Scalars: marks(), Columns: ints("class"), Whole: true,
			Output: out("instance", "execution_id", "event_count", "incarnation", "prev_holder", "has_record",
				"name", "version"),
			Body: &Select{
				Items: list(col("c.instance_id"), col("c.execution_id"), col("c.event_count"), col("c.incarnation"),
					col("c.prev_holder"), flag(notNull(col("i.instance_id"))), col("i.name"), col("i.version")),
				From: ofMarked(left("instances", "i", eq(col("i.instance_id"), col("c.instance_id")))),
			},
		}),
		define(Statement{
			Name: "claim.messages", Field: "ClaimMessages",
			Purpose: "returns the tagged messages, in order.",
			Scalars: in(ints("now"), marks()), Columns: ints("class"), Whole: true,
			Output: out("instance", "id", "attempts", "item"),
			Body: &Select{
				Items: list(col("m.instance_id"), col("m.id"), col("m.attempts"), col("m.item")),
				From: ofMarked(table("messages", "m", eq(col("m.instance_id"), col("c.instance_id")),
					le(col("m.visible_at"), scalar("now")), eq(col("m.token"), scalar("nonce")))),
				OrderBy: by(col("m.instance_id"), col("m.id")),
			},
		}),
		define(Statement{
			Name: "claim.history", Field: "ClaimHistory",
			Purpose: "returns the history of the marked instances that somebody else held before.",
			Scalars: in(marks(), ints("holder")), Columns: ints("class"), Whole: true,
			Output: out("instance", "event_id", "data"),
			Body: &Select{
				Items: list(col("h.instance_id"), col("h.event_id"), col("h.data")),
				From: ofMarked(table("history", "h",
					eq(col("h.instance_id"), col("c.instance_id")), eq(col("h.execution_id"), pointer()))),
				Where:   where(ne(col("c.prev_holder"), scalar("holder"))),
				OrderBy: by(col("h.instance_id"), col("h.event_id")),
			},
		}),
		define(Statement{
			Name: "claim.kv", Field: "ClaimKV",
			Purpose: "returns the stored keys of the marked instances, without the delta.",
			Scalars: marks(), Columns: ints("class"), Whole: true,
			Output: out("instance", "key", "value", "updated_at"),
			Body: &Select{
				Items: list(col("k.instance_id"), col("k.kv_key"), col("k.store_value"), col("k.store_at")),
				From:  ofMarked(table("kv", "k", eq(col("k.instance_id"), col("c.instance_id")))),
				Where: where(notNull(col("k.store_value"))),
			},
		}),
		claimHorizon(),
	}
}

// claimHorizon reads one index entry for each class.
func claimHorizon() Statement {
	first := &Select{
		Items: list(col("c.due")), From: from(table("claims", "c")),
		Where:   where(eq(col("c.version_class"), row("class")), lt(col("c.due"), never)),
		OrderBy: by(col("c.due")), Limit: one,
	}
	return define(Statement{
		Name: "claim.horizon", Field: "ClaimHorizon",
		Purpose: "returns the next due time of each class that has one, and how many classes there are.",
		Columns: ints("class"), Whole: true,
		Output: out("class", "due"),
		Body: horizon("class", &Select{
			Items: []Item{{row("class"), "class"}, {sub(first), "due"}}, From: from(rows()),
		}),
	})
}

// horizon is what the last statement of a claim returns: due times, where there are
// any, by a number that is never below 0 but for an orphan's -1, and under
// HorizonClasses how many classes there are, because others may have added some.
func horizon(number string, times *Select) Body {
	times.Union = append(times.Union, &Select{
		Items: []Item{{num(engine.HorizonClasses), number}, {count(), "due"}}, From: from(table("classes", "k")),
	})
	return &Select{
		Items: list(asInt(col("p."+number)), col("p.due")),
		From:  from(query(times)),
		Where: where(notNull(col("p.due"))),
	}
}
