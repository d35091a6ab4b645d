package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"github.com/spf13/cobra"

	"github.com/durokit/duro/config"
)

func (c *cli) pluginsDoctor() *cobra.Command {
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:   "doctor [NAME...]",
		Short: "Find out why plugins do not work, and say what to do",
		Long: `doctor looks at the folder of plugins, verifies the plugins of the configuration, or
those that are named, checks the options of their backends against the schemas that the
plugins have for them, and opens every backend that uses one, as an application would:
a plugin may make a store that is not there.`,
	}
	out := c.output(cmd)
	cmd.Flags().DurationVar(&timeout, "timeout", 15*time.Second, "how long a plugin may take to answer")
	cmd.RunE = c.apart(func(ctx context.Context, names []string) error {
		read, found, err := c.listedPlugins(names)
		if err != nil {
			return err
		}
		r := &pluginReport{Plugins: []examined{}}
		r.add("-", checkPluginDir(read, found))
		for _, l := range found {
			checks := verifyPlugin(ctx, l, timeout)
			if last := checks[len(checks)-1]; last.Result != checkFail {
				for _, backend := range l.Backends {
					checks = append(checks, c.checkPluginBackend(ctx, read, l, backend, timeout)...)
				}
			}
			if ctx.Err() != nil {
				return errInterrupted
			}
			r.add(l.Name, checks...)
		}
		return r.print(out)
	})
	return cmd
}

// checkPluginDir looks at the folder of plugins, and for what nobody uses in it.
func checkPluginDir(read *config.Choice, found []config.Listed) check {
	const name = "folder"
	dir := read.PluginDir
	info, err := os.Stat(dir.Value)
	switch {
	case dir.Value == "" || errors.Is(err, fs.ErrNotExist):
		k := check{Name: name, Result: checkNote, Detail: fmt.Sprintf("%s (%s) is not there", dash(dir.Value), dir.Origin)}
		if slices.ContainsFunc(found, func(l config.Listed) bool { return l.Missing != nil }) {
			k.Advice = "make it and put the plugins' programs into it, or name another with plugin_dir"
		}
		return k
	case err != nil:
		return check{Name: name, Result: checkFail, Detail: oneLine(err.Error())}
	case !info.IsDir():
		return check{Name: name, Result: checkFail, Detail: dir.Value + " is no folder"}
	case info.Mode().Perm()&0o022 != 0:
		return check{
			Name: name, Result: checkNote, Detail: dir.Value + " can be written to by others than its owner",
			Advice: "chmod go-w it; a program's checksum is compared each time before it is run, but anybody can take it away",
		}
	}
	return check{Name: name, Result: checkOK, Detail: fmt.Sprintf("%s (%s)", dir.Value, dir.Origin)}
}

// checkPluginBackend checks a backend's options, and opens it.
func (c *cli) checkPluginBackend(ctx context.Context, read *config.Choice, l config.Listed, backend string, timeout time.Duration) []check {
	choice, err := read.Use(config.Setting{Value: backend, Origin: "to check"})
	if err != nil {
		return []check{{Name: backend, Result: checkFail, Detail: oneLine(message(err))}}
	}
	options := checkOptions(ctx, choice, l, timeout)
	if options.Result == checkFail {
		return []check{options}
	}
	k := check{Name: backend + ": opens"}
	r := c.reach(ctx, choice, timeout)
	k.Result, k.Detail = r.Result, r.Detail
	if r.Result == checkOK {
		k.Detail = r.Store + " " + r.Detail
	}
	return []check{options, k}
}

// checkOptions holds a backend's options against the plugin's schema.
func checkOptions(ctx context.Context, choice *config.Choice, l config.Listed, timeout time.Duration) check {
	k := check{Name: choice.Backend.Value + ": options", Result: checkOK, Detail: "as the plugin's schema says"}
	about, err := describePlugin(ctx, l, timeout)
	if err == nil && about.ConfigSchema == "" {
		k.Result, k.Detail = checkNote, "the plugin has no schema for them"
		return k
	}
	var target config.PluginTarget
	if err == nil {
		target, err = opener().PluginTarget(ctx, choice.Target)
	}
	if err != nil {
		k.Result, k.Detail = checkFail, oneLine(message(err))
		return k
	}
	if wrong := unfit(about.ConfigSchema, target.Config); len(wrong) > 0 {
		k.Result, k.Detail, k.Findings = checkFail, "not as the plugin's schema says", wrong
		k.Advice = "see duro plugins info " + l.Name
	}
	return k
}

// unfit lists what a schema has against a JSON object, without the object's values,
// which may be secret.
func unfit(schema string, object []byte) []string {
	compiled, err := compile(schema)
	if err != nil {
		return []string{"the plugin's schema is not one: " + err.Error()}
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(object)))
	if err != nil {
		return []string{err.Error()}
	}
	invalid, ok := errors.AsType[*jsonschema.ValidationError](compiled.Validate(v))
	if !ok {
		return nil
	}
	return leavesOf(invalid)
}

func compile(schema string) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(schema))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("plugin.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("plugin.json")
}

// leavesOf lists the single things that are wrong.
func leavesOf(e *jsonschema.ValidationError) (out []string) {
	for _, cause := range e.Causes {
		out = append(out, leavesOf(cause)...)
	}
	if len(e.Causes) > 0 {
		return out
	}
	at := strings.Join(e.InstanceLocation, ".")
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		return []string{prefixed(at, "lacks "+strings.Join(k.Missing, ", "))}
	case *kind.AdditionalProperties:
		return []string{prefixed(at, "has no option "+strings.Join(k.Properties, ", "))}
	case *kind.Type:
		return []string{prefixed(at, fmt.Sprintf("is %s, and must be %s", k.Got, strings.Join(k.Want, " or ")))}
	}
	return []string{prefixed(at, "breaks the rule "+strings.Join(e.ErrorKind.KeywordPath(), "/"))}
}

func prefixed(at, text string) string {
	if at == "" {
		return text
	}
	return at + " " + text
}
