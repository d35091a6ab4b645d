package spec

import "slices"

// mergeErrors adds an heir's rows to its ancestor's. A row takes its codes away
// from the ancestor's row; what is left of that stays.
func mergeErrors(base, heir []ErrorRow) []ErrorRow {
	var taken []string
	for _, row := range heir {
		taken = append(taken, row.Codes...)
	}
	var out []ErrorRow
	for _, row := range base {
		row.Codes = slices.DeleteFunc(slices.Clone(row.Codes), func(code string) bool {
			return slices.Contains(taken, code)
		})
		if len(row.Codes) > 0 {
			out = append(out, row)
		}
	}
	return append(out, heir...)
}

// mergeOverrides adds an heir's overrides; one of the same statement replaces.
func mergeOverrides(base, heir []Override) []Override {
	out := slices.DeleteFunc(slices.Clone(base), func(o Override) bool {
		return slices.ContainsFunc(heir, func(h Override) bool { return h.Statement == o.Statement })
	})
	return append(out, heir...)
}
