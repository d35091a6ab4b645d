package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/durokit/duro/core"
)

// The exit statuses, as promised in the help.
const (
	exitOK          = 0
	exitWrong       = 1
	exitUsage       = 2
	exitStore       = 3
	exitCases       = 4
	exitInterrupted = 130
)

// errInterrupted ends a command that a signal stopped.
var errInterrupted = interruptedf("interrupted")

// failure is an error that knows its exit status.
type failure struct {
	status int
	text   string
	err    error // the cause, for its code
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.err }

// usagef is a mistake in the command line.
func usagef(format string, args ...any) error {
	return &failure{status: exitUsage, text: fmt.Sprintf(format, args...)}
}

// wrongf says that what was looked for is wrong.
func wrongf(format string, args ...any) error {
	return &failure{status: exitWrong, text: fmt.Sprintf(format, args...)}
}

// casesf says that cases of the conformance suite did not end as expected.
func casesf(format string, args ...any) error {
	return &failure{status: exitCases, text: fmt.Sprintf(format, args...)}
}

// interruptedf says how far a command came that a signal stopped.
func interruptedf(format string, args ...any) error {
	return &failure{status: exitInterrupted, text: fmt.Sprintf(format, args...)}
}

// failed is an error of a store that is open. It keeps the provider's message and
// drops the provider's method name, which means nothing to an operator.
func failed(what string, err error) error {
	return &failure{statusOf(err), what + ": " + message(err), err}
}

// undecodable is failed for one thing that was asked for by name: that it cannot
// be decoded says nothing about the rest of the store.
func undecodable(what string, err error) error {
	if errors.Is(err, core.ErrCorrupt) {
		return wrongf("%s: %s", what, message(err))
	}
	return failed(what, err)
}

// statusOf tells a mistake and a store out of reach from everything else that can
// go wrong with one operation.
func statusOf(err error) int {
	switch core.CodeOf(err) {
	case core.ErrInvalidArgument:
		return exitUsage
	case core.ErrUnavailable, core.ErrExhausted, core.ErrSchemaMismatch, core.ErrCorrupt:
		return exitStore
	default:
		return exitWrong
	}
}

// notOpened is an error of opening a store. Whatever the backend calls it, the
// store cannot be used; unless the URL is at fault, which is known to be right
// when it was read before.
func notOpened(url string, read bool, err error) error {
	status := exitStore
	if !read && core.CodeOf(err) == core.ErrInvalidArgument {
		status = exitUsage
	}
	return &failure{status, "open " + url + ": " + message(err), err}
}

func message(err error) string {
	if e, ok := err.(*core.ProviderError); ok { //nolint:errorlint // one that is wrapped has more to say than its own message
		return e.Message
	}
	return err.Error()
}

// report prints the one line an error is worth and returns the exit status.
func (c *cli) report(err error) int {
	if err == nil {
		return exitOK
	}
	status := exitWrong
	if !c.running {
		status = exitUsage // cobra's own: unknown commands and flags, missing arguments
	}
	if f, ok := errors.AsType[*failure](err); ok {
		status = f.status
	}
	if c.interrupts.caught() && status != exitInterrupted {
		// Whatever it was that failed, it failed because it was stopped.
		err, status = errInterrupted, exitInterrupted
	}
	fmt.Fprintln(c.stderr, "duro:", c.hide(oneLine(err.Error())))
	return status
}

var lineBreaks = regexp.MustCompile(`\s*[\r\n]+\s*`)

// oneLine makes a text fit for one line of a terminal: what a database or an
// instance id brought along must not move the cursor.
func oneLine(s string) string {
	s = lineBreaks.ReplaceAllString(strings.TrimSpace(s), " ")
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
