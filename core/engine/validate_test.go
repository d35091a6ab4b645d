package engine

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/durokit/duro/core"
)

// TestWhatNoStoreKeepsIsRefused: alike for every database, before anything travels.
func TestWhatNoStoreKeepsIsRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", core.MaxIDBytes+1)
	for name, c := range map[string]struct {
		good []error
		bad  []error
	}{
		"instance": {
			[]error{checkInstance("op", "a"), checkInstance("op", strings.Repeat("é", 512)), checkInstance("op", " ")},
			[]error{checkInstance("op", ""), checkInstance("op", long), checkInstance("op", "a\x00"), checkInstance("op", "\xff")},
		},
		"duration": {
			[]error{checkDuration("op", "it", 0), checkDuration("op", "it", math.MaxInt64)},
			[]error{checkDuration("op", "it", -1), checkFetch("op", -1, 0), checkFetch("op", 0, -1)},
		},
	} {
		for i, err := range c.good {
			if err != nil {
				t.Errorf("%s, good %d: %v", name, i, err)
			}
		}
		for i, err := range c.bad {
			pe, ok := errors.AsType[*core.ProviderError](err)
			if !ok || pe.Code != core.ErrInvalidArgument || pe.Retryable || pe.Op != "op" {
				t.Errorf("%s, bad %d: got %v, want a permanent invalid argument", name, i, err)
			}
		}
	}
}

func TestDurationsAreRoundedUpAndNeverOverflow(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]int64{
		0: 0, 1: 1, time.Millisecond: 1, time.Millisecond + 1: 2, math.MaxInt64: math.MaxInt64/int64(time.Millisecond) + 1,
	} {
		if got := millis(d); got != want {
			t.Errorf("millis(%d) = %d, want %d", d, got, want)
		}
	}
	for _, ms := range []int64{0, 1, Never - 1, Never, math.MaxInt64} {
		if got := later(1_700_000_000_000, ms); got < 1_700_000_000_000 || got >= Never {
			t.Errorf("later(now, %d) = %d, want between now and Never", ms, got)
		}
	}
}

// TestATimerIsNeverEarly: not before it fires, nor before its delay ends.
func TestATimerIsNeverEarly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fireAt  uint64
		delayMS int64
		want    int64
	}{{0, 0, 1000}, {5000, 0, 5000}, {500, 100, 1100}, {5000, 9000, 10000}, {math.MaxUint64, 0, Never - 1}} {
		got := newMessage(core.NewWorkItem(core.TimerFired{Instance: "a", FireAtMS: c.fireAt}), 1000, c.delayMS)
		if got.visibleAt != c.want {
			t.Errorf("a timer for %d with delay %d is visible at %d, want %d", c.fireAt, c.delayMS, got.visibleAt, c.want)
		}
	}
}
