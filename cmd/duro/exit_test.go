package main

import (
	"errors"
	"fmt"
	"testing"

	"github.com/durokit/duro/core"
)

func TestStatusOfAnError(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want int
	}{
		{usagef("flag"), exitUsage},
		{wrongf("findings"), exitWrong},
		{errInterrupted, exitInterrupted},
		{failed("list", core.Errorf("List", core.ErrNotFound, "x")), exitWrong},
		{failed("list", core.Errorf("List", core.ErrStillRunning, "x")), exitWrong},
		{failed("list", core.Errorf("List", core.ErrInvalidArgument, "x")), exitUsage},
		{failed("list", core.Errorf("List", core.ErrUnavailable, "x")), exitStore},
		{failed("list", core.Errorf("List", core.ErrSchemaMismatch, "x")), exitStore},
		{failed("list", core.Errorf("List", core.ErrCorrupt, "x")), exitStore},
		{undecodable("read", core.Errorf("Read", core.ErrCorrupt, "x")), exitWrong},
		{undecodable("read", core.Errorf("Read", core.ErrUnavailable, "x")), exitStore},
		{notOpened("x:", false, core.Errorf("Open", core.ErrInvalidArgument, "x")), exitUsage},
		{notOpened("x:", true, core.Errorf("Open", core.ErrInvalidArgument, "x")), exitStore},
		{notOpened("x:", false, errors.New("anything")), exitStore},
		{fmt.Errorf("around: %w", usagef("flag")), exitUsage},
	} {
		f, ok := errors.AsType[*failure](c.err)
		if !ok || f.status != c.want {
			t.Errorf("%v has status %d, want %d", c.err, f.status, c.want)
		}
	}
}
