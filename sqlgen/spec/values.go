package spec

// enum is a string type with a closed set of values. The decoder refuses other
// values and the JSON schema lists these.
type enum interface{ Values() []string }

// Values lists the styles.
func (Placeholders) Values() []string {
	return values(NumberedQuestion, Dollar, Question)
}

// Values lists the forms.
func (Upsert) Values() []string { return values(OnConflict, OnDuplicateKey) }

// Values lists the ways.
func (Rows) Values() []string { return values(RowsLoop, RowsArrays, RowsValues) }

// Values lists the ways.
func (IDs) Values() []string { return values(IDsArrays, IDsJSONEach, IDsJSONTable) }

// Values lists the ways.
func (RowLock) Values() []string { return values(RowLockNone, RowLockSkipLocked) }

// Values lists the ways.
func (PerClass) Values() []string {
	return values(PerClassLateral, PerClassCorrelated, PerClassUnion)
}

// Values lists the ways.
func (UpdateFrom) Values() []string { return values(UpdateFromFrom, UpdateFromJoin, UpdateFromIn) }

// Values lists the ways.
func (IndexNames) Values() []string {
	return values(IndexNamesPrefixed, IndexNamesPlain, IndexNamesAutomatic)
}

func values[T ~string](all ...T) []string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = string(v)
	}
	return out
}
