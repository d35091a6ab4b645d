package migrate

import (
	"context"

	"github.com/durokit/duro/core"
)

// Mode says what opening a store does about its schema.
type Mode uint8

const (
	// Auto applies what is pending. The default.
	Auto Mode = iota
	// Verify changes nothing and fails when something is pending.
	Verify
)

// String returns the mode as configurations spell it.
func (m Mode) String() string {
	if m == Verify {
		return "verify"
	}
	return "auto"
}

// ParseMode reads what String writes.
func ParseMode(s string) (Mode, error) {
	switch s {
	case "auto":
		return Auto, nil
	case "verify":
		return Verify, nil
	}
	return Auto, core.Errorf("Open", core.ErrInvalidArgument, "migrate is %q; it can be auto or verify", s)
}

// Ensure does what mode says and returns nil when the schema is the code's.
func (r *Runner) Ensure(ctx context.Context, mode Mode) error {
	if mode == Verify {
		return r.Verify(ctx)
	}
	_, err := r.Up(ctx)
	return err
}

// Verify fails with core.ErrSchemaMismatch unless the schema is the code's. It
// only reads.
func (r *Runner) Verify(ctx context.Context) error {
	st, err := r.Status(ctx)
	if err != nil || len(st.Pending) == 0 {
		return err
	}
	remedy := r.Remedy
	if remedy == "" {
		remedy = "duro migrate up"
	}
	return mismatch("the store's schema has version %d and this program needs %d; run %q, or open with migrate=auto",
		st.Current, st.Latest, remedy)
}
