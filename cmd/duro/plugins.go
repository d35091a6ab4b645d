package main

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/config"
	"github.com/durokit/duro/config/plugins"
	"github.com/durokit/duro/plugin/host"
)

func (c *cli) plugins() *cobra.Command {
	return c.group("plugins", "List, describe and verify the plugins of a configuration",
		c.pluginsList(), c.pluginsInfo(), c.pluginsVerify(), c.pluginsDoctor())
}

// listedPlugin is a plugin, as it is printed.
type listedPlugin struct {
	Name       string   `json:"name"`
	Version    string   `json:"version,omitempty"`
	Configured bool     `json:"configured"`
	Checksum   string   `json:"checksum"`
	Backends   []string `json:"backends"`
	Program    string   `json:"program,omitempty"`
	Address    string   `json:"address,omitempty"`
}

func (c *cli) pluginsList() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the plugins of the configuration and of the folder of plugins",
		Long: `list prints the plugins that the configuration names, and the programs that lie in
the folder of plugins. It runs none of them: a version is what a file's name says.`,
		Args: noArgs,
	}
	out := c.output(cmd)
	cmd.RunE = c.apart(func(context.Context, []string) error {
		_, all, err := c.listedPlugins(nil)
		if err != nil {
			return err
		}
		v := struct {
			Plugins []listedPlugin `json:"plugins"`
		}{[]listedPlugin{}}
		for _, l := range all {
			v.Plugins = append(v.Plugins, listedPlugin{
				Name: l.Name, Version: l.Version, Configured: l.Configured, Checksum: checksumOf(l),
				Backends: append([]string{}, l.Backends...), Program: l.Target.Program(), Address: l.Target.Address,
			})
		}
		return out.show(v, func(t *table) {
			t.row("PLUGIN", "VERSION", "CHECKSUM", "BACKENDS", "PROGRAM OR ADDRESS")
			for _, p := range v.Plugins {
				t.row(p.Name, dash(p.Version), p.Checksum, dash(strings.Join(p.Backends, ", ")), dash(p.Program+p.Address))
			}
		})
	})
	return cmd
}

// listedPlugins are the named plugins, else all there are.
func (c *cli) listedPlugins(names []string) (*config.Choice, []config.Listed, error) {
	read, err := config.ReadFile(c.request())
	if err != nil {
		return nil, nil, notChosen(err)
	}
	if len(names) == 0 {
		all, err := read.Plugins()
		if err != nil {
			err = notChosen(err)
		}
		return read, all, err
	}
	var out []config.Listed
	for _, name := range names {
		l, err := read.Plugin(name)
		if err != nil {
			return nil, nil, notChosen(err)
		}
		out = append(out, l)
	}
	return read, out, nil
}

// checksumOf says in a word what is known of a program's checksum.
func checksumOf(l config.Listed) string {
	switch {
	case l.Target.Address != "":
		return "-"
	case l.Target.SHA256 != "":
		return "configured"
	case l.Target.Unverified:
		return "unverified"
	default:
		return "none"
	}
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// aboutPlugin is what a plugin says of itself, as it is printed.
type aboutPlugin struct {
	Name         string          `json:"name"`
	Version      string          `json:"version"`
	Summary      string          `json:"summary,omitempty"`
	Protocol     string          `json:"protocol"`
	Harness      bool            `json:"harness"`
	Program      string          `json:"program,omitempty"`
	Address      string          `json:"address,omitempty"`
	ConfigSchema json.RawMessage `json:"config_schema,omitempty"`
}

func (c *cli) pluginsInfo() *cobra.Command {
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:   "info NAME",
		Short: "Ask a plugin what it is, and which options it takes",
		Long: `info runs the plugin's program, or calls its address, and prints what it says of
itself: its version, that of the protocol, and the JSON schema of its options. It opens
no store.`,
		Args: oneArg("the name of a plugin"),
	}
	out := c.output(cmd)
	cmd.Flags().DurationVar(&timeout, "timeout", 15*time.Second, "how long the plugin may take to answer")
	cmd.RunE = c.apart(func(ctx context.Context, names []string) error {
		_, found, err := c.listedPlugins(names)
		if err != nil {
			return err
		}
		l := found[0]
		about, err := describePlugin(ctx, l, timeout)
		if err != nil {
			return &failure{max(statusOf(err), exitUsage), message(err), err}
		}
		v := aboutPlugin{
			Name: about.Name, Version: about.Version, Summary: about.Summary, Protocol: about.Protocol, Harness: about.Harness,
			Program: l.Target.Program(), Address: l.Target.Address,
		}
		if json.Valid([]byte(about.ConfigSchema)) {
			v.ConfigSchema = json.RawMessage(about.ConfigSchema)
		}
		return out.show(v, v.text)
	})
	return cmd
}

func describePlugin(ctx context.Context, l config.Listed, timeout time.Duration) (host.About, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	target, err := l.Target.Reach()
	if err != nil {
		return host.About{}, err
	}
	return plugins.Describe(ctx, target)
}

func (v aboutPlugin) text(t *table) {
	t.row("plugin", v.Name)
	t.row("version", v.Version)
	t.row("summary", dash(v.Summary))
	t.row("protocol", v.Protocol)
	if v.Harness {
		t.row("for tests", "yes: callers may corrupt and drop stores")
	}
	if v.Address != "" {
		t.row("address", v.Address)
	} else {
		t.row("program", v.Program)
	}
	if len(v.ConfigSchema) > 0 {
		t.linef("")
		t.linef("options:")
		t.linef("%s", v.ConfigSchema)
	}
}
