package model

func classes() []Statement {
	return []Statement{
		define(Statement{
			Name: "classes.put", Field: "ClassesPut",
			Purpose: "makes pinned versions and tags known.",
			Columns: in(ints("kind", "class"), texts("name")),
			Body: &Insert{
				Into:   "classes",
				Values: set("kind", row("kind"), "class", row("class"), "name", row("name")),
				From:   from(rows()), Conflict: keys("kind", "class"),
			},
		}),
		define(Statement{
			Name: "classes.list", Field: "ClassesList",
			Purpose: "returns all pinned versions and tags.",
			Output:  out("kind", "class", "name"),
			Body: &Select{
				Items: list(col("t.kind"), col("t.class"), col("t.name")), From: from(table("classes", "t")),
				OrderBy: by(col("t.kind"), col("t.class")),
			},
		}),
	}
}

func aside() []Statement {
	return []Statement{
		define(Statement{
			Name: "aside.put", Field: "AsidePut",
			Purpose: "keeps a copy of items that cannot be decoded.",
			Scalars: ints("now"),
			Columns: in(ints("queue"), texts("instance"), byteses("item", "reason")),
			Body: &Insert{
				Into: "aside",
				Values: set("queue", row("queue"), "instance_id", row("instance"), "item", row("item"),
					"reason", row("reason"), "set_aside_at", scalar("now")),
				From: from(rows()), Ordered: true,
			},
		}),
		define(Statement{
			Name: "aside.list", Field: "AsideList",
			Purpose: "returns the oldest items set aside.",
			Scalars: ints("limit"),
			Output:  out("id", "queue", "instance", "item", "reason", "set_aside_at"),
			Body: &Select{
				Items: list(col("a.id"), col("a.queue"), col("a.instance_id"), col("a.item"), col("a.reason"),
					col("a.set_aside_at")),
				From: from(table("aside", "a")), OrderBy: by(col("a.id")), Limit: scalar("limit"),
			},
		}),
		define(Statement{
			Name: "aside.delete", Field: "AsideDelete",
			Purpose: "removes items set aside.",
			Columns: ints("id"),
			Body:    &Delete{Table: "aside", Alias: "a", Where: where(eq(col("a.id"), row("id")))},
		}),
		define(Statement{
			Name: "work.drop", Field: "WorkDrop",
			Purpose: "deletes held work that was set aside.",
			Columns: ofWork(),
			Body:    &Delete{Table: "work", Alias: "w", Where: workLocked()},
		}),
	}
}
