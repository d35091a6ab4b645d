package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/sqlgen"
	"github.com/durokit/duro/sqlgen/emit"
	"github.com/durokit/duro/sqlgen/spec"
)

func (c *cli) doc() *cobra.Command {
	return &cobra.Command{
		Use:   "doc [dir...]",
		Short: "Print a Markdown table of all statements",
		Long: `doc prints a Markdown table of the statements of each folder's dialect: what each
is for, what goes in and out, and in how many forms it is generated.`,
		RunE: func(_ *cobra.Command, args []string) error {
			list, err := dirs(args)
			if err != nil {
				return err
			}
			for _, dir := range list {
				in, err := sqlgen.Resolve(filepath.Join(dir, spec.FileName))
				if err != nil {
					return err
				}
				if _, err := fmt.Fprint(c.stdout, markdown(in)); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func markdown(in emit.Input) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## Statements on %s\n\n", in.Dialect.Name)
	b.WriteString("| statement | purpose | in | rows | out | forms |\n|---|---|---|---|---|---|\n")
	for _, s := range in.Statements {
		r := s.Rendered
		columns := make([]string, 0, len(r.Columns))
		for _, column := range r.Columns {
			columns = append(columns, column.Name)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n",
			r.Name, cell(s.Purpose), strings.Join(r.Scalars, ", "), strings.Join(columns, ", "),
			strings.Join(r.Output, ", "), strings.Join(formTitles(s), "; "))
	}
	b.WriteString("\n")
	b.WriteString(errorTable(in.Dialect))
	return b.String()
}

func formTitles(s emit.Statement) []string {
	out := make([]string, 0, len(s.Rendered.Forms))
	for _, form := range s.Rendered.Forms {
		out = append(out, formTitle(s.Rendered, form))
	}
	return out
}

func errorTable(d *spec.Dialect) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## Errors on %s\n\n| codes | error | outcome | told as | not provoked |\n|---|---|---|---|---|\n", d.Name)
	for _, row := range d.Errors {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", strings.Join(row.Codes, ", "),
			cell(row.Name), row.Outcome, row.Code, cell(row.NotProvoked))
	}
	return b.String() + "\n"
}

// cell makes a text safe inside a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
