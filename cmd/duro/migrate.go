package main

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
)

func (c *cli) migrate() *cobra.Command {
	return c.group("migrate", "Bring a store's schema up or down, or say where it stands",
		c.migrateUp(), c.migrateDown(), c.migrateStatus(), c.migratePrint())
}

// migration is one migration as it is printed.
type migration struct {
	Version     int    `json:"version"`
	Name        string `json:"name"`
	AppliedAtMS uint64 `json:"applied_at,omitempty"` // 0 while it is pending
}

func migrations(list []engine.Migration) []migration {
	out := make([]migration, 0, len(list))
	for _, m := range list {
		out = append(out, migration{Version: m.Version, Name: m.Name})
	}
	return out
}

// migratable reads the chosen backend, which has to be one with migrations.
func (c *cli) migratable(read func() (*target, bool, error)) (*target, error) {
	t, known, err := read()
	if err == nil && !known {
		scheme, _, _ := strings.Cut(c.url(), ":")
		err = usagef("no migrations are known for backend %q", scheme)
	}
	return t, err
}

// onMigrations gives f the migrations of the chosen backend, which read has read.
func (c *cli) onMigrations(read func() (*target, bool, error), f func(ctx context.Context, r *migrate.Runner) error) action {
	return func(ctx context.Context, _ []string) error {
		t, err := c.migratable(read)
		if err != nil {
			return err
		}
		err = t.Migrations(ctx, func(r *migrate.Runner) error { return f(ctx, r) })
		if err != nil {
			return notOpened(t.url, true, err)
		}
		return nil
	}
}

func (c *cli) migrateUp() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Apply what is pending, and make the store if there is none",
		Args:  noArgs,
	}
	out := c.output(cmd)
	cmd.RunE = c.do(func(ctx context.Context, args []string) error {
		var applied []migration
		err := c.onMigrations(c.target, func(ctx context.Context, r *migrate.Runner) error {
			list, err := r.Up(ctx)
			applied = migrations(list)
			return err
		})(ctx, args)
		if err != nil {
			return err
		}
		return out.show(map[string][]migration{"applied": applied}, steps(applied, "applied", "the schema is up to date"))
	})
	return cmd
}

func (c *cli) migrateDown() *cobra.Command {
	to := -1
	cmd := &cobra.Command{
		Use:   "down --to VERSION",
		Short: "Take back all migrations above a version",
		Long: `down takes back all migrations above a version, newest first. What the older
schema has no place for is lost: --to 0 removes all tables and all data.`,
		Args: noArgs,
	}
	out := c.output(cmd)
	cmd.Flags().IntVar(&to, "to", to, "the `version` to go back to")
	cmd.RunE = c.do(func(ctx context.Context, args []string) error {
		if to < 0 {
			return usagef("down needs --to VERSION; 0 removes everything")
		}
		var undone []migration
		err := c.onMigrations(c.existing, func(ctx context.Context, r *migrate.Runner) error {
			list, err := r.Down(ctx, to)
			undone = migrations(list)
			return err
		})(ctx, args)
		if err != nil {
			return err
		}
		return out.show(map[string][]migration{"undone": undone}, steps(undone, "undone", "nothing to take back"))
	})
	return cmd
}

func steps(list []migration, did, nothing string) func(*table) {
	return func(t *table) {
		if len(list) == 0 {
			t.row(nothing)
		}
		for _, m := range list {
			t.row(did, m.Version, m.Name)
		}
	}
}

// schemaStatus is migrate.Status as it is printed.
type schemaStatus struct {
	Current int         `json:"current"`
	Latest  int         `json:"latest"`
	Applied []migration `json:"applied"`
	Pending []migration `json:"pending"`
}

func (c *cli) migrateStatus() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say which migrations a store has; status 1 when some are pending",
		Args:  noArgs,
	}
	out := c.output(cmd)
	cmd.RunE = c.do(func(ctx context.Context, args []string) error {
		var v schemaStatus
		err := c.onMigrations(c.existing, func(ctx context.Context, r *migrate.Runner) error {
			st, err := r.Status(ctx)
			if st == nil {
				return err
			}
			v = schemaStatus{st.Current, st.Latest, make([]migration, 0, len(st.Applied)), migrations(st.Pending)}
			for _, a := range st.Applied {
				v.Applied = append(v.Applied, migration{a.Version, a.Name, uint64(max(a.AppliedAt.UnixMilli(), 0))})
			}
			return err
		})(ctx, args)
		if v.Applied != nil {
			// Also for a schema this program does not know: what is there can be shown.
			err = cmp.Or(out.show(v, v.text), err)
		}
		if err == nil && len(v.Pending) > 0 {
			err = wrongf("%s pending, see duro migrate up", plural(len(v.Pending), "migration"))
		}
		return err
	})
	return cmd
}

func (v schemaStatus) text(t *table) {
	t.row("VERSION", "NAME", "APPLIED")
	for _, m := range slices.Concat(v.Applied, v.Pending) {
		when := "pending"
		if m.AppliedAtMS > 0 {
			when = at(m.AppliedAtMS)
		}
		t.row(m.Version, m.Name, when)
	}
}

func (c *cli) migratePrint() *cobra.Command {
	var from int
	to := -1
	cmd := &cobra.Command{
		Use:   "print",
		Short: "Print the SQL that migrates a store, without opening it",
		Long: `print prints the SQL that brings a schema from one version to another, to be read,
or to be run by somebody who may change schemas where this program may not.`,
		Args: noArgs,
	}
	cmd.Flags().IntVar(&from, "from", 0, "the `version` a store has, 0 for an empty one")
	cmd.Flags().IntVar(&to, "to", to, "the `version` it is to have (default the newest)")
	cmd.RunE = c.do(func(context.Context, []string) error {
		t, err := c.migratable(c.target)
		if err != nil {
			return err
		}
		r, err := t.Runner()
		if err != nil {
			return failed("print the migrations", err)
		}
		latest := 0
		if n := len(r.Dialect.Migrations); n > 0 {
			latest = r.Dialect.Migrations[n-1].Version
		}
		if to < 0 {
			to = latest
		}
		if from < 0 || from > latest || to > latest {
			return usagef("versions go from 0 to %d", latest)
		}
		return c.write([]byte(r.Print(from, to)))
	})
	return cmd
}
