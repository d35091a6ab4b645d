package main

import (
	"github.com/spf13/cobra"

	"github.com/durokit/duro/sqlgen/spec"
)

func (c *cli) schema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON schema of dialect.yaml",
		Long: `schema prints the JSON schema of dialect.yaml, for editors: save it and start a
description with "# yaml-language-server: $schema=FILE".`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := c.stdout.Write(spec.Schema())
			return err
		},
	}
}
