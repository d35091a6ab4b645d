package model

// ofWork are the inputs that name locked work.
func ofWork(more ...[]Input) []Input { return append(in(ints("id"), byteses("token")), in(more...)...) }

// workLocked says that w carries the row's token, workActive also that its
// deadline has not passed.
func workLocked() []Expr {
	return where(eq(col("w.id"), row("id")), eq(col("w.token"), row("token")))
}

func workActive() []Expr { return append(workLocked(), gt(col("w.due"), scalar("now"))) }

func workHeld() []Statement {
	return []Statement{
		define(Statement{
			Name: "work.lock", Field: "WorkLock",
			Purpose: "locks work in ascending order, and tells who holds it.",
			Columns: ints("id"),
			Output:  out("id", "token", "due"),
			Body: &Select{
				Items:   list(col("w.id"), col("w.token"), col("w.due")),
				From:    from(rows(), table("work", "w", eq(col("w.id"), row("id")))),
				OrderBy: by(col("w.id")), Lock: LockWait,
			},
		}),
		define(Statement{
			Name: "work.tokens", Field: "WorkTokens",
			Purpose: "tells what an ambiguous commit left behind.",
			Columns: ints("id"),
			Output:  out("id", "token"),
			Body: &Select{
				Items: list(col("w.id"), col("w.token")),
				From:  from(rows(), table("work", "w", eq(col("w.id"), row("id")))),
			},
		}),
		define(Statement{
			Name: "work.touch_session", Field: "WorkTouchSession",
			Purpose: "notes activity on the sessions of active work that its owner still holds.",
			Scalars: ints("now"), Columns: ofWork(),
			Body: &Update{
				Table: "sessions", Alias: "s",
				Set: set("last_activity_at", scalar("now")),
				Pick: &Pick{Key: keys("session_id", "owner"), Query: &Select{
					Items: list(col("w.session_id"), col("w.owner")),
					From:  from(rows(), table("work", "w", workActive()...)),
				}},
				Where: where(gt(col("s.locked_until"), scalar("now"))),
			},
		}),
		define(Statement{
			Name: "work.complete", Field: "WorkComplete",
			Purpose: "appends the completions of active work.",
			Scalars: ints("now"),
			Columns: ofWork(texts("instance"), ints("kind", "visible_at"), byteses("item")),
			Body: &Insert{Into: "messages", Values: newMessage(nil),
				From: from(rows(), table("work", "w", workActive()...)), Ordered: true},
		}),
		define(Statement{
			Name: "work.delete", Field: "WorkDelete",
			Purpose: "deletes active work.",
			Scalars: ints("now"), Columns: ofWork(),
			Body: &Delete{Table: "work", Alias: "w", Where: workActive()},
		}),
		define(Statement{
			Name: "work.extend", Field: "WorkExtend",
			Purpose: "moves the deadline of active work.",
			Scalars: ints("now"), Columns: ofWork(ints("due")),
			Body: &Update{Table: "work", Alias: "w", Set: set("due", row("due")), Where: workActive()},
		}),
		define(Statement{
			Name: "work.dirty_session", Field: "WorkDirtySession",
			Purpose: "makes the next claim look at the sessions of held work.",
			Columns: ofWork(),
			Body:    dirtySessions(&Select{From: from(rows(), table("work", "w", workLocked()...))}),
		}),
		workAbandon(),
	}
}

func workAbandon() Statement {
	atOnce := le(row("due"), scalar("now"))
	return define(Statement{
		Name: "work.abandon", Field: "WorkAbandon",
		Purpose: "gives held work back, at once or after a delay.",
		Scalars: ints("now"), Columns: ofWork(ints("due", "uncount")),
		Body: &Update{
			Table: "work", Alias: "w",
			Set: set(
				"token", Null{}, "owner", Null{},
				"attempts", greatest(minus(col("w.attempts"), row("uncount")), zero),
				"route", choose(atOnce, col("w.home"), waiting),
				"due", choose(atOnce, zero, row("due")),
			),
			Where: workLocked(),
		},
	})
}
