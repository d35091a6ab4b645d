package model

func messages() []Statement {
	return []Statement{
		define(Statement{
			Name: "messages.insert", Field: "MessagesInsert",
			Purpose: "appends messages for instances with a claim row.",
			Columns: in(texts("instance"), ints("kind", "visible_at"), texts("parent_id"), byteses("item")),
			Body: &Insert{
				Into:   "messages",
				Values: newMessage(row("parent_id")),
				From:   from(rows(), table("claims", "c", eq(col("c.instance_id"), row("instance")))), Ordered: true,
			},
		}),
		define(Statement{
			Name: "messages.of", Field: "MessagesOf",
			Purpose: "returns an instance's messages.",
			Scalars: texts("instance"),
			Output:  out("id", "kind", "visible_at", "attempts", "tagged", "item"),
			Body: &Select{
				Items: list(col("m.id"), col("m.kind"), col("m.visible_at"), col("m.attempts"),
					flag(notNull(col("m.token"))), col("m.item")),
				From:    from(table("messages", "m")),
				Where:   where(eq(col("m.instance_id"), scalar("instance"))),
				OrderBy: by(col("m.id")),
			},
		}),
		define(Statement{
			Name: "abandon.messages", Field: "AbandonMessages",
			Purpose: "gives the messages of held locks back.",
			Columns: in(texts("instance"), byteses("token"), ints("visible_at", "uncount")),
			Body: &Update{
				Table: "messages", Alias: "m",
				Set: set(
					"attempts", greatest(minus(col("m.attempts"), row("uncount")), zero),
					"visible_at", coalesce(row("visible_at"), col("m.visible_at")),
					"token", Null{},
				),
				Where: where(eq(col("m.instance_id"), row("instance")), eq(col("m.token"), row("token")),
					locked(held("instance"))),
			},
		}),
		define(Statement{
			Name: "abandon.release", Field: "AbandonRelease",
			Purpose: "takes the token off held claim rows.",
			Columns: in(texts("instance"), byteses("token")),
			Body: &Update{
				Table: "claims", Alias: "c",
				Set: set("token", Null{}), Where: held("instance"),
			},
		}),
	}
}

// newMessage is a message nobody has fetched yet.
func newMessage(parent Expr) []Assign {
	values := set("instance_id", row("instance"), "kind", row("kind"), "visible_at", row("visible_at"), "attempts", zero)
	if parent != nil {
		values = append(values, Assign{"parent_id", parent})
	}
	return append(values, Assign{"item", row("item")})
}
