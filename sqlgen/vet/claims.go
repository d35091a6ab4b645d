package vet

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/sqlgen/model"
	"github.com/durokit/duro/sqlgen/render"
	"github.com/durokit/duro/sqlgen/spec"
)

// claim is a key of the description, and the statements whose text depends on it.
type claim struct {
	key, value string
	uses       func(statement) bool
	// more is what the server may be able to do instead; nil when there is nothing.
	more func(*spec.Dialect) (value string)
}

// claims are those of a description. What it leaves out has no value.
func claims(d *spec.Dialect) []claim {
	force := ""
	if d.ForceIndex {
		force = "true"
	}
	return []claim{
		{key: "placeholders", value: string(d.Placeholders), uses: always},
		{key: "placeholder_sign", value: d.PlaceholderSign, uses: always},
		{key: "upsert", value: string(d.Upsert), uses: upserts},
		{key: "rows", value: string(d.Rows), uses: func(st statement) bool { return len(st.Columns) > 0 && !st.of.Whole }},
		{key: "ids", value: string(d.IDs), uses: func(st statement) bool { return st.of.Whole }},
		{key: "row_lock", value: string(d.RowLock), uses: locks, more: func(d *spec.Dialect) string {
			d.RowLock = spec.RowLockSkipLocked
			return string(d.RowLock)
		}},
		{key: "per_class", value: string(d.PerClass), uses: picksPerClass, more: func(d *spec.Dialect) string {
			d.PerClass = spec.PerClassLateral
			return string(d.PerClass)
		}},
		{key: "update_from", value: string(d.UpdateFrom), uses: joins},
		{key: "self_subquery", value: strconv.FormatBool(d.SelfSubquery), uses: joins},
		{key: "inner_join", value: d.InnerJoin, uses: says(d.InnerJoin)},
		{key: "greatest", value: d.Greatest, uses: says(d.Greatest + "(")},
		{key: "fence", value: d.Fence, uses: says(d.Fence)},
		{key: "force_index", value: force, uses: says("FORCE INDEX")},
	}
}

func always(statement) bool { return true }

// says finds statements by their text.
func says(text string) func(statement) bool {
	return func(st statement) bool { return len(st.Forms) > 0 && strings.Contains(st.Forms[0].SQL, text) }
}

func upserts(st statement) bool {
	b, ok := st.of.Body.(*model.Insert)
	return ok && len(b.Conflict) > 0
}

func picksPerClass(st statement) bool {
	b, ok := st.of.Body.(*model.Update)
	if !ok || b.Pick == nil {
		return false
	}
	_, ok = b.Pick.Query.(*model.PerClass)
	return ok
}

func locks(st statement) bool {
	b, ok := st.of.Body.(*model.Select)
	return ok && b.Lock != model.NoLock || picksPerClass(st)
}

// joins reports whether a statement changes rows that it finds by others.
func joins(st statement) bool {
	switch b := st.of.Body.(type) {
	case *model.Update:
		return b.Pick != nil || len(st.Columns) > 0
	case *model.Delete:
		return b.Pick != nil || len(st.Columns) > 0
	}
	return false
}

// judgeClaims lays the failures of statements at the door of a claim: one that none
// of its statements bears out is wrong.
func (s *subject) judgeClaims(ctx context.Context) {
	for _, c := range claims(s.dialect) {
		if c.value == "" {
			continue
		}
		ran, err := 0, error(nil)
		for _, st := range s.statements() {
			switch {
			case len(st.Forms) == 0 || !c.uses(st):
			case s.failed[st.Name] == nil:
				ran++
			case err == nil:
				err = s.failed[st.Name]
			}
		}
		name := c.key + ": " + c.value
		switch {
		case ran > 0:
			s.addf(OK, name, "%d statements depend on it and run", ran)
		case err != nil:
			s.addf(Failed, name, "no statement that depends on it runs: %v", err)
		}
		s.hint(ctx, c)
	}
}

// hint tries what the description does not claim.
func (s *subject) hint(ctx context.Context, c claim) {
	if c.more == nil || s.dialect.Flags.SingleWriter {
		return
	}
	other := *s.dialect
	value := c.more(&other)
	if value == c.value {
		return
	}
	for _, st := range s.statements() {
		if c.uses(st) && s.tryAs(ctx, st, &other) != nil {
			return
		}
	}
	s.addf(Hint, c.key+": "+value, "is not claimed, and the server runs it")
}

// tryAs executes a statement as another description renders it.
func (s *subject) tryAs(ctx context.Context, st statement, d *spec.Dialect) error {
	rendered, err := render.Statement(st.of, d)
	if err != nil {
		return err
	}
	r, err := s.store.Runner()
	if err != nil {
		return err
	}
	for _, form := range rendered.Forms {
		form.SQL = strings.ReplaceAll(form.SQL, engine.PrefixMark, r.Prefix)
		if _, err = s.execute(ctx, st, form, st.sizes(form)[0]); err != nil && !errors.Is(err, errUndo) {
			return err
		}
	}
	return nil
}
