package middleware_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/middleware"
)

// sorted compares lists without regard to their order.
var sorted = cmpopts.SortSlices(strings.Compare)

// tells reports whether an error, or any of its causes, shows a text in some way of
// printing it.
func tells(err error, text string) bool {
	shown := []string{}
	for e := err; e != nil; e = errors.Unwrap(e) {
		shown = append(shown, e.Error(), fmt.Sprintf("%v %+v %#v %q", e, e, e, e))
	}
	if pe, ok := errors.AsType[*core.ProviderError](err); ok {
		shown = append(shown, fmt.Sprintf("%+v %#v", *pe, *pe), fmt.Sprintf("%v %#v", pe.Err, pe.Err))
	}
	var b strings.Builder
	slog.New(slog.NewJSONHandler(&b, nil)).Error("said", slog.Any("error", err))
	return strings.Contains(strings.Join(append(shown, b.String()), "\n"), text)
}

// redacted returns what becomes of an error.
func redacted(ctx context.Context, s middleware.Secrets, err error) error {
	return middleware.Redaction(s)(failsWith(err)).AckWorkItem(ctx, "", nil)
}

// dialError is what a driver returns, with its configuration in it.
type dialError struct{ password string }

func (e *dialError) Error() string { return "cannot dial with " + e.password }

// Is is how some drivers say what their errors are.
func (*dialError) Is(target error) bool { return target == fs.ErrPermission }

func TestSecretsAreMaskedInMessageAndCause(t *testing.T) {
	t.Parallel()
	cause := fmt.Errorf("connect: %w", &dialError{"hunter2"})
	err := core.Wrap("AckWorkItem", core.ErrUnavailable, cause, "reach the store")
	err.MayHaveHappened, err.Retryable = true, false // not what the code says
	if !tells(err, "hunter2") {
		t.Fatal("this test finds no secrets")
	}
	for what, got := range map[string]error{
		"as it is":   redacted(t.Context(), middleware.Secrets{Values: []string{"hunter2"}}, err),
		"in another": redacted(t.Context(), middleware.Secrets{Values: []string{"hunter2"}}, fmt.Errorf("the proxy hunter2: %w", err)),
	} {
		if tells(got, "hunter2") {
			t.Errorf("%s: %#v", what, got)
		}
		pe, ok := got.(*core.ProviderError) //nolint:errorlint // exactly that
		if !ok || pe.Op != err.Op || pe.Code != err.Code || pe.Retryable != err.Retryable || pe.MayHaveHappened != err.MayHaveHappened {
			t.Errorf("%s: %#v", what, got)
		}
		if want := "AckWorkItem: unavailable: reach the store: connect: cannot dial with [redacted]"; got.Error() != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
		for _, target := range []error{core.ErrUnavailable, fs.ErrPermission, cause, err} {
			if !errors.Is(got, target) {
				t.Errorf("%s: errors.Is does not find %T", what, target)
			}
		}
		for _, target := range []error{core.ErrConflict, fs.ErrExist} {
			if errors.Is(got, target) {
				t.Errorf("%s: errors.Is finds %v", what, target)
			}
		}
		if _, ok := errors.AsType[*dialError](got); ok {
			t.Errorf("%s: the driver's error is still there", what)
		}
	}
}

// A cause is not shown even where nothing was found in it: nobody knows what it holds.
func TestCausesAreNeverShown(t *testing.T) {
	t.Parallel()
	err := core.Errorf("AckWorkItem", core.ErrUnavailable, "reach the store")
	err.Err = &dialError{"unheard of"}
	if got := redacted(t.Context(), middleware.Secrets{}, err); tells(got, "unheard of") || !errors.Is(got, fs.ErrPermission) {
		t.Errorf("%#v", got)
	}
}

func TestWhatTellsNothingStaysTheSameValue(t *testing.T) {
	t.Parallel()
	err := core.Errorf("AckWorkItem", core.ErrLockLost, "the lock of activity 7 is gone")
	if got := redacted(t.Context(), middleware.Secrets{Values: []string{"hunter2", ""}}, err); got != error(err) { //nolint:errorlint // the very value
		t.Errorf("%#v, want the error itself", got)
	}
	if got := redacted(t.Context(), middleware.Secrets{}, nil); got != nil {
		t.Errorf("%v from success", got)
	}
}

func TestErrorsThatAreNoProvidersBecomeSome(t *testing.T) {
	t.Parallel()
	for err, code := range map[error]core.Code{
		errors.New("hunter2"):                               core.ErrInternal,
		fmt.Errorf("hunter2: %w", context.DeadlineExceeded): core.ErrCanceled,
		fmt.Errorf("hunter2: %w", core.ErrConflict):         core.ErrConflict,
	} {
		got := redacted(t.Context(), middleware.Secrets{Values: []string{"hunter2"}}, err)
		if !errors.Is(got, code) || !errors.Is(got, err) || core.CodeOf(got) != code || tells(got, "hunter2") {
			t.Errorf("%v became %#v", err, got)
		}
	}
}

func TestRedactionWorksBelowAllOthers(t *testing.T) {
	t.Parallel()
	mask := middleware.Redaction(middleware.Secrets{Values: []string{"hunter2"}})
	for what, wrap := range map[string]func(core.Provider) (core.Provider, *recorder){
		"outside": func(p core.Provider) (core.Provider, *recorder) {
			p, r := record(p, middleware.MetricsOptions{})
			return mask(p), r
		},
		"inside": func(p core.Provider) (core.Provider, *recorder) { return record(mask(p), middleware.MetricsOptions{}) },
	} {
		p, r := wrap(failsWith(core.Errorf("AckWorkItem", core.ErrUnavailable, "hunter2 was refused")))
		err := p.AckWorkItem(t.Context(), "", nil)
		status := r.spans.GetSpans()[0].Status.Description
		for _, text := range []string{err.Error(), status, r.log.String()} {
			if strings.Contains(text, "hunter2") || !strings.Contains(text, middleware.Mask) {
				t.Errorf("%s: %q", what, text)
			}
		}
	}
}

// unreadable fetches an instance whose history cannot be read.
type unreadable struct{ core.Provider }

func (unreadable) FetchOrchestrationItem(context.Context, core.FetchOrchestrationParams) (*core.FetchedOrchestration, error) {
	return &core.FetchedOrchestration{Item: core.OrchestrationItem{Instance: instance, HistoryError: "no event: hunter2"}}, nil
}

func TestHistoryErrorsAreMasked(t *testing.T) {
	t.Parallel()
	p := middleware.Redaction(middleware.Secrets{Values: []string{"hunter2"}})(unreadable{reference.New(reference.Options{})})
	f, err := p.FetchOrchestrationItem(t.Context(), core.FetchOrchestrationParams{})
	if err != nil || f.Item.HistoryError != "no event: [redacted]" {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestSecretsAreFoundHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	secrets := middleware.Secrets{
		Values:   []string{"p@ss w/ö\"rd\n", "abc", "abcdef", "xyz", "zebra", "mnopqr", "opq"},
		Patterns: []*regexp.Regexp{regexp.MustCompile(`AKIA[0-9A-Z]{4}`), regexp.MustCompile(`Bearer (\S+)(?: as (\S+))?`)},
	}
	for text, want := range map[string]string{
		"all in the open": "all in the open",
		// Values.
		"use p@ss w/ö\"rd\n!":      "use [redacted]!",
		"abcdef, abc and abcde":    "[redacted], [redacted] and [redacted]de",
		"xyzebra":                  "[redacted]",
		"mnopqr":                   "[redacted]",
		"abcabc":                   "[redacted][redacted]",
		`p@ss w/ö\"rd\n in quotes`: "[redacted] in quotes",
		// URLs, with known and unknown passwords.
		"p%40ss+w%2F%C3%B6%22rd%0A in a query":                   "[redacted] in a query",
		`parse "postgres://duro:s3cret@db:5432/x?a=b": bad port`: `parse "postgres://duro:[redacted]@db:5432/x?a=b": bad port`,
		"https://:s3cret@host/ and http://me@host":               "https://:[redacted]@host/ and http://me@host",
		"mysql://duro:s3@cr/et@db/x":                             "mysql://duro:[redacted]@db/x",
		"see https://example.org/a:b":                            "see https://example.org/a:b",
		"dial duro:s3cret@tcp(db:3306)/x":                        "dial duro:[redacted]@tcp(db:3306)/x",
		// Connection strings and queries.
		"host=db user=duro password=s3cret dbname=x":     "host=db user=duro password=[redacted] dbname=x",
		`host=db PASSWORD = 's3 cr\'et' dbname=x`:        "host=db PASSWORD = [redacted] dbname=x",
		"postgres://db/x?sslpassword=s3cret&sslmode=off": "postgres://db/x?sslpassword=[redacted]&sslmode=off",
		"Invalid lock token: nobody holds it":            "Invalid lock token: nobody holds it",
		"password authentication failed for user duro":   "password authentication failed for user duro",
		// Patterns of one's own.
		"key AKIA12CD was refused":       "key [redacted] was refused",
		"Bearer t0ken as me was refused": "Bearer [redacted] as [redacted] was refused",
		"Bearer t0ken was refused":       "Bearer [redacted] was refused",
	} {
		got := redacted(t.Context(), secrets, &core.ProviderError{Op: "AckWorkItem", Message: text})
		if diff := cmp.Diff("AckWorkItem: "+want, got.Error()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// FuzzRedaction looks for texts around a secret from which it can still be read.
func FuzzRedaction(f *testing.F) {
	f.Add("hunter2", "dial ", "hunter2 hunter2")
	f.Add("aba", "ab", "aba")
	f.Add("%", "a=", "@b")
	f.Fuzz(func(t *testing.T, secret, before, after string) {
		err := core.Errorf("AckWorkItem", core.ErrUnavailable, "%s%s%s", before, secret, after)
		got, _ := errors.AsType[*core.ProviderError](redacted(t.Context(), middleware.Secrets{Values: []string{secret}}, err))
		for part := range strings.SplitSeq(got.Message, middleware.Mask) {
			if secret != "" && strings.Contains(part, secret) {
				t.Errorf("%q is in %q", secret, got.Message)
			}
		}
	})
}
