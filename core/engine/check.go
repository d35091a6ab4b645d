package engine

import (
	"context"
	"fmt"
)

// CheckInvariants returns a sentence for every row that breaks an invariant of
// the store (rule 4): a visible message of an unlocked instance has a claim row
// due at or before it, a locked row is due when its lock expires, event counts
// are exact, and the worker queue's routes are what its sessions say.
func (e *Engine) CheckInvariants(ctx context.Context) ([]string, error) {
	const op = "CheckInvariants"
	if err := e.enter(op); err != nil {
		return nil, err
	}
	defer e.leave()
	results, err := e.read(ctx,
		Call{Stmt: &e.s.CheckClaims}, Call{Stmt: &e.s.CheckMessages},
		Call{Stmt: &e.s.CheckEvents}, Call{Stmt: &e.s.CheckWork})
	if err != nil {
		return nil, e.told(op, err, "check the invariants")
	}
	var found []string
	for _, r := range results[0].Rows {
		found = append(found, fmt.Sprintf("claim row of %q: %s", r.Text(0), r.Text(1)))
	}
	for _, r := range results[1].Rows {
		found = append(found, fmt.Sprintf("message without a claim row, of %q", r.Text(0)))
	}
	for _, r := range results[2].Rows {
		found = append(found, fmt.Sprintf("claim row of %q counts %d events, history holds %d", r.Text(0), r.Int(1), r.Int(2)))
	}
	for _, r := range results[3].Rows {
		found = append(found, fmt.Sprintf("work row %d: %s", r.Int(0), r.Text(1)))
	}
	return found, nil
}
