package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/durokit/duro/core"
)

// invariantChecker says which rows break an invariant of the engine. A backend
// need not have it.
type invariantChecker interface {
	CheckInvariants(ctx context.Context) ([]string, error)
}

// found makes a check of a list of findings.
func found(name string, findings []string, err error, good, advice string) check {
	switch {
	case err != nil:
		return broken(name, err)
	case len(findings) > 0:
		return check{Name: name, Result: checkFail, Detail: plural(len(findings), "finding"), Findings: findings, Advice: advice}
	}
	return check{Name: name, Result: checkOK, Detail: good}
}

// broken is a check that could not be made.
func broken(name string, err error) check {
	return check{Name: name, Result: checkFail, Detail: "the check failed: " + oneLine(message(err)), Advice: adviceOpen(err)}
}

// adviceOpen says what to do about a store that does not answer as it should.
func adviceOpen(err error) string {
	switch core.CodeOf(err) {
	case core.ErrInvalidArgument:
		return "correct the backend URL"
	case core.ErrSchemaMismatch:
		return "see duro migrate status; a newer schema needs a newer duro, an older one needs duro migrate up"
	case core.ErrCorrupt:
		return "stop what uses the store, keep a copy, restore a backup"
	case core.ErrUnavailable:
		return "check that the store exists, that its server runs, and that you may read it"
	case core.ErrExhausted:
		return "free connections, memory or disk space on the server"
	default:
		return ""
	}
}

func checkInvariants(ctx context.Context, s *store) (check, bool) {
	p, ok := capability[invariantChecker](s.Provider)
	if !ok {
		return check{}, false
	}
	findings, err := p.CheckInvariants(ctx)
	return found("invariants", findings, err, "every claim, message and event count is as it should be",
		"an instance named here may wait for ever: report it with this output, then delete it or start it anew"), true
}

func checkManagement(ctx context.Context, s *store) (check, bool) {
	const name = "instances"
	if s.admin == nil {
		return check{Name: name, Result: checkNote, Detail: "the backend has no management half",
			Advice: "only duro stress works with it"}, true
	}
	m, err := s.admin.GetSystemMetrics(ctx)
	if err != nil {
		return broken(name, err), true
	}
	return check{Name: name, Result: checkOK, Detail: fmt.Sprintf("%d, of which %d running, %d completed, %d failed; %s, %s",
		m.TotalInstances, m.RunningInstances, m.CompletedInstances, m.FailedInstances,
		plural(m.TotalExecutions, "execution"), plural(m.TotalEvents, "event"))}, true
}

func checkQueues(ctx context.Context, s *store) (check, bool) {
	if s.admin == nil {
		return check{}, false
	}
	d, err := s.depths(ctx)
	if err != nil {
		return broken("queues", err), true
	}
	k := check{Name: "queues", Result: checkOK, Detail: fmt.Sprintf(
		"orchestrator %d ready, %d delayed, %d locked; worker %d ready, %d delayed, %d locked; %d parked",
		d.Orchestrator.Ready, d.Orchestrator.Delayed, d.Orchestrator.Locked,
		d.Worker.Ready, d.Worker.Delayed, d.Worker.Locked, d.Parked)}
	if d.Parked > 0 {
		k.Result = checkNote
		k.Advice = "parked messages wait for an instance nobody has started; duro queues purge --parked deletes them"
	}
	return k, true
}

func checkAside(ctx context.Context, s *store) (check, bool) {
	const name = "set aside"
	if s.admin == nil {
		return check{}, false
	}
	d, err := s.depths(ctx)
	if err != nil {
		return broken(name, err), true
	}
	if d.SetAside == 0 {
		return check{Name: name, Result: checkOK, Detail: "nothing"}, true
	}
	return check{Name: name, Result: checkFail, Detail: plural(d.SetAside, "undecodable item"),
		Advice: "see duro queues aside list; once a version that can decode an item is deployed, " +
			"duro queues aside requeue ITEM"}, true
}

// checkHistories decodes every event there is.
func checkHistories(ctx context.Context, s *store) check {
	const name = "histories"
	ids, err := s.admin.ListInstances(ctx)
	if err != nil {
		return broken(name, err)
	}
	var findings []string
	events := 0
	for _, id := range ids {
		executions, err := s.admin.ListExecutions(ctx, id)
		if err != nil {
			return broken(name, err)
		}
		for _, n := range executions {
			h, err := s.admin.ReadHistoryWithExecutionID(ctx, id, n)
			switch {
			case errors.Is(err, core.ErrCorrupt):
				findings = append(findings, fmt.Sprintf("execution %d of instance %q: %s", n, id, message(err)))
			case err != nil:
				return broken(name, err)
			}
			events += len(h)
		}
	}
	return found(name, findings, nil, fmt.Sprintf("%s of %s decoded", plural(events, "event"), plural(len(ids), "instance")),
		"the next turn of such an instance fails it; restore a backup, or delete the instance")
}
