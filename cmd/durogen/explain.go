package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/internal/diag"
	"github.com/durokit/duro/internal/strictyaml"
	"github.com/durokit/duro/sqlgen"
	"github.com/durokit/duro/sqlgen/emit"
	"github.com/durokit/duro/sqlgen/spec"
)

func (c *cli) explain() *cobra.Command {
	var dialects []string
	var all bool
	cmd := &cobra.Command{
		Use:   "explain STATEMENT | --all",
		Short: "Print a statement as a dialect runs it",
		Long: `explain prints the SQL that a dialect runs for a statement, in every form, below
what the statement is for and what goes in and out. With --format json it prints
one object for each statement and dialect.`,
		Example: "  durogen explain claims.ensure --dialect backends/mine",
		Args: func(_ *cobra.Command, args []string) error {
			if all != (len(args) == 0) || len(args) > 1 {
				return errors.New("explain takes one statement, or --all")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			list, err := dirs(dialects)
			if err != nil {
				return err
			}
			for _, dir := range list {
				in, err := sqlgen.Resolve(filepath.Join(dir, spec.FileName))
				if err != nil {
					return err
				}
				chosen := in.Statements
				if !all {
					if chosen, err = statementNamed(args[0], in.Statements); err != nil {
						return err
					}
				}
				if err := c.printStatements(in.Dialect.Name, chosen); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&dialects, "dialect", nil, "folder of a dialect.yaml (default: as for generate)")
	cmd.Flags().BoolVar(&all, "all", false, "print all statements")
	return cmd
}

func statementNamed(name string, list []emit.Statement) ([]emit.Statement, error) {
	names := make([]string, 0, len(list))
	for _, s := range list {
		if s.Rendered.Name == name || s.Field == name {
			return []emit.Statement{s}, nil
		}
		names = append(names, s.Rendered.Name)
	}
	return nil, fmt.Errorf("no statement %q%s", name, strictyaml.DidYouMean(name, names))
}

func (c *cli) printStatements(dialect string, list []emit.Statement) error {
	for _, s := range list {
		var err error
		if diag.Format(c.format) == diag.JSON {
			enc := json.NewEncoder(c.stdout)
			enc.SetEscapeHTML(false) // SQL is full of < and >
			err = enc.Encode(explanationOf(dialect, s))
		} else {
			err = printSQL(c.stdout, dialect, s)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// printSQL prints a statement as SQL with comments, to be pasted into a console.
func printSQL(w io.Writer, dialect string, s emit.Statement) error {
	var b strings.Builder
	r := s.Rendered
	fmt.Fprintf(&b, "-- %s on %s: %s\n", r.Name, dialect, s.Purpose)
	line := func(label string, list []string) {
		if len(list) > 0 {
			fmt.Fprintf(&b, "-- %s: %s\n", label, strings.Join(list, ", "))
		}
	}
	line("in", r.Scalars)
	line("rows", columnNames(r.Columns))
	line("out", r.Output)
	for _, form := range r.Forms {
		fmt.Fprintf(&b, "-- %s\n%s;\n", formTitle(r, form), form.SQL)
	}
	_, err := fmt.Fprintln(w, b.String())
	return err
}

func columnNames(list []engine.Column) []string {
	out := make([]string, 0, len(list))
	for _, c := range list {
		out = append(out, c.Name+" "+typeName(c.Type))
	}
	return out
}

// formTitle says how much one execution carries, and how.
func formTitle(s engine.Statement, f engine.Form) string {
	switch {
	case len(s.Columns) == 0:
		return "one execution"
	case f.Pack == engine.PackArrays:
		return "all rows, an array for each column"
	case f.Pack == engine.PackJSON:
		return "all rows as JSON"
	case f.Rows == 1:
		return "one row"
	}
	return fmt.Sprintf("%d rows", f.Rows)
}
