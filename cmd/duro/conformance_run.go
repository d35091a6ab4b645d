package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/conformance/report"
)

// levels are the words for conformance's levels.
var levels = map[string]conformance.Level{
	conformance.LevelContract.String(): conformance.LevelContract,
	conformance.LevelDuro.String():     conformance.LevelDuro,
}

// conformanceCommand is one call of duro conformance run: its flags, then its run.
type conformanceCommand struct {
	c   *cli
	cmd *cobra.Command

	selection     *selection
	level, format *choice
	options       conformance.Options // only what flags were given for
	output, known string
}

func (c *cli) conformanceRun() *cobra.Command {
	r := &conformanceCommand{c: c}
	r.cmd = &cobra.Command{
		Use:   "run",
		Short: "Run the conformance suite on a backend",
		Long: `run judges a backend by the cases of the conformance suite. Each case gets an empty
store of its own beside the one that the URL names, which is not touched and need
not exist: a file in a temporary folder next to the URL's, or tables on the URL's
server and database whose names begin with duro_c_. They are gone when the run ends.

The report says for each failure which rule was broken, what was done, and the
command that repeats it. Ctrl-C ends the cases that run, takes their stores away and
reports what there is; a second one ends at once and leaves the stores.

A case that --known-failing lists runs as well. Its failure is no failure of the
run, and that it passes is. Otherwise status 4 says that cases failed.`,
		Args: noArgs,
		Example: `  duro conformance run --backend sqlite:test.db --profile core
  duro conformance run --run '^kv/' --repeat 20 --shuffle
  duro conformance run --format junit --output report.xml --known-failing known.txt`,
	}
	r.selection = selectionFlags(r.cmd)
	r.level = choiceFlag(r.cmd, "level", conformance.LevelDuro.String(),
		"the highest level to judge by; at the level contract error codes are not compared",
		conformance.LevelContract.String(), conformance.LevelDuro.String())
	var formats []string
	for _, f := range report.Formats {
		formats = append(formats, string(f))
	}
	r.format = choiceFlag(r.cmd, "format", formats[0], "the form of the report", formats...)
	f := r.cmd.Flags()
	f.Uint64Var(&r.options.Seed, "seed", 0, "repeat the choices of the run with this `seed` (default a new one)")
	f.IntVar(&r.options.Repeat, "repeat", 1, "run every case this many times, each time with the next seed")
	f.BoolVar(&r.options.Shuffle, "shuffle", false, "start the cases in an order drawn from the seed")
	f.IntVar(&r.options.Parallel, "parallel", 0, "cases at a time (default four for each processor)")
	f.StringVar(&r.output, "output", "", "write the report to this `file` (default standard output)")
	f.StringVar(&r.known, "known-failing", "", "a `file` with the ids of cases that are expected to fail, one a line; # begins a comment")
	r.cmd.RunE = c.do(r.run)
	return r.cmd
}

// config makes the suite's options of the flags.
func (r *conformanceCommand) config() (conformance.Options, error) {
	given := r.cmd.Flags().Changed
	switch {
	case r.options.Repeat < 1:
		return r.options, usagef("--repeat cannot be %d", r.options.Repeat)
	case given("parallel") && r.options.Parallel < 1:
		return r.options, usagef("--parallel cannot be %d", r.options.Parallel)
	case given("output") && r.output == "":
		return r.options, usagef("--output needs the name of a file")
	}
	o := r.selection.options()
	level := levels[r.level.value]
	o.MaxLevel = &level
	o.Seed, o.Repeat, o.Shuffle, o.Parallel = r.options.Seed, r.options.Repeat, r.options.Shuffle, r.options.Parallel
	_, err := chosen(o)
	return o, err
}

func (r *conformanceCommand) run(ctx context.Context, _ []string) error {
	o, err := r.config()
	if err != nil {
		return err
	}
	known, err := readKnownFailing(r.known)
	if err != nil {
		return err
	}
	stores, err := r.c.caseStores(ctx)
	if err != nil {
		return err
	}
	rep := &report.Report{KnownFailing: known, Backend: r.c.shown(), Way: r.c.way(), Command: r.command()}
	err = r.judge(ctx, stores, o, rep)
	if left := stores.Close(ctx); left != nil {
		err = withRemains(err, left)
	}
	return err
}

// command begins the commands by which the report repeats cases.
func (r *conformanceCommand) command() string {
	if r.level.value == conformance.LevelDuro.String() {
		return ""
	}
	return report.DefaultCommand + " --level " + r.level.value
}

// judge runs the cases, writes the report, and says what is wrong with it.
func (r *conformanceCommand) judge(ctx context.Context, stores caseStores, o conformance.Options, rep *report.Report) (err error) {
	rep.Server, err = stores.Probe(ctx)
	if ctx.Err() != nil {
		return errInterrupted
	}
	if err != nil {
		return notOpened(r.c.url(), true, err)
	}
	to, err := r.opened()
	if err != nil {
		return err
	}
	screen := r.c.newCaseScreen(len(o.Selected()) * o.Repeat)
	o.Observe = screen.show
	quiet := context.AfterFunc(ctx, func() {
		screen.sayf("interrupted: ending the cases that run; again to stop at once, which leaves their stores")
	})
	rep.Run = conformance.Run(ctx, stores, o)
	quiet()
	screen.close()
	rep.Scrub(r.c.hide)
	if err := r.write(rep, to); err != nil {
		return err
	}
	return verdict(rep)
}

// opened opens the file for the report, before the run is made for nothing; nil
// stands for standard output.
func (r *conformanceCommand) opened() (*os.File, error) {
	if r.output == "" {
		return nil, nil //nolint:nilnil // there is no file and nothing is wrong
	}
	f, err := os.Create(r.output)
	if err != nil {
		return nil, usagef("make a file for the report: %v", err)
	}
	return f, nil
}

func (r *conformanceCommand) write(rep *report.Report, to *os.File) error {
	var buf bytes.Buffer
	if err := rep.Write(&buf, report.Format(r.format.value)); err != nil {
		return err
	}
	if to == nil {
		return r.c.write(buf.Bytes())
	}
	_, err := io.Copy(to, &buf)
	if closed := to.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return wrongf("write the report: %v", err)
	}
	return r.c.write(fmt.Appendf(nil, "%s; the report is in %s\n", rep.Summary(), r.output))
}

// verdict is nil when everything came as expected.
func verdict(rep *report.Report) error {
	switch {
	case rep.Run.Interrupted:
		return interruptedf("interrupted: %s", rep.Summary())
	case !rep.OK():
		return casesf("not as expected: %s", rep.Summary())
	}
	return nil
}

// withRemains adds what a run left behind to what came of it. The status stays
// that of the run.
func withRemains(err, left error) error {
	if err == nil {
		return wrongf("the run is over, and %v", left)
	}
	return fmt.Errorf("%w; and %w", err, left)
}
