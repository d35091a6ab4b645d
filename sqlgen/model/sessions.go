package model

// A session has one row for each tag class of its work. Rows with due 0 are
// dirty: something changed, and the next claim works out anew whether anybody
// may take the session's oldest work. Owner and deadline are the same on all
// rows of a session.

// dirtySessions marks the sessions of the work that q, over w, yields.
func dirtySessions(q *Select) Body {
	return &Update{
		Table: "sessions", Alias: "s",
		Set: set("due", zero),
		Pick: &Pick{Key: keys("session_id", "tag_class"),
			Query: withItems(q, col("w.session_id"), col("w.tag_class"))},
	}
}

func sessionsDirty() Statement {
	sibling := func(column string) Expr {
		return sub(&Select{
			Items: list(col("o." + column)), From: from(table("sessions", "o")),
			Where:   where(eq(col("o.session_id"), row("session"))),
			OrderBy: by(col("o.tag_class")), Limit: one,
		})
	}
	return define(Statement{
		Name: "sessions.dirty", Field: "SessionsDirty",
		Purpose: "makes the next claim look at sessions, and creates those that are new.",
		Columns: in(texts("session"), ints("tag_class", "route")),
		Body: &Insert{
			Into: "sessions", Distinct: true,
			Values: set("session_id", row("session"), "tag_class", row("tag_class"), "route", row("route"),
				"owner", sibling("owner"),
				"locked_until", coalesce(sibling("locked_until"), zero),
				"last_activity_at", coalesce(sibling("last_activity_at"), zero),
				"due", zero),
			From:     from(rows()),
			Conflict: keys("session_id", "tag_class"),
			Set:      set("due", zero),
		},
	})
}

func sessionsSettle() []Statement {
	marked := where(eq(col("s.due"), scalar("mark")))
	free := or(isNull(col("s.owner")), le(col("s.locked_until"), scalar("now")))
	heads := &Pick{Key: keys("id"), Query: &Select{
		Items: list(col("s.head")), From: from(table("sessions", "s")), Where: marked,
	}}
	// An id may since have been given to other work.
	isHead := exists(&Select{Items: list(one), From: from(table("sessions", "s")), Where: where(
		eq(col("s.session_id"), col("w.session_id")), eq(col("s.tag_class"), col("w.tag_class")),
		eq(col("s.head"), col("w.id")),
	)})
	return []Statement{
		define(Statement{
			Name: "sessions.mark", Field: "SessionsMark",
			Purpose: "marks the sessions that need a look.",
			Scalars: ints("now", "limit", "mark"),
			Body: &Update{
				Table: "sessions", Alias: "s",
				Set: set("due", scalar("mark")),
				Pick: &Pick{Key: keys("session_id", "tag_class"), Query: &Select{
					Items: list(col("x.session_id"), col("x.tag_class")), From: from(table("sessions", "x")),
					Where: where(le(col("x.due"), scalar("now"))), OrderBy: by(col("x.due")),
					Limit: scalar("limit"), Lock: LockSkip,
				}},
			},
		}),
		define(Statement{
			Name: "sessions.demote", Field: "SessionsDemote",
			Purpose: "gives the heads of marked sessions back to their session.",
			Scalars: ints("mark"),
			Body: &Update{
				Table: "work", Alias: "w",
				Set: set("route", col("w.home")), Pick: heads,
				Where: where(ge(col("w.route"), routeFree), isHead),
			},
		}),
		define(Statement{
			Name: "sessions.head", Field: "SessionsHead",
			Purpose: "finds the oldest ready work of marked sessions that nobody owns.",
			Scalars: ints("now", "mark"),
			Body: &Update{
				Table: "sessions", Alias: "s",
				Set: set("head", choose(free, sub(&Select{
					Items: list(col("w.id")), From: from(table("work", "w")),
					Where:   ready("w", col("s.route")),
					OrderBy: by(col("w.due"), col("w.id")), Limit: one,
				}), Null{})),
				Where: marked,
			},
		}),
		define(Statement{
			Name: "sessions.promote", Field: "SessionsPromote",
			Purpose: "lets anybody claim the new heads.",
			Scalars: ints("mark"),
			Body: &Update{
				Table: "work", Alias: "w",
				Set: set("route", plus(routeFree, col("w.tag_class"))), Pick: heads,
				Where: where(eq(col("w.route"), col("w.home")), isHead),
			},
		}),
		define(Statement{
			Name: "sessions.settled", Field: "SessionsSettled",
			Purpose: "ends the mark.",
			Scalars: ints("now", "mark"),
			Body: &Update{
				Table: "sessions", Alias: "s",
				Set:   set("due", choose(free, never, col("s.locked_until"))),
				Where: marked,
			},
		}),
	}
}

func sessionsOwn() Statement {
	return define(Statement{
		Name: "sessions.own", Field: "SessionsOwn",
		Purpose: "gives the sessions of the locked work to the owner.",
		Scalars: in(ints("now"), marks(), texts("owner"), ints("session_until")),
		Body: &Update{
			Table: "sessions", Alias: "s",
			Set: set("owner", scalar("owner"), "locked_until", scalar("session_until"),
				"last_activity_at", scalar("now"), "due", zero),
			Pick: &Pick{Key: keys("session_id"), Query: &Select{
				Items: list(col("w.session_id")), From: from(table("work", "w")),
				Where: workMarked(),
			}},
		},
	})
}

func sessions() []Statement {
	renewable := where(eq(col("s.owner"), row("owner")), gt(col("s.locked_until"), scalar("now")),
		gt(col("s.last_activity_at"), scalar("idle_after")))
	idle := notExists(&Select{Items: list(one), From: from(table("work", "w")),
		Where: where(eq(col("w.session_id"), col("s.session_id")))})
	return []Statement{
		define(Statement{
			Name: "sessions.renewable", Field: "SessionsRenewable",
			Purpose: "returns the sessions that sessions.renew will extend.",
			Scalars: ints("now", "idle_after"), Columns: texts("owner"),
			Output: out("session"),
			Body: &Select{Distinct: true, Items: list(col("s.session_id")),
				From: from(rows(), table("sessions", "s", renewable...))},
		}),
		define(Statement{
			Name: "sessions.renew", Field: "SessionsRenew",
			Purpose: "extends active sessions that are not idle; dirty ones stay dirty.",
			Scalars: ints("now", "idle_after", "until"), Columns: texts("owner"),
			Body: &Update{
				Table: "sessions", Alias: "s",
				Set: set("locked_until", scalar("until"),
					"due", choose(eq(col("s.due"), zero), zero, scalar("until"))),
				Where: renewable,
			},
		}),
		define(Statement{
			Name: "sessions.orphaned", Field: "SessionsOrphaned",
			// The lock keeps work from being added before sessions.delete looks again.
			Purpose: "returns owned, expired sessions without work, and locks their rows.",
			Scalars: ints("now"),
			Output:  out("session"),
			Body: &Select{Distinct: true, Items: list(col("p.session_id")), From: from(query(&Select{
				Items: list(col("s.session_id")), From: from(table("sessions", "s")),
				Where: where(notNull(col("s.owner")), le(col("s.locked_until"), scalar("now")), idle), Lock: LockWait,
			}))},
		}),
		define(Statement{
			Name: "sessions.delete", Field: "SessionsDelete",
			Purpose: "deletes sessions that are still expired and without work.",
			Scalars: ints("now"), Columns: texts("session"),
			Body: &Delete{Table: "sessions", Alias: "s", Where: where(
				eq(col("s.session_id"), row("session")), le(col("s.locked_until"), scalar("now")), idle,
			)},
		}),
	}
}
