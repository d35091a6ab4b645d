package middleware

import (
	"context"
	"errors"
	"regexp"

	"github.com/durokit/duro/core"
)

// Secrets are what must not be read in errors.
type Secrets struct {
	// Values are masked wherever they occur, also as they are written in URLs, in JSON
	// and between quotation marks. Empty ones are left out.
	Values []string
	// Patterns match what is masked besides: the whole match or, if there are groups in
	// the pattern, only what the groups match.
	Patterns []*regexp.Regexp
}

// Mask stands in errors where a secret was.
const Mask = "[redacted]"

// Redaction masks secrets in the errors of a provider: those given, passwords in URLs,
// and values of words like password= in connection strings. It stands in for what the
// contract forbids but a driver can do all the same, which is to put a connection
// string into an error.
//
// An error keeps its code, its Op, and whether it may be repeated or may have happened.
// Its cause is gone for errors.As and for whoever prints it, because nobody knows what
// is in it; errors.Is finds in it what it found before. An error without a cause and
// without a secret stays the same value. The HistoryError of what is fetched is masked as
// well.
//
// In a chain Redaction works next to the provider, wherever it stands.
func Redaction(s Secrets) Middleware {
	m := newMasker(s)
	return func(p core.Provider) core.Provider { return innermost(p, redaction{m}.around) }
}

type redaction struct{ mask *masker }

func (r redaction) around(ctx context.Context, c *call) error {
	err := c.next(ctx)
	if said := c.fetched.historyError; said != nil && *said != "" {
		*said = r.mask.apply(*said)
	}
	if err == nil {
		return nil
	}
	return r.redact(c.method, err)
}

// redact returns an error that tells no secret.
func (r redaction) redact(method string, err error) error {
	e, ok := errors.AsType[*core.ProviderError](err)
	if !ok {
		e = core.AsProviderError(method, err)
	}
	masked := *e
	masked.Message = r.mask.apply(e.Message)
	if error(e) == err && e.Err == nil && masked.Message == e.Message { //nolint:errorlint // not one that is wrapped
		return err
	}
	// What errors.Is finds on the way to the provider's error counts as well.
	masked.Err = cause{text: masked.Message, is: func(target error) bool { return errors.Is(err, target) }}
	return &masked
}

// cause stands for one that is not shown. It is a function that knows what it was, so
// that not even a printer that follows pointers finds it.
type cause struct {
	text string
	is   func(error) bool
}

// Error returns what the provider's error says.
func (c cause) Error() string { return c.text }

// Is reports whether the cause was target, or had it among its own causes.
func (c cause) Is(target error) bool { return c.is(target) }
