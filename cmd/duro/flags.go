package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// choice is a flag that takes one of a few words, in any case.
type choice struct {
	value string
	of    []string
}

func (f *choice) String() string { return f.value }

// Type names the flag's value in the help.
func (*choice) Type() string { return "word" }

// Set refuses an unknown word.
func (f *choice) Set(s string) error {
	i := slices.IndexFunc(f.of, func(known string) bool { return strings.EqualFold(known, s) })
	if i < 0 {
		return fmt.Errorf("known are %s", strings.Join(f.of, ", "))
	}
	f.value = f.of[i]
	return nil
}

// choiceFlag adds a choice with a default, which may be "".
func choiceFlag(cmd *cobra.Command, name, def, usage string, of ...string) *choice {
	f := &choice{value: def, of: of}
	cmd.Flags().Var(f, name, usage+": "+strings.Join(of, ", "))
	// The error is for a flag that does not exist, and this one was just made.
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(of, cobra.ShellCompDirectiveNoFileComp))
	return f
}

// moment is a flag that takes an instant, or how long ago it was.
type moment struct {
	ms  *uint64
	raw string
}

func (f *moment) String() string { return f.raw }

// Type names the flag's value in the help.
func (*moment) Type() string { return "time" }

// Set reads a duration or a time as RFC 3339 has it.
func (f *moment) Set(s string) error {
	when, err := time.Parse(time.RFC3339, s)
	if err != nil {
		ago, agoErr := time.ParseDuration(s)
		if agoErr != nil || ago < 0 {
			return errors.New("neither a duration like 24h nor a time like 2026-01-31T15:00:00Z")
		}
		when = time.Now().Add(-ago)
	}
	ms := uint64(max(when.UnixMilli(), 0))
	f.ms, f.raw = &ms, s
	return nil
}
