package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

// The results of a check. A note is worth knowing and wrong with nothing.
const (
	checkOK   = "ok"
	checkNote = "note"
	checkFail = "FAIL"
)

// check is what came of one check.
type check struct {
	Name   string `json:"check"`
	Result string `json:"result"`
	Detail string `json:"detail"`
	// Findings are single things that are wrong, Advice is what to do about them.
	Findings []string `json:"findings,omitempty"`
	Advice   string   `json:"advice,omitempty"`
}

// checkup collects checks while they are made.
type checkup struct {
	Backend string  `json:"backend"`
	Checks  []check `json:"checks"`
	Failed  int     `json:"failed"`
}

func (u *checkup) add(k check) {
	if k.Result == checkFail {
		u.Failed++
	}
	u.Checks = append(u.Checks, k)
}

func (c *cli) doctor() *cobra.Command {
	var deep bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check a store and say what to do about what is wrong",
		Long: `doctor opens a store and checks its schema, its files or server, the engine's
invariants, and its queues. It changes nothing. With --deep it looks at every page
and index, and decodes every event of every instance, which reads the whole store.
While an embedded database checks itself, nobody else can write to it.`,
		Args: noArgs,
	}
	out := c.output(cmd)
	cmd.Flags().BoolVar(&deep, "deep", false, "read the whole store, every history included")
	cmd.RunE = c.do(func(ctx context.Context, _ []string) error {
		u := &checkup{Backend: c.shown()}
		err := c.examine(ctx, u, deep)
		if ctx.Err() != nil {
			return errInterrupted // half a report would read like a whole one
		}
		if e := out.show(u, u.text); e != nil {
			return e
		}
		if err == nil && u.Failed > 0 {
			err = wrongf("%s of %d failed", plural(u.Failed, "check"), len(u.Checks))
		}
		return err
	})
	return cmd
}

// examine makes the checks. It fails only when the store cannot be opened.
func (c *cli) examine(ctx context.Context, u *checkup, deep bool) error {
	if err := c.examineDatabase(ctx, u, deep); err != nil {
		return err
	}
	start := time.Now()
	s, err := c.open(ctx)
	if err != nil {
		u.notOpened(c, err)
		return err
	}
	defer s.close(ctx)
	took := time.Since(start).Round(time.Millisecond)
	u.add(check{Name: "open", Result: checkOK, Detail: fmt.Sprintf("%s %s in %s", s.Name(), s.Version(), took)})
	for _, f := range []func(context.Context, *store) (check, bool){
		checkInvariants, checkManagement, checkQueues, checkAside,
	} {
		if k, applies := f(ctx, s); applies {
			u.add(k)
		}
	}
	if deep && s.admin != nil {
		u.add(checkHistories(ctx, s))
	}
	return nil
}

func (u *checkup) notOpened(c *cli, err error) {
	u.add(check{Name: "open", Result: checkFail, Detail: c.hide(oneLine(err.Error())), Advice: adviceOpen(err)})
}

// shownFindings is how many findings of a check are printed; JSON has them all.
const shownFindings = 20

func (u *checkup) text(t *table) {
	for _, k := range u.Checks {
		t.row(k.Result, k.Name, k.Detail)
	}
	for _, k := range u.Checks {
		k.more(t, k.Name)
	}
}

// more prints what does not fit into a check's row.
func (k check) more(t *table, title string) {
	if len(k.Findings) == 0 && k.Advice == "" {
		return
	}
	t.linef("")
	t.linef("%s:", title)
	for i, f := range k.Findings {
		if i == shownFindings {
			t.linef("  and %d more, see --json", len(k.Findings)-i)
			break
		}
		t.linef("  %s", oneLine(f))
	}
	if k.Advice != "" {
		t.linef("  -> %s", oneLine(k.Advice))
	}
}
