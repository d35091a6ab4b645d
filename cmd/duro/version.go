package main

import (
	"context"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/durokit/duro"
)

func (c *cli) version() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of duro and the backends it knows",
		Args:  noArgs,
	}
	out := c.output(cmd)
	cmd.RunE = c.apart(func(context.Context, []string) error {
		v := struct {
			Version  string   `json:"version"`
			Go       string   `json:"go"`
			Backends []string `json:"backends"`
		}{"unknown", runtime.Version(), duro.Schemes()}
		if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
			v.Version = info.Main.Version
		}
		return out.show(v, func(t *table) {
			t.row("duro", v.Version)
			t.row("go", v.Go)
			for _, b := range v.Backends {
				t.row("backend", b)
			}
		})
	})
	return cmd
}
