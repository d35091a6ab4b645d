package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/sqlgen"
)

func (c *cli) generate() *cobra.Command {
	return &cobra.Command{
		Use:   "generate [dir...]",
		Short: "Write what is missing or changed, remove what is orphaned",
		Long: `generate writes the generated files of each folder. A file whose bytes are right
is not touched; a file that durogen wrote once and no longer writes is removed.
Nothing is written unless all descriptions are right.`,
		RunE: func(_ *cobra.Command, args []string) error {
			changes, err := plans(args)
			if err != nil {
				return err
			}
			if err := sqlgen.Apply(changes); err != nil {
				return err
			}
			for _, change := range changes {
				did := "wrote"
				if change.Kind == sqlgen.Orphaned {
					did = "removed"
				}
				fmt.Fprintln(c.stdout, did, filepath.ToSlash(change.Path))
			}
			return nil
		},
	}
}
