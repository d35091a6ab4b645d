package model

import (
	"slices"

	"github.com/durokit/duro/core/engine"
)

func workInputs() []Input {
	return in(texts("instance"), ints("execution", "activity"), texts("session", "tag"),
		ints("tag_class", "home"), byteses("item"))
}

// newWork is an activity that is ready at once.
func newWork() []Assign {
	return set("instance_id", row("instance"), "execution_id", row("execution"), "activity_id", row("activity"),
		"session_id", row("session"), "tag", row("tag"), "tag_class", row("tag_class"), "home", row("home"),
		"route", row("home"), "due", zero, "attempts", zero, "item", row("item"))
}

func workInsert() []Statement {
	return []Statement{
		define(Statement{
			Name: "work.insert", Field: "WorkInsert",
			Purpose: "appends activities.",
			Columns: workInputs(),
			Body:    &Insert{Into: "work", Values: newWork(), From: from(rows()), Ordered: true},
		}),
		sessionsDirty(),
		define(Statement{
			Name: "work.promote_sessions", Field: "WorkPromoteSessions",
			Purpose: "makes this claim look at the sessions of the rows that work.promote will promote.",
			Scalars: ints("now", "limit"),
			Body:    dirtySessions(promotable()),
		}),
		define(Statement{
			Name: "work.promote", Field: "WorkPromote",
			Purpose: "makes waiting rows ready whose time has come.",
			Scalars: ints("now", "limit"),
			Body: &Update{
				Table: "work", Alias: "w",
				Set:  set("route", col("w.home"), "due", zero),
				Pick: &Pick{Key: keys("id"), Query: withItems(promotable(), col("w.id"))},
			},
		}),
	}
}

// promotable are the first waiting rows whose time has come, locked.
func promotable() *Select {
	return &Select{
		From:    from(table("work", "w")),
		Where:   where(eq(col("w.route"), waiting), le(col("w.due"), scalar("now"))),
		OrderBy: by(col("w.due"), col("w.id")), Limit: scalar("limit"), Lock: LockSkip,
	}
}

func withItems(q *Select, items ...Expr) *Select {
	q.Items = list(items...)
	return q
}

// workMarked are the rows that this claim has locked, by way of their index.
func workMarked() []Expr {
	return where(eq(col("w.route"), waiting), eq(col("w.due"), scalar("lock_until")),
		eq(col("w.token"), scalar("nonce")))
}

func workClaim() []Statement {
	return slices.Concat(sessionsSettle(), []Statement{
		define(Statement{
			Name: "work.claim", Field: "WorkClaim",
			Purpose: "locks the oldest ready work without a session.",
			Scalars: in(marks(), ints("limit")), Columns: ints("class"), Whole: true,
			Body: lockWork(Null{}, ofRoute(from(rows()), row("class"))),
		}),
		define(Statement{
			Name: "work.claim_session", Field: "WorkClaimSession",
			Purpose: "locks the oldest ready work, that of the owner's sessions and of free sessions included.",
			Scalars: in(ints("now"), marks(), ints("limit"), texts("owner")), Columns: ints("class"), Whole: true,
			Body: lockWork(scalar("owner"), ofRoute(from(rows()), row("class")), ofOwner(), ofNobody()),
		}),
		define(Statement{
			Name: "work.claimed", Field: "WorkClaimed",
			Purpose: "returns the locked work.",
			Scalars: marks(),
			Output:  out("id", "attempts", "session", "item"),
			Body: &Select{
				Items:   list(col("w.id"), col("w.attempts"), col("w.session_id"), col("w.item")),
				From:    from(table("work", "w")),
				Where:   workMarked(),
				OrderBy: by(col("w.id")),
			},
		}),
		sessionsOwn(),
		workHorizon(),
	})
}

func lockWork(owner Expr, branches ...Branch) Body {
	return &Update{
		Table: "work", Alias: "w",
		Set: set("route", waiting, "due", scalar("lock_until"), "token", scalar("nonce"), "owner", owner,
			"attempts", plus(col("w.attempts"), one)),
		Pick: &Pick{Key: keys("id"), Query: &PerClass{
			Table: "work", Key: "id", Order: keys("due", "id"), Limit: scalar("limit"), Branches: branches,
		}},
	}
}

// ofRoute are the ready rows of a route for each row of the sources.
func ofRoute(each []Source, route Expr) Branch {
	return Branch{Each: each, Match: ready("x", route)}
}

// ready are the ready rows of a route. Their due is 0, never below: said as a
// range and ordered by due and id, only the index of the routes yields the order,
// and no database is tempted to look for them along the primary key.
func ready(alias string, route Expr) []Expr {
	return where(eq(col(alias+".route"), route), le(col(alias+".due"), zero))
}

// ofOwner are the ready rows of the owner's active sessions.
func ofOwner() Branch {
	b := ofRoute(from(table("sessions", "s"), rows()), col("s.route"))
	b.Where = where(eq(col("s.owner"), scalar("owner")), gt(col("s.locked_until"), scalar("now")),
		eq(col("s.tag_class"), row("class")))
	return b
}

// ofNobody are the heads of free sessions. That a session is free is checked
// again, on all its rows, and its first row is locked with the head: two
// processes must not take heads of one session under two tags. No other row is
// locked, or its owner would wait to renew it.
func ofNobody() Branch {
	b := ofRoute(from(rows()), plus(routeFree, row("class")))
	b.Join = from(table("sessions", "s",
		eq(col("s.session_id"), col("x.session_id")),
		or(isNull(col("s.owner")), eq(col("s.owner"), scalar("owner")), le(col("s.locked_until"), scalar("now"))),
		notExists(&Select{Items: list(one), From: from(table("sessions", "o")), Where: where(
			eq(col("o.session_id"), col("x.session_id")),
			or(lt(col("o.tag_class"), col("s.tag_class")),
				and(ne(col("o.owner"), scalar("owner")), gt(col("o.locked_until"), scalar("now")))),
		)})))
	return b
}

func workHorizon() Statement {
	first := func(kind int64, table_ string, conditions ...Expr) *Select {
		return &Select{Items: []Item{{num(kind), "kind"}, {sub(&Select{
			Items: list(col("t.due")), From: from(table(table_, "t")),
			Where:   conditions,
			OrderBy: by(col("t.due")), Limit: one,
		}), "due"}}}
	}
	times := first(engine.HorizonWork, "work", eq(col("t.route"), waiting), lt(col("t.due"), never))
	times.Union = []*Select{first(engine.HorizonSessions, "sessions", le(col("t.due"), never))}
	return define(Statement{
		Name: "work.horizon", Field: "WorkHorizon",
		Purpose: "returns when waiting work and sessions need a look next, if there are any, and how many classes there are.",
		Output:  out("kind", "due"),
		Body:    horizon("kind", times),
	})
}
