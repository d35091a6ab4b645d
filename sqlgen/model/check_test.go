package model

import (
	"strings"
	"testing"
)

// TestCheckFindsMistakes: each of these would only show on some database, or late.
func TestCheckFindsMistakes(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, want string
		statement  Statement
	}{
		{"unused input", `input "now" is not used`, Statement{
			Scalars: ints("now"), Output: out("id"),
			Body: &Select{Items: list(col("w.id")), From: from(table("work", "w"))},
		}},
		{"undeclared input", `input "id" is not declared`, Statement{
			Columns: ints("row"),
			Body:    &Delete{Table: "work", Alias: "w", Where: where(eq(col("w.id"), row("id")))},
		}},
		{"unknown column", `no column "colour"`, Statement{
			Output: out("colour"),
			Body:   &Select{Items: list(col("w.colour")), From: from(table("work", "w"))},
		}},
		{"unknown alias", `no alias "x"`, Statement{
			Output: out("id"),
			Body:   &Select{Items: list(col("x.id")), From: from(table("work", "w"))},
		}},
		{"types differ", "types", Statement{
			Columns: texts("id"),
			Body:    &Delete{Table: "work", Alias: "w", Where: where(eq(col("w.id"), row("id")))},
		}},
		{"reads what was assigned", `"due" reads "route" after it was assigned`, Statement{
			Body: &Update{Table: "work", Alias: "w", Set: set("route", zero, "due", plus(col("w.route"), one))},
		}},
		{"reads the target", `"work" is read while it is changed`, Statement{
			Body: &Delete{Table: "work", Alias: "w", Where: where(exists(&Select{
				Items: list(one), From: from(table("work", "o")), Where: where(eq(col("o.id"), col("w.id"))),
			}))},
		}},
		{"row set outside its pick", `row "id" may not be used here`, Statement{
			Columns: ints("id"),
			Body: &Update{
				Table: "work", Alias: "w", Set: set("due", row("id")),
				Pick: &Pick{Key: keys("id"), Query: &Select{
					Items: list(col("o.id")), From: from(rows(), table("work", "o", eq(col("o.id"), row("id")))),
				}},
			},
		}},
		{"column without a value", `column "status" has no value`, Statement{
			Scalars: texts("instance"),
			Body: &Insert{Into: "executions",
				Values: set("instance_id", scalar("instance"), "execution_id", one, "started_at", zero)},
		}},
		{"outputs and items", "1 items for 2 outputs", Statement{
			Output: out("id", "due"),
			Body:   &Select{Items: list(col("w.id")), From: from(table("work", "w"))},
		}},
		{"payloads travel whole", "only ids and numbers travel whole", Statement{
			Columns: byteses("item"), Whole: true, Output: out("id"),
			Body: &Select{Items: list(col("w.id")), From: from(rows(), table("work", "w", eq(col("w.item"), row("item"))))},
		}},
	}
	for _, c := range cases {
		c.statement.Name, c.statement.Field, c.statement.Purpose = "a.b", "AB", "does something."
		err := c.statement.Check()
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}
