package core

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestCodesTable(t *testing.T) {
	retryable := map[Code]bool{ErrInternal: true, ErrUnavailable: true, ErrConflict: true, ErrExhausted: true, ErrCanceled: true}
	names, words := map[string]Code{}, map[string]Code{}
	for _, c := range Codes() {
		if c.String() == "" || c.Error() == "" {
			t.Errorf("code %d has no row", c)
		}
		if other, dup := names[c.String()]; dup {
			t.Errorf("codes %d and %d are both named %s", other, c, c)
		}
		if other, dup := words[c.Error()]; dup {
			t.Errorf("codes %s and %s both say %q", other, c, c.Error())
		}
		names[c.String()], words[c.Error()] = c, c
		if parsed, ok := ParseCode(c.String()); !ok || parsed != c {
			t.Errorf("%s parses as %s, %t", c, parsed, ok)
		}
		if c.Retryable() != retryable[c] {
			t.Errorf("%s: retryable is %t", c, c.Retryable())
		}
	}
	if len(names) != 15 {
		t.Errorf("%d codes", len(names))
	}
}

// Upstream's clients and validations look for these words.
func TestCodesKeepUpstreamsWords(t *testing.T) {
	for c, words := range map[Code]string{
		ErrLockLost: "Invalid lock token", ErrStillRunning: "still running", ErrNotFound: "not found",
		ErrSubOrchestration: "sub-orchestration", ErrWouldOrphan: "orphan",
	} {
		if !strings.Contains(c.Error(), words) || !strings.Contains(Errorf("Op", c, "detail").Error(), words) {
			t.Errorf("%s says %q", c, c.Error())
		}
	}
}

func TestUnknownCode(t *testing.T) {
	if c, ok := ParseCode("nope"); ok || c != ErrInternal {
		t.Errorf("got %s, %t", c, ok)
	}
	if c := Code(200); c.String() != "internal" || !c.Retryable() {
		t.Errorf("got %s", c)
	}
}

func TestErrorsIsCode(t *testing.T) {
	for _, c := range Codes() {
		err := fmt.Errorf("outer: %w", Errorf("Read", c, "x"))
		for _, other := range Codes() {
			if errors.Is(err, other) != (c == other) {
				t.Errorf("error of %s: errors.Is %s is %t", c, other, errors.Is(err, other))
			}
		}
		if CodeOf(err) != c {
			t.Errorf("CodeOf is %s, want %s", CodeOf(err), c)
		}
	}
	if CodeOf(errors.New("x")) != ErrInternal {
		t.Error("an unclassified error is internal")
	}
}

func TestErrorText(t *testing.T) {
	cause := errors.New("disk on fire")
	for err, want := range map[*ProviderError]string{
		Errorf("Read", ErrNotFound, ""):                      "Read: not found",
		Errorf("Read", ErrNotFound, "instance %q", "i"):      `Read: not found: instance "i"`,
		Wrap("Read", ErrUnavailable, cause, "open the file"): "Read: unavailable: open the file: disk on fire",
	} {
		if err.Error() != want || err.Retryable != err.Code.Retryable() {
			t.Errorf("got %q retryable %t, want %q", err.Error(), err.Retryable, want)
		}
	}
	if !errors.Is(Wrap("Read", ErrUnavailable, cause, "x"), cause) {
		t.Error("the cause is lost")
	}
}

func TestAsProviderError(t *testing.T) {
	if AsProviderError("Read", nil) != nil {
		t.Error("nil is no error")
	}
	for _, ctxErr := range []error{context.Canceled, context.DeadlineExceeded, fmt.Errorf("query: %w", context.Canceled)} {
		e := AsProviderError("Read", ctxErr)
		if e.Op != "Read" || e.Code != ErrCanceled || !e.Retryable || !errors.Is(e, ctxErr) {
			t.Errorf("%v became %#v", ctxErr, e)
		}
	}
	if e := AsProviderError("Read", errors.New("x")); e.Code != ErrInternal || !e.Retryable || !strings.Contains(e.Error(), "x") {
		t.Errorf("got %#v", e)
	}
	mine := Errorf("Read", ErrNotFound, "")
	if AsProviderError("Read", mine) != mine {
		t.Error("an error of the same operation was copied")
	}
	mine.MayHaveHappened = true
	e := AsProviderError("Outer", fmt.Errorf("wrapped: %w", mine))
	if e.Op != "Outer" || e.Code != ErrNotFound || !e.MayHaveHappened || mine.Op != "Read" {
		t.Errorf("got %#v, and the original became %#v", e, mine)
	}
}
