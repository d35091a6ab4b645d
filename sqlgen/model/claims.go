package model

func claims() []Statement {
	return []Statement{
		define(Statement{
			Name: "claims.ensure", Field: "ClaimsEnsure",
			Purpose: "creates missing claim rows, out of every claim's way until they are settled.",
			Columns: in(texts("instance"), ints("incarnation")),
			Body: &Insert{
				Into: "claims",
				Values: set("instance_id", row("instance"), "version_class", num(classOrphan), "due", never, "seq", zero,
					"has_context", zero, "incarnation", row("incarnation"), "execution_id", zero, "event_count", zero,
					"holder", zero, "prev_holder", zero),
				From: from(rows()), Ordered: true, Conflict: keys("instance_id"),
			},
		}),
		define(Statement{
			Name: "claims.lock", Field: "ClaimsLock",
			Purpose: "locks claim rows in ascending order, and tells who holds them.",
			Columns: texts("instance"),
			Output:  out("instance", "token", "due"),
			Body: &Select{
				Items:   list(col("c.instance_id"), col("c.token"), col("c.due")),
				From:    from(rows(), table("claims", "c", eq(col("c.instance_id"), row("instance")))),
				OrderBy: by(col("c.instance_id")), Lock: LockWait,
			},
		}),
		define(Statement{
			Name: "claims.settle", Field: "ClaimsSettle",
			Purpose: "recomputes when unlocked claim rows are due; rows that would not change are left alone.",
			Scalars: ints("now"), Columns: in(texts("instance"), ints("seq")),
			Body: &Update{
				Table: "claims", Alias: "c",
				With: []Item{{earliestOf(row("instance")), "earliest"}},
				Set: set(
					"seq", choose(
						and(notNull(row("seq")), lt(col("r.earliest"), col("c.due"))), row("seq"),
						col("c.seq")),
					"version_class", choose(
						eq(col("c.has_context"), zero), contextOfMessages(),
						col("c.version_class")),
					"due", col("r.earliest"),
				),
				Where: where(
					eq(col("c.instance_id"), row("instance")), isNull(col("c.token")),
					or(ne(col("c.due"), col("r.earliest")),
						and(eq(col("c.has_context"), zero), ne(col("c.version_class"), contextOfMessages()))),
				),
			},
		}),
		define(Statement{
			Name: "claims.extend", Field: "ClaimsExtend",
			Purpose: "moves the deadline of active locks.",
			Scalars: ints("now"), Columns: in(texts("instance"), byteses("token"), ints("due")),
			Body: &Update{
				Table: "claims", Alias: "c",
				Set: set("due", row("due")), Where: active("instance"),
			},
		}),
		define(Statement{
			Name: "claims.tokens", Field: "ClaimsTokens",
			Purpose: "tells what an ambiguous commit left behind.",
			Columns: texts("instance"),
			Output:  out("instance", "token", "acked_token"),
			Body: &Select{
				Items: list(col("c.instance_id"), col("c.token"), col("c.acked_token")),
				From:  from(rows(), table("claims", "c", eq(col("c.instance_id"), row("instance")))),
			},
		}),
	}
}

// contextOfMessages is the class of an instance that only its messages can give
// context.
func contextOfMessages() Expr { return choose(startWaits(), zero, num(classOrphan)) }
