package model

import "slices"

func orphans() []Statement {
	marked := where(
		eq(col("c.version_class"), num(classOrphan)), eq(col("c.due"), scalar("now")),
		eq(col("c.token"), scalar("nonce")),
	)
	return []Statement{
		define(Statement{
			Name: "orphans.mark", Field: "OrphansMark",
			Purpose: "locks due claim rows without context.",
			Scalars: in(ints("now"), byteses("nonce"), ints("limit")),
			Body: &Update{
				Table: "claims", Alias: "c",
				Set: set("token", scalar("nonce"), "due", scalar("now")),
				Pick: &Pick{Key: keys("instance_id"), Query: &Select{
					Items:   list(col("x.instance_id")),
					From:    from(table("claims", "x")),
					Where:   where(eq(col("x.version_class"), num(classOrphan)), le(col("x.due"), scalar("now"))),
					OrderBy: by(col("x.due"), col("x.seq")), Limit: scalar("limit"), Lock: LockSkip,
				}},
			},
		}),
		define(Statement{
			Name: "orphans.drop", Field: "OrphansDrop",
			Purpose: "deletes queue messages that wait alone for an instance without context.",
			Scalars: in(ints("now"), byteses("nonce")),
			Body: &Delete{
				Table: "messages", Alias: "m",
				Pick: &Pick{Key: keys("instance_id"), Query: &Select{
					Items: list(col("c.instance_id")),
					From:  from(table("claims", "c")),
					Where: append(slices.Clip(marked), notExists(&Select{
						Items: list(one), From: from(table("messages", "o")), Where: where(
							eq(col("o.instance_id"), col("c.instance_id")), le(col("o.visible_at"), scalar("now")),
							ne(col("o.kind"), num(kindQueue)),
						)})),
				}},
				Where: where(le(col("m.visible_at"), scalar("now")), eq(col("m.kind"), num(kindQueue))),
			},
		}),
		define(Statement{
			Name: "orphans.settle", Field: "OrphansSettle",
			Purpose: "makes rows with a visible start claimable and parks the others until something more becomes visible.",
			Scalars: in(ints("now"), byteses("nonce")),
			Body: &Update{
				Table: "claims", Alias: "c",
				Set: set(
					"token", Null{},
					"version_class", choose(startWaits(), zero, num(classOrphan)),
					"due", choose(startWaits(), earliest(), earliest(gt(col("m.visible_at"), scalar("now")))),
				),
				Where: marked,
			},
		}),
	}
}
