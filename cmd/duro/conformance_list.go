package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/conformance"
)

// caseInfo is a case as it is listed and explained.
type caseInfo struct {
	ID       string   `json:"id"`
	Level    string   `json:"level"`
	Numbers  []string `json:"numbers"`
	Slow     bool     `json:"slow"`
	Section  string   `json:"section"`
	Rule     string   `json:"rule"`
	Why      string   `json:"why"`
	Needs    []string `json:"needs"`
	BudgetMS int64    `json:"budget_ms"`
	Run      string   `json:"run"`
}

func newCaseInfo(k conformance.Case) caseInfo {
	v := caseInfo{
		ID: k.ID, Level: k.Level.String(), Numbers: append([]string{}, k.Numbers...), Slow: k.Slow, Section: k.Section,
		Rule: k.Rule, Why: k.Why, Needs: []string{}, BudgetMS: k.Allowance().Milliseconds(),
		Run: "duro conformance run --run '^" + k.ID + "$'",
	}
	for _, n := range k.Needs {
		v.Needs = append(v.Needs, string(n))
	}
	return v
}

func (v caseInfo) slow() string {
	if v.Slow {
		return "slow"
	}
	return "-"
}

// listed joins words, and shows that there are none.
func listed(words []string, between string) string {
	if len(words) == 0 {
		return "-"
	}
	return strings.Join(words, between)
}

func (c *cli) conformanceList() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the cases of the conformance suite",
		Args:  noArgs,
	}
	out := c.output(cmd)
	flags := selectionFlags(cmd)
	cmd.RunE = c.apart(func(context.Context, []string) error {
		cases, err := chosen(flags.options())
		if err != nil {
			return err
		}
		v := struct {
			Cases []caseInfo `json:"cases"`
			Total int        `json:"total"`
		}{Total: len(cases)}
		for _, k := range cases {
			v.Cases = append(v.Cases, newCaseInfo(k))
		}
		return out.show(v, func(t *table) {
			t.row("CASE", "LEVEL", "SLOW", "NUMBERS")
			for _, k := range v.Cases {
				t.row(k.ID, k.Level, k.slow(), listed(k.Numbers, " "))
			}
		})
	})
	return cmd
}
