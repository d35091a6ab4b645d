package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// output is how a command prints its result: as text, or as JSON.
type output struct {
	c    *cli
	json bool
}

// output adds --json to a command.
func (c *cli) output(cmd *cobra.Command) *output {
	o := &output{c: c}
	cmd.Flags().BoolVar(&o.json, "json", false, "print JSON")
	return o
}

// show prints v as JSON, or what text writes.
func (o *output) show(v any, text func(t *table)) error {
	var buf bytes.Buffer
	if o.json {
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(false) // events are printed as they are stored
		enc.SetIndent("", "  ")
		if err := enc.Encode(v); err != nil {
			return err
		}
	} else {
		t := &table{buf: &buf, w: tabwriter.NewWriter(&buf, 0, 8, 2, ' ', 0)}
		text(t)
		t.flush()
	}
	return o.c.write(buf.Bytes())
}

// write prints to standard output and reports a disk that is full.
func (c *cli) write(b []byte) error {
	if _, err := c.stdout.Write(b); err != nil {
		return wrongf("write the result: %v", err)
	}
	return nil
}

// table aligns columns and writes them to buf.
type table struct {
	buf *bytes.Buffer
	w   *tabwriter.Writer
}

// row adds a line; its cells are made safe for a terminal.
func (t *table) row(cells ...any) {
	texts := make([]string, len(cells))
	for i, v := range cells {
		texts[i] = printable(fmt.Sprint(v))
	}
	_, _ = fmt.Fprintln(t.w, strings.Join(texts, "\t")) // a buffer takes every write
}

// linef adds a line that takes no part in the columns before and after it.
func (t *table) linef(format string, args ...any) {
	t.flush()
	fmt.Fprintf(t.buf, format+"\n", args...)
}

func (t *table) flush() { _ = t.w.Flush() }

// printable quotes a text that would break a line, move the cursor or vanish.
// Instance ids, statuses and outputs may hold anything.
func printable(s string) string {
	if utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 {
		return s
	}
	return strconv.Quote(s)
}

// short cuts a text to at most n characters.
func short(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// at formats a time of the store. The seconds are enough to look at; JSON has the
// milliseconds.
func at(ms uint64) string {
	if ms == 0 {
		return "-"
	}
	return time.UnixMilli(int64(ms)).UTC().Format(time.DateTime + "Z")
}

// orDash returns what a pointer points to.
func orDash(s *string) string {
	if s == nil {
		return "-"
	}
	return *s
}

// plural counts things: "1 event", "12 events".
func plural[N int | int64 | uint64](n N, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
