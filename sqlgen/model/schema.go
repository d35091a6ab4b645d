package model

import "github.com/durokit/duro/core/engine"

// Logical is the logical type of a column.
type Logical uint8

// The logical types. ID holds up to 1,024 bytes of text, Short up to 256, both
// compared byte by byte; Token 16 bytes; Payload up to 16 MiB of any bytes;
// Serial is a growing primary key.
const (
	Int Logical = iota
	ID
	Short
	Token
	Payload
	Serial
)

// Value is the type of a column's values in inputs and results.
func (l Logical) Value() engine.Type {
	switch l {
	case ID, Short:
		return engine.Text
	case Token, Payload:
		return engine.Bytes
	default:
		return engine.Int
	}
}

// Table is one table.
type Table struct {
	Name    string
	Columns []Column
	// Key is the primary key; empty when a Serial column is it.
	Key     []string
	Indexes []Index
}

// Column is one column.
type Column struct {
	Name string
	Type Logical
	Null bool
}

// Index is a secondary index.
type Index struct {
	Columns []string
	// NotNull names a column without which a row may be left out.
	NotNull string
}

// Tables returns the schema, in the order of creation.
func Tables() []Table {
	return []Table{
		{"claims", columns(
			is(ID, "instance_id"), is(Int, "version_class", "due", "seq"), opt(Token, "token", "acked_token"),
			is(Int, "has_context", "incarnation", "execution_id", "event_count", "holder", "prev_holder"),
		), keys("instance_id"), indexes(keys("version_class", "due", "seq"))},
		{"messages", columns(
			is(Serial, "id"), is(ID, "instance_id"), is(Int, "kind", "visible_at", "attempts"),
			opt(Token, "token"), opt(ID, "parent_id"), is(Payload, "item"),
		), nil, append(indexes(keys("instance_id", "visible_at")), Index{keys("parent_id"), "parent_id"})},
		{"instances", columns(
			is(ID, "instance_id"), is(Payload, "name"), opt(Payload, "version"), opt(ID, "parent_id"),
			opt(Payload, "custom_status"), is(Int, "custom_status_version", "created_at", "updated_at"),
		), keys("instance_id"), indexes(keys("parent_id"), keys("created_at", "instance_id"))},
		{"executions", columns(
			is(ID, "instance_id"), is(Int, "execution_id"), is(Short, "status"), opt(Payload, "output"),
			opt(Short, "pinned"), is(Int, "started_at"), opt(Int, "completed_at"),
		), keys("instance_id", "execution_id"), indexes(keys("status", "completed_at"))},
		{"history", columns(
			is(ID, "instance_id"), is(Int, "execution_id", "event_id"), is(Payload, "data"),
		), keys("instance_id", "execution_id", "event_id"), nil},
		{"work", columns(
			is(Serial, "id"), is(ID, "instance_id"), is(Int, "execution_id", "activity_id"),
			opt(Short, "session_id", "tag"), is(Int, "tag_class", "home", "route", "due"),
			opt(Token, "token"), is(Int, "attempts"), opt(Short, "owner"), is(Payload, "item"),
		), nil, append(indexes(keys("route", "due", "id"), keys("instance_id", "execution_id", "activity_id")),
			Index{keys("session_id"), "session_id"})},
		{"sessions", columns(
			is(Short, "session_id"), is(Int, "tag_class", "route"), opt(Short, "owner"),
			is(Int, "locked_until", "last_activity_at"), opt(Int, "head"), is(Int, "due"),
		), keys("session_id", "tag_class"), indexes(keys("due"), keys("owner"))},
		{"kv", columns(
			is(ID, "instance_id", "kv_key"), opt(Payload, "store_value"), is(Int, "store_at", "delta_state"),
			opt(Payload, "delta_value"), is(Int, "delta_at"),
		), keys("instance_id", "kv_key"), nil},
		{"classes", columns(is(Int, "kind", "class"), is(Short, "name")), keys("kind", "class"), nil},
		{"aside", columns(
			is(Serial, "id"), is(Int, "queue"), opt(ID, "instance_id"), is(Payload, "item", "reason"),
			is(Int, "set_aside_at"),
		), nil, nil},
	}
}

func keys(names ...string) []string { return names }

func columns(groups ...[]Column) []Column {
	var out []Column
	for _, g := range groups {
		out = append(out, g...)
	}
	return out
}

func is(t Logical, names ...string) []Column {
	out := make([]Column, len(names))
	for i, n := range names {
		out[i] = Column{Name: n, Type: t}
	}
	return out
}

func opt(t Logical, names ...string) []Column {
	out := is(t, names...)
	for i := range out {
		out[i].Null = true
	}
	return out
}

func indexes(lists ...[]string) []Index {
	out := make([]Index, len(lists))
	for i, l := range lists {
		out[i] = Index{Columns: l}
	}
	return out
}
