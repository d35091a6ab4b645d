// Package spec reads a dialect description: how one database differs from the
// logical model in package model.
package spec

// Dialect is a dialect.yaml: everything the generator knows of one database.
type Dialect struct {
	// Version of the description's form; 1.
	Version int `yaml:"version"`
	// Name identifies the database, Package the Go package of the generated code.
	Name    string `yaml:"name"`
	Package string `yaml:"package"`
	// Extends is the path of a description this one starts from.
	Extends string `yaml:"extends,omitempty"`
	// Placeholders of a statement.
	Placeholders Placeholders `yaml:"placeholders"`
	// PlaceholderSign goes before each placeholder, where a database would plan a
	// statement again whenever the value of a bare one changes.
	PlaceholderSign string `yaml:"placeholder_sign,omitempty"`
	// Quote surrounds identifiers.
	Quote string `yaml:"quote"`
	Types Types  `yaml:"types"`
	// TableOptions ends CREATE TABLE; per table where a table's name is the key,
	// "*" for the others.
	TableOptions map[string]string `yaml:"table_options,omitempty"`
	Upsert       Upsert            `yaml:"upsert"`
	Rows         Rows              `yaml:"rows"`
	IDs          IDs               `yaml:"ids"`
	// RowLock says how a statement locks the rows it picks.
	RowLock RowLock `yaml:"row_lock"`
	// PerClass says how "the first n rows of each class" is written.
	PerClass PerClass `yaml:"per_class"`
	// UpdateFrom says how an UPDATE or DELETE joins other rows.
	UpdateFrom UpdateFrom `yaml:"update_from"`
	// InnerJoin is the join that keeps the written order, where there is one; JOIN
	// if it is not given.
	InnerJoin string `yaml:"inner_join,omitempty"`
	// Greatest names the scalar maximum.
	Greatest string `yaml:"greatest"`
	// IndexNames says how indexes are named; prefixed if it is not given.
	IndexNames IndexNames `yaml:"index_names,omitempty"`
	// Fence ends a subquery that the planner must take as it is, such as OFFSET 0;
	// given where statistics would move joins away from their indexes.
	Fence string `yaml:"fence,omitempty"`
	// ForceIndex: every access names its index, because the planner would at times
	// prefer a scan, and lock what it scans. FORCE INDEX (name) follows the alias.
	ForceIndex bool `yaml:"force_index,omitempty"`
	// PartialIndexes: CREATE INDEX … WHERE exists.
	PartialIndexes bool `yaml:"partial_indexes"`
	// SelfSubquery: an UPDATE or DELETE may read its own table in a subquery.
	SelfSubquery bool `yaml:"self_subquery"`
	// Flags are the three things the engine asks.
	Flags Flags `yaml:"flags"`
	// Errors maps driver codes to what the engine does about them.
	Errors []ErrorRow `yaml:"errors"`
	// Overrides replace the text of a statement, each with a reason; at most five.
	Overrides []Override `yaml:"overrides,omitempty"`
}

// Placeholders is the style of parameters.
type Placeholders string

// The styles: ?1, $1 and plain ?.
const (
	NumberedQuestion Placeholders = "numbered_question"
	Dollar           Placeholders = "dollar"
	Question         Placeholders = "question"
)

// Types are the database's names of the logical types.
type Types struct {
	Int     string `yaml:"int"`
	ID      string `yaml:"id"`      // up to 1,024 bytes, byte-exact, may be a key
	Short   string `yaml:"short"`   // sessions, owners, tags, versions, statuses: up to 256 bytes, byte-exact
	Token   string `yaml:"token"`   // 16 bytes
	Payload string `yaml:"payload"` // up to 16 MiB of any bytes
	Serial  string `yaml:"serial"`  // column definition of a growing 64-bit primary key
	// TextParam and BytesParam cast a parameter or array where the server cannot infer its type.
	TextParam  string `yaml:"text_param,omitempty"`
	BytesParam string `yaml:"bytes_param,omitempty"`
	IntParam   string `yaml:"int_param,omitempty"`
	// IntCast and TextCast name the types of CAST, where a result would otherwise
	// have another type.
	IntCast  string `yaml:"int_cast,omitempty"`
	TextCast string `yaml:"text_cast,omitempty"`
}

// Upsert is the form of "insert or update".
type Upsert string

// The forms.
const (
	OnConflict     Upsert = "on_conflict"
	OnDuplicateKey Upsert = "on_duplicate_key"
)

// Rows says how a row set with payloads travels.
type Rows string

// The ways: a prepared single-row statement in a loop, arrays for each column,
// multi-row literals for 1, 2, 3, 4, 6, 8, 12, 16, 32 and 64 rows.
const (
	RowsLoop   Rows = "loop"
	RowsArrays Rows = "arrays"
	RowsValues Rows = "values"
)

// IDs says how a set of ids or numbers travels in one execution.
type IDs string

// The ways.
const (
	IDsArrays    IDs = "arrays"
	IDsJSONEach  IDs = "json_each"
	IDsJSONTable IDs = "json_table"
)

// RowLock is how picked rows are locked.
type RowLock string

// The ways: nothing (one writer), FOR UPDATE with SKIP LOCKED for picks.
const (
	RowLockNone       RowLock = "none"
	RowLockSkipLocked RowLock = "skip_locked"
)

// PerClass is how a limited pick per class is written.
type PerClass string

// The ways: a lateral join; an IN over a correlated, limited subquery; a union
// of limited picks, one for each class.
const (
	PerClassLateral    PerClass = "lateral"
	PerClassCorrelated PerClass = "correlated_in"
	PerClassUnion      PerClass = "union"
)

// UpdateFrom is how UPDATE and DELETE join.
type UpdateFrom string

// The ways: UPDATE … FROM and DELETE … USING; UPDATE … JOIN and DELETE t FROM
// t JOIN; not at all, keys are looked up IN a subquery.
const (
	UpdateFromFrom UpdateFrom = "from"
	UpdateFromJoin UpdateFrom = "join"
	UpdateFromIn   UpdateFrom = "in"
)

// IndexNames is what indexes are called.
type IndexNames string

// The ways: with the tables' prefix, where a schema has one name space for both;
// without it, where a table has its own; whatever the database makes up, where
// an index's name takes no schema.
const (
	IndexNamesPrefixed  IndexNames = "prefixed"
	IndexNamesPlain     IndexNames = "plain"
	IndexNamesAutomatic IndexNames = "automatic"
)

// Flags are what the engine asks of a dialect, and no more.
type Flags struct {
	SingleWriter bool `yaml:"single_writer"`
	Notify       bool `yaml:"notify"`
	ServerClock  bool `yaml:"server_clock"`
}

// ErrorRow classifies driver codes.
type ErrorRow struct {
	// Codes as the backend spells them, for example "40P01" or "1213".
	Codes []string `yaml:"codes"`
	// Name says what the error is, in words.
	Name string `yaml:"name"`
	// Outcome is retry_statement, replay_transaction, next_candidate or tell.
	Outcome string `yaml:"outcome"`
	// Code is what the caller sees when the engine gives up, for example "conflict".
	Code string `yaml:"code"`
	// NotProvoked says why no test provokes it; empty when one does.
	NotProvoked string `yaml:"not_provoked,omitempty"`
}

// Override replaces one statement's text.
type Override struct {
	Statement string `yaml:"statement"`
	Reason    string `yaml:"reason"`
	SQL       string `yaml:"sql"`
}
