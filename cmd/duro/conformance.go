package main

import (
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/conformance"
)

func (c *cli) conformance() *cobra.Command {
	return c.group("conformance", "Judge a backend by the contract, or say what the contract's cases are",
		c.conformanceList(), c.conformanceExplain(), c.conformanceRun())
}

// profile is a choice of cases that has a name.
type profile struct {
	name, about string
	options     conformance.Options
}

// profiles are all there are, the default first.
var profiles = []profile{
	{"full", "every case", conformance.Options{}},
	{"core", "without the slow cases", conformance.Options{SkipSlow: true}},
	{"migration", "the cases that prove the checklist in docs/migrating.md", conformance.Options{Only: conformance.MigrationCases()}},
}

// selection is the flags that choose cases.
type selection struct {
	profile *choice
	match   pattern
}

func selectionFlags(cmd *cobra.Command) *selection {
	var names, meanings []string
	for _, p := range profiles {
		names = append(names, p.name)
		meanings = append(meanings, p.name+" is "+p.about)
	}
	usage := "the choice of cases (" + strings.Join(meanings, ", ") + ")"
	s := &selection{profile: choiceFlag(cmd, "profile", names[0], usage, names...)}
	cmd.Flags().Var(&s.match, "run", "only cases whose id matches")
	return s
}

func (s *selection) options() conformance.Options {
	var o conformance.Options
	for _, p := range profiles {
		if p.name == s.profile.value {
			o = p.options
		}
	}
	o.Match = s.match.Regexp
	return o
}

// pattern is a flag that takes a regular expression.
type pattern struct{ *regexp.Regexp }

func (p *pattern) String() string {
	if p.Regexp == nil {
		return ""
	}
	return p.Regexp.String()
}

// Type names the flag's value in the help.
func (*pattern) Type() string { return "regexp" }

// Set compiles the expression.
func (p *pattern) Set(s string) (err error) {
	p.Regexp, err = regexp.Compile(s)
	return err
}

// chosen lists the cases of some options, of which there must be one at least.
func chosen(o conformance.Options) ([]conformance.Case, error) {
	cases := o.Selected()
	if len(cases) == 0 {
		return nil, usagef("no case is chosen by these flags; see duro conformance list")
	}
	return cases, nil
}
