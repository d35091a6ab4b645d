package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/internal/diag"
	"github.com/durokit/duro/sqlgen"
)

// cli holds what all commands share.
type cli struct {
	stdout, stderr io.Writer
	format         formatFlag
	dir            string
}

// findings says that a command worked and found something, already printed.
var errFindings = errors.New("findings")

func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "durogen",
		Short: "Write the Go code of a database backend from its dialect.yaml",
		Long: `durogen writes the Go code of a database backend from its description, a
dialect.yaml: statements, schema, and the classifier of the driver's errors.

Without folders, the current one is taken when it holds a dialect.yaml, else
every backends/* that does.

Exit codes:
  0  ok
  1  findings: verify found files that differ from their description, or vet a
     claim that does not hold
  2  a wrong command line, a wrong description, or an error of the system`,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if c.dir == "" {
				return nil
			}
			return os.Chdir(c.dir)
		},
	}
	c.format = formatFlag(diag.Text)
	root.PersistentFlags().StringVarP(&c.dir, "directory", "C", "", "run as if started in `dir`")
	root.PersistentFlags().Var(&c.format, "format", "how findings and errors are printed: "+strings.Join(formatNames(), ", "))
	root.AddCommand(c.newDialect(), c.generate(), c.verify(), c.vet(), c.explain(), c.doc(), c.schema(), c.version())
	return root
}

// report prints an error in the chosen format and returns the exit code.
func (c *cli) report(err error) int {
	if err == nil {
		return exitOK
	}
	if errors.Is(err, errFindings) {
		return exitFindings
	}
	if list, ok := errors.AsType[diag.Error](err); ok {
		_ = diag.Format(c.format).Print(c.stderr, list)
	} else {
		fmt.Fprintln(c.stderr, "durogen:", err)
	}
	return exitError
}

// dirs returns the folders to work on.
func dirs(args []string) ([]string, error) {
	if len(args) > 0 {
		return args, nil
	}
	return sqlgen.Find()
}

// plans compares all folders before anything is written, and collects the
// diagnostics of all descriptions.
func plans(args []string) ([]sqlgen.Change, error) {
	list, err := dirs(args)
	if err != nil {
		return nil, err
	}
	var changes []sqlgen.Change
	var wrong diag.Error
	for _, dir := range list {
		more, err := sqlgen.Plan(dir)
		if these, ok := errors.AsType[diag.Error](err); ok {
			for _, d := range these {
				// Siblings repeat what is wrong with what they extend.
				if !slices.Contains(wrong, d) {
					wrong = append(wrong, d)
				}
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		changes = append(changes, more...)
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return changes, nil
}

// formatFlag is a diag.Format as a flag.
type formatFlag diag.Format

func (f *formatFlag) String() string { return string(*f) }

// Type names the flag's value in the help.
func (*formatFlag) Type() string { return "format" }

// Set refuses an unknown format.
func (f *formatFlag) Set(s string) error {
	if !slices.Contains(diag.Formats(), diag.Format(s)) {
		return fmt.Errorf("known are %s", strings.Join(formatNames(), ", "))
	}
	*f = formatFlag(s)
	return nil
}

func formatNames() []string {
	var out []string
	for _, f := range diag.Formats() {
		out = append(out, string(f))
	}
	return out
}
