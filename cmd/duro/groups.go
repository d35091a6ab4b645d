package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// group makes a command that only has others below it. Without this, cobra takes
// an unknown one for a call for help and exits with 0.
func (c *cli) group(use, short string, below ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.ArbitraryArgs, RunE: c.onlyGroups}
	cmd.AddCommand(below...)
	return cmd
}

// onlyGroups prints the help of a command that does nothing itself, and refuses
// arguments, which are misspelt commands.
func (c *cli) onlyGroups(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	return unknown(cmd, args[0])
}

func unknown(parent *cobra.Command, name string) error {
	text := fmt.Sprintf("unknown command %q for %q", name, parent.CommandPath())
	parent.SuggestionsMinimumDistance = 2 // cobra's own default, which it sets elsewhere
	if near := parent.SuggestionsFor(name); len(near) > 0 {
		text += fmt.Sprintf(", did you mean %q?", near[0])
	}
	return usagef("%s", text)
}

// strict makes the commands that cobra itself adds refuse what they do not know.
func (c *cli) strict(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	root.InitDefaultHelpCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "completion":
			cmd.Args, cmd.RunE = cobra.ArbitraryArgs, c.onlyGroups
		case "help":
			cmd.Run, cmd.RunE = nil, help
		}
	}
}

func help(cmd *cobra.Command, args []string) error {
	about, rest, err := cmd.Root().Find(args)
	if err != nil || len(rest) > 0 {
		return unknown(about, args[len(args)-max(len(rest), 1)])
	}
	about.InitDefaultHelpFlag() // so that it is listed
	return about.Help()
}

// name is a command's name for an error, which begins with "duro" anyway.
func name(cmd *cobra.Command) string { return strings.TrimPrefix(cmd.CommandPath(), "duro ") }

// subcommandOnly is noArgs for a command with others below it.
func subcommandOnly(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return unknown(cmd, args[0])
	}
	return nil
}

// noArgs and oneArg say in words what cobra says in numbers.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s takes no argument, not %q", name(cmd), args[0])
	}
	return nil
}

func oneArg(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usagef("%s takes %s, not %s", name(cmd), what, plural(len(args), "argument"))
		}
		return nil
	}
}
