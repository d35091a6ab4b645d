package conformance

import (
	"slices"
	"strings"
	"time"
)

// Level says who must obey a rule.
type Level uint8

const (
	// LevelContract rules bind every provider.
	LevelContract Level = iota
	// LevelDuro rules are Duro's own choice where the contract leaves one. At
	// this level error codes are checked too, not only their class and words.
	LevelDuro
)

// String returns "contract" or "duro".
func (l Level) String() string {
	if l == LevelDuro {
		return "duro"
	}
	return "contract"
}

// Need is something beyond the Provider interface that a case cannot do without.
type Need string

// The needs. A case whose need is not met is skipped with the need as reason.
const (
	// NeedAdmin is the admin half of the contract.
	NeedAdmin Need = "core.ProviderAdmin"
	// NeedSecondHandle is Harness.Open.
	NeedSecondHandle Need = "a second handle on the same store (Harness.Open)"
	// NeedUnopened is Harness.Unopened.
	NeedUnopened Need = "a store that nobody has opened yet (Harness.Unopened)"
	// NeedSkew is Harness.Skewed.
	NeedSkew Need = "handles with clocks of their own (Harness.Skewed)"
	// NeedLongPolling and NeedShortPolling are what Timing.ShortPolling says.
	NeedLongPolling  Need = "a long-polling provider"
	NeedShortPolling Need = "a short-polling provider"
	// NeedCorruption is Hooks.CorruptHistory and Hooks.CorruptEvent.
	NeedCorruption Need = "hooks that corrupt history"
	// NeedRawRows is Hooks.InsertRawMessage and Hooks.InsertRawWork.
	NeedRawRows Need = "hooks that insert raw rows"
	// NeedExecutions is Hooks.InsertExecution and Hooks.RemoveExecution.
	NeedExecutions Need = "hooks that change execution records"
	// NeedSelection is Hooks.OnSelection.
	NeedSelection Need = "the hook into bulk deletions"
	// NeedAttempts is Hooks.MaxAttemptCount.
	NeedAttempts Need = "the hook that reads attempt counts"
)

// DefaultBudget is how long a case may take, all waiting done by the clock hook.
const DefaultBudget = 250 * time.Millisecond

// Case is one rule of the contract and how to check it.
type Case struct {
	// ID is "area/Behaviour". It is stable: reports refer to it.
	ID string
	// Numbers are the case's former numbers, C-001 or A-1; docs/conformance.md lists them.
	Numbers []string
	// Section is where docs/contract.md states the rule.
	Section string
	// Rule is what must hold, in one sentence.
	Rule string
	// Why says what goes wrong where it does not hold.
	Why string
	// Level is LevelContract unless given.
	Level Level
	// Needs lists what the case cannot do without.
	Needs []Need
	// Slow marks a case with much work; Options can leave these out.
	Slow bool
	// Budget is how long the case should take on an embedded store; a report
	// marks cases over it. Zero means DefaultBudget, or 10 s for a slow case.
	Budget time.Duration
	// Run checks the rule.
	Run func(*T)
}

// Area is the part of the id before the slash.
func (c Case) Area() string {
	area, _, _ := strings.Cut(c.ID, "/")
	return area
}

// Allowance is the case's budget, or the default for one of its kind.
func (c Case) Allowance() time.Duration {
	switch {
	case c.Budget > 0:
		return c.Budget
	case c.Slow:
		return 10 * time.Second
	}
	return DefaultBudget
}

// Cases lists all cases, area by area in the order of docs/contract.md.
func Cases() []Case { return slices.Concat(areas...) }

// areas are the case lists, in the order of docs/contract.md section 3.
var areas = [][]Case{
	atomicityCases, errorCases, creationCases, lockingCases, expirationCases,
	multiExecutionCases, queueCases, queueItemCases, cancellationCases, poisonCases, pollingCases,
	capabilityCases, sessionCases, sessionTakeoverCases, tagCases, statusCases, kvCases, kvMergeCases,
	managementCases, deletionCases, deletionEdgeCases, bulkDeleteCases, pruneCases, statsCases, robustnessCases,
	runtimeCases,
}

// Deferral is a case of docs/contract.md that this suite does not have yet.
type Deferral struct {
	ID     string
	Reason string
}

// Deferred lists the cases that are not here, and why.
func Deferred() []Deferral { return slices.Clone(deferred) }
