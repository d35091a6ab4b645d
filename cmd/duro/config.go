package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/config"
	"github.com/durokit/duro/internal/redact"
)

func (c *cli) config() *cobra.Command {
	return c.group("config", "Check a configuration, and show what it comes to",
		c.configValidate(), c.configShow(), c.configCheck(), c.configSchema())
}

// problem is one thing wrong with a configuration, as it is printed.
type problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
}

// validation is what came of reading a configuration.
type validation struct {
	File     string    `json:"file"`
	Backends int       `json:"backends"`
	Plugins  int       `json:"plugins"`
	Problems []problem `json:"problems"`
}

func (c *cli) configValidate() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "validate [FILE]",
		Short: "Read a configuration and list everything that is wrong with it",
		Long: `validate reads the configuration that is named, by FILE or as every command has it,
and lists everything that is wrong with it. It opens nothing and fetches no secret.`,
		Args: atMostOneFile,
	}
	out := c.output(cmd)
	cmd.RunE = c.apart(func(_ context.Context, args []string) error {
		r := c.request()
		if len(args) > 0 {
			r.Config, r.ConfigFlag = args[0], "the argument"
		}
		v, err := validate(r)
		if err != nil {
			return err
		}
		if err := out.show(v, v.text); err != nil {
			return err
		}
		if n := len(v.Problems); n > 0 {
			return wrongf("%s has %s", v.File, plural(n, "problem"))
		}
		return nil
	})
	return cmd
}

func atMostOneFile(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usagef("%s takes one file, not %d", name(cmd), len(args))
	}
	return nil
}

func validate(r config.Request) (*validation, error) {
	read, err := config.ReadFile(r)
	problems, wrong := errors.AsType[config.Problems](err)
	switch {
	case wrong:
		v := &validation{File: problems[0].File}
		for _, p := range problems {
			v.Problems = append(v.Problems, problem{p.File, p.Line, p.Column, p.Message})
		}
		return v, nil
	case err != nil:
		return nil, notChosen(err)
	case read.Path.Value == "":
		return nil, usagef("there is no configuration; name one with --config or $%s", config.EnvConfig)
	}
	return &validation{
		File: filepath.ToSlash(read.Path.Value), Backends: len(read.File.Backends), Plugins: len(read.File.Plugins),
		Problems: []problem{},
	}, nil
}

func (v *validation) text(t *table) {
	if len(v.Problems) == 0 {
		t.linef("%s: ok, %s and %s", printable(v.File), plural(v.Backends, "backend"), plural(v.Plugins, "plugin"))
	}
	for _, p := range v.Problems {
		t.linef("%s:%d:%d: %s", printable(p.File), p.Line, p.Column, printable(p.Message))
	}
}

// configValue is a value of the configuration, as it is printed.
type configValue struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Origin string `json:"origin"`
}

func (c *cli) configShow() *cobra.Command {
	var origin bool
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Print the configuration in full, without secrets",
		Long: `show prints the configuration as all commands use it, in its long form: what a URL
says stands there as a backend, and paths are absolute. Secrets are hidden, and none
is fetched. With --origin it prints every value with who gave it.`,
		Args: noArgs,
	}
	out := c.output(cmd)
	cmd.Flags().BoolVar(&origin, "origin", false, "print who gave each value: a flag, a variable, a place in the file, or a default")
	cmd.RunE = c.apart(func(context.Context, []string) error {
		choice, err := config.Choose(c.request())
		if err != nil {
			return notChosen(err)
		}
		if origin || out.json {
			return showOrigins(out, choice)
		}
		long, err := choice.Long()
		if err != nil {
			return usagef("%v", err)
		}
		text, err := long.Shown().YAML()
		if err != nil {
			return wrongf("write the configuration: %v", err)
		}
		return c.write(text)
	})
	return cmd
}

func showOrigins(out *output, choice *config.Choice) error {
	list, err := choice.Settings()
	if err != nil {
		return usagef("%v", err)
	}
	v := struct {
		Settings []configValue `json:"settings"`
	}{}
	for _, s := range list {
		v.Settings = append(v.Settings, configValue{s.Path, s.Value, s.Origin})
	}
	return out.show(v, func(t *table) {
		t.row("KEY", "VALUE", "ORIGIN")
		for _, s := range v.Settings {
			t.row(s.Key, s.Value, s.Origin)
		}
	})
}

func (c *cli) configSchema() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON schema of a configuration, for editors",
		Args:  noArgs,
	}
	cmd.RunE = c.apart(func(context.Context, []string) error { return c.write(config.Schema()) })
	return cmd
}

// shownBackend is how a backend is named to people.
func shownBackend(choice *config.Choice) string { return redact.Of(choice.Backend.Value).Shown }
