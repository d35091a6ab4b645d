package main

import (
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/durokit/duro/internal/diag"
	"github.com/durokit/duro/sqlgen"
)

func (c *cli) verify() *cobra.Command {
	return &cobra.Command{
		Use:   "verify [dir...]",
		Short: "Say what generate would do, and write nothing",
		Long: `verify generates in memory and compares: it reports files that are changed (with
a diff), missing, or orphaned (written once, no longer asked for). It exits with
1 when there are any, and with 2 when it could not compare.`,
		RunE: func(_ *cobra.Command, args []string) error {
			changes, err := plans(args)
			if err != nil {
				return err
			}
			if len(changes) == 0 {
				return nil
			}
			var list []diag.Diagnostic
			for _, change := range changes {
				list = append(list, drift(change))
			}
			if err := diag.Format(c.format).Print(c.stdout, list); err != nil {
				return err
			}
			return errFindings
		},
	}
}

// drift describes a change that was not made.
func drift(c sqlgen.Change) diag.Diagnostic {
	path := filepath.ToSlash(c.Path)
	d := diag.Diagnostic{File: path}
	switch c.Kind {
	case sqlgen.Missing:
		d.Message = "missing; run durogen generate"
	case sqlgen.Orphaned:
		d.Message = "orphaned: generated once, no longer asked for; durogen generate removes it"
	case sqlgen.Changed:
		d.Message = "changed: differs from its description; run durogen generate"
		unified := string(diff.Diff(path, c.Old, path+" (generated)", c.New))
		_, d.Detail, _ = strings.Cut(unified, "\n") // the first line repeats the two after it
	}
	return d
}
