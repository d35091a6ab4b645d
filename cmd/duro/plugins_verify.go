package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/config"
	"github.com/durokit/duro/config/plugins"
	"github.com/durokit/duro/plugin/host"
)

// examined is what came of the checks of one plugin.
type examined struct {
	Plugin string  `json:"plugin"`
	Checks []check `json:"checks"`
}

// pluginReport collects the checks of plugins.
type pluginReport struct {
	Plugins []examined `json:"plugins"`
	Failed  int        `json:"failed"`
}

func (r *pluginReport) add(plugin string, checks ...check) {
	for _, k := range checks {
		if k.Result == checkFail {
			r.Failed++
		}
	}
	r.Plugins = append(r.Plugins, examined{plugin, checks})
}

func (r *pluginReport) text(t *table) {
	t.row("PLUGIN", "CHECK", "RESULT", "DETAIL")
	for _, p := range r.Plugins {
		for _, k := range p.Checks {
			t.row(p.Plugin, k.Name, k.Result, k.Detail)
		}
	}
	for _, p := range r.Plugins {
		for _, k := range p.Checks {
			k.more(t, p.Plugin+", "+k.Name)
		}
	}
}

// print shows the report, and fails when a check did.
func (r *pluginReport) print(out *output) error {
	if err := out.show(r, r.text); err != nil {
		return err
	}
	if r.Failed > 0 {
		return wrongf("%s failed", plural(r.Failed, "check"))
	}
	return nil
}

func (c *cli) pluginsVerify() *cobra.Command {
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:   "verify [NAME...]",
		Short: "Check that plugins are what the configuration says",
		Long: `verify checks the plugins of the configuration, or those that are named: where a
program lies, who may change it, its checksum, and that it starts and is the plugin it
should be; or that the server at an address answers. A program whose checksum is not
as configured is not run. It opens no store.`,
	}
	out := c.output(cmd)
	cmd.Flags().DurationVar(&timeout, "timeout", 15*time.Second, "how long a plugin may take to answer")
	cmd.RunE = c.apart(func(ctx context.Context, names []string) error {
		_, found, err := c.listedPlugins(names)
		if err != nil {
			return err
		}
		r := &pluginReport{Plugins: []examined{}}
		for _, l := range found {
			if l.Configured || len(names) > 0 { // a program that merely lies there is nobody's
				r.add(l.Name, verifyPlugin(ctx, l, timeout)...)
			}
			if ctx.Err() != nil {
				return errInterrupted
			}
		}
		if len(r.Plugins) == 0 {
			return usagef("the configuration has no plugins to verify; see duro plugins list")
		}
		return r.print(out)
	})
	return cmd
}

// verifyPlugin makes the checks of one plugin, until one fails that the others need.
func verifyPlugin(ctx context.Context, l config.Listed, timeout time.Duration) []check {
	if l.Target.Address != "" {
		return []check{answers(ctx, l, timeout)}
	}
	if l.Missing != nil {
		return []check{{Name: "program", Result: checkFail, Detail: oneLine(message(l.Missing))}}
	}
	whatever := plugins.Child(l.Target)
	whatever.SHA256, whatever.Unverified = "", true
	program, err := host.Examine(whatever)
	if err != nil {
		return []check{{Name: "program", Result: checkFail, Detail: oneLine(message(err))}}
	}
	checks := []check{{Name: "program", Result: checkOK, Detail: program.Path}, checkChecksum(l, program)}
	if checks[1].Result == checkFail {
		return checks
	}
	return append(checks, answers(ctx, l, timeout))
}

// checkChecksum compares a program with the configured checksum.
func checkChecksum(l config.Listed, program host.Program) check {
	k := check{Name: "checksum", Result: checkOK, Detail: program.SHA256 + ", as configured"}
	_, err := host.Examine(plugins.Child(l.Target))
	switch {
	case err == nil && l.Target.Unverified:
		k.Result, k.Detail = checkNote, program.SHA256+", not verified: the configuration says unverified"
	case err == nil:
	case l.Target.SHA256 == "":
		k.Result, k.Detail = checkFail, "the configuration has none, so the program is not run"
		k.Advice = fmt.Sprintf("if you trust the program, write in the configuration: plugins: {%s: {sha256: %s}}", l.Name, program.SHA256)
	default:
		k.Result, k.Detail = checkFail, program.SHA256+", and the configuration has "+l.Target.SHA256
		k.Advice = fmt.Sprintf("if you have replaced the program yourself, write sha256: %s; else find out who did", program.SHA256)
	}
	if k.Result == checkFail {
		k.Findings = published(program)
	}
	return k
}

// published says what the list of checksums beside a program has about it.
func published(program host.Program) []string {
	list := filepath.Join(filepath.Dir(program.Path), "SHA256SUMS")
	f, err := os.Open(list)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return []string{err.Error()}
	}
	defer func() { _ = f.Close() }() // it was only read
	for lines := bufio.NewScanner(f); lines.Scan(); {
		sum, name, _ := strings.Cut(lines.Text(), " ")
		if strings.TrimLeft(name, " *") != filepath.Base(program.Path) {
			continue
		}
		if strings.EqualFold(sum, program.SHA256) {
			return []string{"it is the checksum that " + list + " has"}
		}
		return []string{list + " has another one, " + sum}
	}
	return []string{list + " does not have it"}
}

// answers runs a plugin, or calls it, and has it say what it is.
func answers(ctx context.Context, l config.Listed, timeout time.Duration) check {
	about, err := describePlugin(ctx, l, timeout)
	if err != nil {
		return check{Name: "answers", Result: checkFail, Detail: oneLine(message(err))}
	}
	k := check{Name: "answers", Result: checkOK, Detail: fmt.Sprintf("%s %s, protocol %s", about.Name, about.Version, about.Protocol)}
	if about.Harness {
		k.Result, k.Advice = checkNote, "it offers its service for tests, by which callers may corrupt and drop stores: start it without --harness"
	}
	return k
}
