package main

import (
	"context"
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/config"
	"github.com/durokit/duro/internal/redact"
)

// defaultBackend is what a command works on when nobody names a backend.
const defaultBackend = "sqlite:duro.db"

// cli holds what all commands share.
type cli struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	interrupts     *interrupts

	backend, configFile, pluginDir string
	verbose                        bool

	// choice is which backend is meant, once that was found out, and at its URL.
	choice *config.Choice
	at     string
	// running is set once cobra has accepted the command line.
	running bool
}

// run executes one command line and returns its exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	c := &cli{stdin: stdin, stdout: stdout, stderr: stderr, interrupts: &interrupts{}}
	ctx, stop := c.interrupts.watch(context.Background(), stderr)
	defer stop()
	root := c.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return c.report(root.ExecuteContext(ctx))
}

func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "duro",
		Short: "Look into, repair, migrate and load stores of durable orchestrations",
		Long: `duro looks into stores of durable orchestrations, repairs them, migrates them,
puts them under load, and judges backends by the contract.

A backend is named by its URL, for example sqlite:orders.db, or by what the
configuration calls it, and chosen with --backend, else $DURO_BACKEND, else the
configuration, else ` + defaultBackend + `. The configuration is the file that --config or
$DURO_CONFIG names, else duro/duro.yaml in the user's folder of configurations; see
duro config. Prefer it or the variable for a URL with a password: other users of a
machine can see the arguments of a process.

Exit statuses:
  0    ok
  1    the thing looked for is wrong: not found, findings, failed instances
  2    usage: a wrong flag, argument or backend URL
  3    the store cannot be opened or reached: there is none, it is unreadable,
       corrupt, of a newer schema version, or unavailable
  4    cases of the conformance suite did not end as expected
  130  interrupted`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs, // see onlyGroups
		RunE:          c.onlyGroups,
		PersistentPreRun: func(*cobra.Command, []string) {
			slog.SetDefault(c.logger())
		},
	}
	root.PersistentFlags().StringVarP(&c.backend, "backend", "b", "",
		"`URL` or name of the backend (default $DURO_BACKEND, else the configuration's, else "+defaultBackend+")")
	root.PersistentFlags().StringVar(&c.configFile, "config", "",
		"`file` of the configuration (default $DURO_CONFIG, else the user's own)")
	root.PersistentFlags().StringVar(&c.pluginDir, "plugin-dir", "",
		"`folder` of plugins' programs (default $DURO_PLUGIN_DIR, else the configuration's, else the user's own)")
	root.PersistentFlags().BoolVarP(&c.verbose, "verbose", "v", false, "print the log of the backend to standard error")
	root.AddCommand(c.instances(), c.queues(), c.doctor(), c.migrate(), c.stress(), c.conformance(), c.config(), c.plugins(), c.serve(), c.version())
	c.strict(root)
	return root
}

// hide takes the secrets of the backend's URL out of a text.
func (c *cli) hide(s string) string { return redact.Of(c.url()).Hide(s) }

// shown is the backend's URL without its secrets.
func (c *cli) shown() string { return redact.Of(c.url()).Shown }

// logger is silent by default: what matters to an operator comes back as a result
// or an error, and a log would stand between the lines of a progress bar.
func (c *cli) logger() *slog.Logger {
	if !c.verbose {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(c.stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// action is what a command does once its command line is accepted.
type action func(ctx context.Context, args []string) error

// do makes a RunE of an action on the chosen backend.
func (c *cli) do(f action) func(*cobra.Command, []string) error {
	return c.apart(func(ctx context.Context, args []string) error {
		if err := c.choose(ctx); err != nil {
			return err
		}
		return f(ctx, args)
	})
}

// apart makes a RunE of an action that needs no backend.
func (c *cli) apart(f action) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		c.running = true
		return f(cmd.Context(), args)
	}
}
