package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/sqlgen/scaffold"
)

func (c *cli) newDialect() *cobra.Command {
	var d scaffold.Dialect
	cmd := &cobra.Command{
		Use:   "new NAME",
		Short: "Write the folder of a new dialect",
		Long: `new writes the folder of a new dialect: a description to edit, the few lines of Go
that open its driver, and the generated code. It compiles at once.

With --extends the dialect is a sibling: it takes the driver of another one, and
its description says only what is different.`,
		Example: "  durogen new mine --extends backends/theirs",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if d.Name = args[0]; d.Dir == "" {
				d.Dir = home(d.Name)
			}
			paths, err := scaffold.Write(cmd.Context(), d)
			if err != nil {
				return err
			}
			for _, path := range paths {
				fmt.Fprintln(c.stdout, "wrote", filepath.ToSlash(path))
			}
			dir := filepath.ToSlash(d.Dir)
			fmt.Fprintf(c.stdout, "next: edit %s/dialect.yaml, durogen generate %s, durogen vet %s --url %s:…\n", dir, dir, dir, d.Name)
			return nil
		},
	}
	cmd.Flags().StringVar(&d.Extends, "extends", "", "`folder` of the dialect to start from")
	cmd.Flags().StringVar(&d.Dir, "out", "", "`folder` to write (default: backends/NAME where there are backends, else NAME)")
	return cmd
}

// home is where a new dialect goes unless somebody says so.
func home(name string) string {
	if info, err := os.Stat("backends"); err == nil && info.IsDir() {
		return filepath.Join("backends", name)
	}
	return name
}
