package main

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/config"
)

// reach is what came of opening one backend.
type reach struct {
	Backend string `json:"backend"`
	Store   string `json:"store"`
	Result  string `json:"result"`
	Detail  string `json:"detail"`
}

func (c *cli) configCheck() *cobra.Command {
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:   "check [NAME...]",
		Short: "Open the backends of a configuration, and read from each",
		Long: `check opens every backend of the configuration, or those that are named, reads from
each, and says which cannot be used. It changes nothing itself: a store that does not
exist yet, or whose schema is another version's, cannot be used. A plugin opens its
store as it does for everybody, and may make one.`,
	}
	out := c.output(cmd)
	cmd.Flags().DurationVar(&timeout, "timeout", 15*time.Second, "how long a backend may take to answer")
	cmd.RunE = c.apart(func(ctx context.Context, names []string) error {
		choices, err := c.choices(names)
		if err != nil {
			return err
		}
		v := struct {
			Backends []reach `json:"backends"`
			Failed   int     `json:"failed"`
		}{}
		for _, choice := range choices {
			r := c.reach(ctx, choice, timeout)
			if ctx.Err() != nil {
				return errInterrupted
			}
			if r.Result != checkOK {
				v.Failed++
			}
			v.Backends = append(v.Backends, r)
		}
		err = out.show(v, func(t *table) {
			t.row("BACKEND", "STORE", "RESULT", "DETAIL")
			for _, r := range v.Backends {
				t.row(r.Backend, r.Store, r.Result, r.Detail)
			}
		})
		if err == nil && v.Failed > 0 {
			err = &failure{status: exitStore, text: plural(v.Failed, "backend") + " cannot be used"}
		}
		return err
	})
	return cmd
}

// choices are the named backends, else all that the configuration has, else the one
// that is chosen without it.
func (c *cli) choices(names []string) ([]*config.Choice, error) {
	read, err := config.ReadFile(c.request())
	if err != nil {
		return nil, notChosen(err)
	}
	if len(names) == 0 && c.backend == "" {
		names = slices.Sorted(maps.Keys(read.File.Backends))
	}
	if len(names) == 0 {
		names = []string{c.url()}
	}
	var out []*config.Choice
	for _, name := range names {
		choice, err := read.Use(config.Setting{Value: name, Origin: "to check"})
		if err != nil {
			return nil, notChosen(err)
		}
		out = append(out, choice)
	}
	return out, nil
}

// reach opens a backend and reads from it.
func (c *cli) reach(ctx context.Context, choice *config.Choice, timeout time.Duration) reach {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	other := *c
	other.choice, other.at = nil, ""
	r := reach{Backend: shownBackend(choice), Store: "-", Result: checkFail}
	err := other.use(ctx, choice)
	if err == nil {
		var s *store
		if s, err = other.open(ctx); err == nil {
			r.Store = s.Name() + " " + s.Version()
			// An instance that nobody has: any answer is one.
			_, err = s.GetCustomStatus(ctx, "duro config check", 0)
			s.close(ctx)
		}
	}
	if err != nil {
		r.Detail = other.hide(oneLine(message(err)))
		return r
	}
	r.Result, r.Detail = checkOK, "answers"
	return r
}
