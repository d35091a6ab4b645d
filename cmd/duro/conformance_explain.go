package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/internal/storeurl"
)

func (c *cli) conformanceExplain() *cobra.Command {
	cmd := &cobra.Command{
		Use:               "explain CASE",
		Short:             "Say what a case of the conformance suite checks, and why",
		Args:              oneArg("the id of a case"),
		ValidArgsFunction: completeCase,
	}
	out := c.output(cmd)
	cmd.RunE = c.apart(func(_ context.Context, args []string) error {
		k, err := findCase(args[0])
		if err != nil {
			return err
		}
		v := newCaseInfo(k)
		return out.show(v, v.text)
	})
	return cmd
}

func (v caseInfo) text(t *table) {
	t.row("case", v.ID)
	t.row("rule", v.Rule)
	t.row("why", v.Why)
	t.row("contract", "docs/contract.md "+v.Section)
	t.row("level", v.Level)
	t.row("numbers", listed(v.Numbers, " "))
	t.row("needs", listed(v.Needs, "; "))
	t.row("budget", time.Duration(v.BudgetMS)*time.Millisecond)
	t.row("slow", map[bool]string{true: "yes", false: "no"}[v.Slow])
	t.row("run it", v.Run)
}

func completeCase(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return caseIDs(), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

func caseIDs() []string {
	var ids []string
	for _, k := range conformance.Cases() {
		ids = append(ids, k.ID)
	}
	return ids
}

// findCase finds a case by its id.
func findCase(id string) (conformance.Case, error) {
	for _, k := range conformance.Cases() {
		if k.ID == id {
			return k, nil
		}
	}
	return conformance.Case{}, usagef("%s", noCase(id))
}

// noCase says that there is no such case, and what may have been meant.
func noCase(id string) string {
	text := fmt.Sprintf("no case is called %q", id)
	for _, d := range conformance.Deferred() {
		if d.ID == id {
			return text + " yet: it " + d.Reason
		}
	}
	if near := nearCases(id); len(near) > 0 {
		return text + ", did you mean " + strings.Join(near, " or ") + "?"
	}
	return text + "; see duro conformance list"
}

// nearShown is how many cases are suggested at most.
const nearShown = 3

// nearCases are cases that had the name as their number, that hold it in their id,
// or whose id is written much like it.
func nearCases(name string) []string {
	name = strings.ToLower(name)
	var near, ids []string
	spelt := map[string]string{} // ids by how they are compared
	for _, k := range conformance.Cases() {
		lower := strings.ToLower(k.ID)
		numbered := slices.ContainsFunc(k.Numbers, func(n string) bool { return strings.EqualFold(n, name) })
		if name != "" && (numbered || strings.Contains(lower, name)) {
			near = append(near, k.ID)
		}
		_, behaviour, _ := strings.Cut(lower, "/")
		spelt[behaviour] = k.ID
		spelt[lower] = k.ID // an area's own wins over another's behaviour
		ids = append(ids, lower, behaviour)
	}
	if len(near) > 0 {
		return near[:min(len(near), nearShown)]
	}
	if best := storeurl.Nearest(name, ids); best != "" {
		return []string{spelt[best]}
	}
	return nil
}
