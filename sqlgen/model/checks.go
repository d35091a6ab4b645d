package model

func checks() []Statement {
	free := exists(&Select{Items: list(one), From: from(table("sessions", "s")), Where: where(
		eq(col("s.session_id"), col("w.session_id")), eq(col("s.tag_class"), col("w.tag_class")),
		eq(col("s.head"), col("w.id")), eq(col("w.route"), plus(routeFree, col("w.tag_class"))),
	)})
	misrouted := and(ne(col("w.route"), waiting), ne(col("w.route"), col("w.home")),
		Exists{free.(Exists).Query, true})
	return []Statement{
		define(Statement{
			Name: "check.claims", Field: "CheckClaims",
			Purpose: "finds claim rows that are due at a wrong time or of a wrong class.",
			Output:  out("instance", "problem"),
			Body: &Select{
				Items: list(col("c.instance_id"), choose(
					eq(col("c.version_class"), num(classOrphan)), str("has context but the class of rows without"),
					isNull(col("c.token")), str("not due when its earliest message becomes visible"),
					str("locked and never due"))),
				From: from(table("claims", "c")),
				Where: where(or(
					and(eq(col("c.version_class"), num(classOrphan)), eq(col("c.has_context"), one)),
					and(ne(col("c.version_class"), num(classOrphan)), isNull(col("c.token")), ne(col("c.due"), earliest())),
					and(notNull(col("c.token")), ge(col("c.due"), never)),
				)),
				OrderBy: by(col("c.instance_id")),
			},
		}),
		define(Statement{
			Name: "check.messages", Field: "CheckMessages",
			Purpose: "finds messages without a claim row.",
			Output:  out("instance"),
			Body: &Select{
				Distinct: true, Items: list(col("m.instance_id")),
				From:    from(table("messages", "m"), optional(claimOf(col("m.instance_id")))),
				Where:   where(isNull(col("c.instance_id"))),
				OrderBy: by(col("m.instance_id")),
			},
		}),
		define(Statement{
			Name: "check.events", Field: "CheckEvents",
			Purpose: "finds claim rows that count events wrongly.",
			Output:  out("instance", "event_count", "stored"),
			Body: &Select{
				Items: list(col("c.instance_id"), col("c.event_count"), stored(pointer())),
				From:  from(table("claims", "c")), Where: where(ne(col("c.event_count"), stored(pointer()))),
				OrderBy: by(col("c.instance_id")),
			},
		}),
		define(Statement{
			Name: "check.work", Field: "CheckWork",
			Purpose: "finds work that no claim would find, or one too early.",
			Output:  out("id", "problem"),
			Body: &Select{
				Items: list(col("w.id"), choose(
					misrouted, str("ready on a route that is not its own"),
					eq(col("w.route"), waiting), str("waits for nothing"),
					str("ready and due later"))),
				From: from(table("work", "w")),
				Where: where(or(
					and(eq(col("w.route"), waiting), eq(col("w.due"), zero)),
					and(ne(col("w.route"), waiting), ne(col("w.due"), zero)),
					misrouted,
				)),
				OrderBy: by(col("w.id")),
			},
		}),
		define(Statement{
			Name: "check.locks", Field: "CheckLocks",
			Purpose: "returns what is locked now.",
			Scalars: ints("now"),
			Output:  out("kind", "id"),
			Body: &Select{
				Items: list(str("instance"), col("c.instance_id")), From: from(table("claims", "c")),
				Where: where(notNull(col("c.token")), gt(col("c.due"), scalar("now"))),
				Union: []*Select{{
					Items: list(str("work"), asText(col("w.id"))), From: from(table("work", "w")),
					Where: where(eq(col("w.route"), waiting), notNull(col("w.token")), gt(col("w.due"), scalar("now"))),
				}},
			},
		}),
	}
}
