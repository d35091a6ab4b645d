package config

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/durokit/duro/core"
)

const (
	// commandTimeout is how long a command may take to print a DSN.
	commandTimeout = 30 * time.Second
	// maxDSN bounds what is taken for one.
	maxDSN = 64 << 10
)

// given reports whether there is a DSN.
func (d DSN) given() bool { return d.Text != "" || d.File != "" || d.Env != "" || len(d.Command) > 0 }

// fetch returns the DSN, "" when there is none. No error quotes what was found.
func (d DSN) fetch(ctx context.Context, lookup func(string) (string, bool)) (string, error) {
	switch {
	case d.File != "":
		return readSecret(d.File, "dsn_file")
	case d.Env != "":
		text, _ := lookup(d.Env)
		return secretLine(text, "the variable "+d.Env+" of dsn_env")
	case len(d.Command) > 0:
		return d.run(ctx)
	}
	return d.Text, nil
}

// readSecret reads a file that holds one line.
func readSecret(path, key string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", core.Wrap("Open", core.ErrInvalidArgument, err, "read what "+key+" names")
	}
	return secretLine(string(text), "the file "+path+" of "+key)
}

// secretLine is the one line that a text should be.
func secretLine(text, where string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", invalid("%s is empty", where)
	case len(text) > maxDSN || strings.ContainsAny(text, "\n\r\x00"):
		return "", invalid("%s holds more than one line", where)
	}
	return text, nil
}

// run gets the DSN from a command. What it says on standard error may hold secrets, so
// it is dropped.
func (d DSN) run(ctx context.Context) (string, error) {
	limited, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	var out bytes.Buffer
	cmd := exec.CommandContext(limited, d.Command[0], d.Command[1:]...) //nolint:gosec // running what the user has configured is the purpose
	cmd.Stdout = &capped{buf: &out}
	cmd.WaitDelay = time.Second // for what it has started and left behind
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return "", core.AsProviderError("Open", ctx.Err())
	case limited.Err() != nil:
		return "", core.Errorf("Open", core.ErrUnavailable, "the dsn_command %s has not ended after %s", d.Command[0], commandTimeout)
	case err != nil:
		return "", failedCommand(d.Command[0], err)
	}
	return secretLine(out.String(), "the output of dsn_command "+d.Command[0])
}

func failedCommand(program string, err error) error {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return core.Errorf("Open", core.ErrUnavailable,
			"the dsn_command %s failed: %s; run it by itself to see what it says", program, exit.ProcessState)
	}
	return core.Wrap("Open", core.ErrInvalidArgument, err, "run the dsn_command")
}

// capped keeps the beginning of what is written to it, one byte more than is read.
type capped struct{ buf *bytes.Buffer }

func (c *capped) Write(b []byte) (int, error) {
	if room := maxDSN + 1 - c.buf.Len(); room > 0 {
		c.buf.Write(b[:min(len(b), room)])
	}
	return len(b), nil
}

// located is the URL of a kind with its parameters. A DSN that was fetched may have
// some of its own.
func located(kind, dsn string, options map[string]any) (string, error) {
	b := Backend{Kind: kind, DSN: dsn, Options: maps.Clone(options)}
	if err := b.split(); err != nil {
		return "", invalid("open a store of kind %s: %v", kind, err)
	}
	return b.DSN + query(b.Options), nil
}

// query writes parameters in the order of their names.
func query(options map[string]any) string {
	var out strings.Builder
	for _, name := range sortedKeys(options) {
		sign := "&"
		if out.Len() == 0 {
			sign = "?"
		}
		fmt.Fprintf(&out, "%s%s=%s", sign, escape(name), escape(fmt.Sprint(options[name])))
	}
	return out.String()
}
