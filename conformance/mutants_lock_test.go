package conformance_test

import (
	"time"

	"github.com/durokit/duro/core"
)

// lockMutants take, keep, renew and give back locks wrongly, and count attempts.
var lockMutants = []mutant{
	{"locks expire early", always(tampered{fetch: func(q *core.FetchOrchestrationParams) { q.LockTimeout /= 2 }}),
		[]string{"expiration/LockBoundary", "expiration/OrchestrationRenewalExtends", "locking/ConcurrentExpirationRecovery"}},
	{"locks expire late", always(tampered{fetch: func(q *core.FetchOrchestrationParams) { q.LockTimeout *= 2 }}),
		[]string{"errors/LockExpirationDuringAck", "expiration/OrchestrationRenewalAfterExpiration", "locking/ExclusiveInstanceLock"}},
	{"locks last whole minutes", always(tampered{fetch: func(q *core.FetchOrchestrationParams) {
		q.LockTimeout = (q.LockTimeout + time.Minute - 1).Truncate(time.Minute)
	}}),
		[]string{"errors/LockExpirationDuringAck", "expiration/OrchestrationRenewalAfterExpiration", "locking/ExclusiveInstanceLock"}},
	{"a renewal does nothing", always(tampered{renew: func(d *time.Duration) { *d = time.Millisecond }}),
		[]string{"expiration/OrchestrationRenewalExtends", "expiration/SubSecondRenewal"}},
	{"a renewal lasts half as long", always(tampered{renew: func(d *time.Duration) { *d /= 2 }}),
		[]string{"expiration/OrchestrationRenewalExtends"}},
	{"a renewal loses the part of a second", always(tampered{renew: func(d *time.Duration) { *d = d.Truncate(time.Second) }}),
		[]string{"expiration/SubSecondRenewal"}},
	{"attempts are not counted", always(tampered{fetched: func(f *core.FetchedOrchestration) { f.AttemptCount = 1 }}),
		[]string{"poison/ExpiryCountsAsAttempt", "poison/OrchestrationAttemptIncrements", "poison/OrchestrationIgnoreAttempt"}},
	{"attempts begin at zero", always(tampered{fetched: func(f *core.FetchedOrchestration) { f.AttemptCount-- }}),
		[]string{"poison/AttemptNeverNegative", "poison/OrchestrationAttemptIncrements", "poison/OrchestrationAttemptStartsAtOne"}},
	{"an abandoned turn counts whatever is asked", always(tampered{abandon: func(q *core.AbandonParams) { q.IgnoreAttempt = false }}),
		[]string{"poison/AttemptNeverNegative", "poison/IgnoreAttemptWithDelay", "poison/OrchestrationIgnoreAttempt"}},
	{"an abandoned turn never counts", always(tampered{abandon: func(q *core.AbandonParams) { q.IgnoreAttempt = true }}),
		[]string{"poison/MaximumAcrossBatch", "poison/OrchestrationAttemptIncrements", "poison/OrchestrationIgnoreAttempt"}},
	{"an abandoned turn is there at once", always(tampered{abandon: func(q *core.AbandonParams) { q.Delay = 0 }}),
		[]string{"expiration/AbandonAfterExpiry", "expiration/AbandonDelayLeavesTimersAlone", "expiration/AbandonOrchestrationWithDelay"}},
	{"an abandoned turn waits twice as long", always(tampered{abandon: func(q *core.AbandonParams) { q.Delay *= 2 }}),
		[]string{"expiration/AbandonAfterExpiry", "expiration/AbandonOrchestrationWithDelay", "poison/IgnoreAttemptWithDelay"}},
	{"activities are locked for half as long", always(tampered{fetchWork: func(q *core.FetchWorkParams) { q.LockTimeout /= 2 }}),
		[]string{"expiration/LockBoundary", "expiration/WorkRenewalExtends"}},
	{"activities are locked for twice as long", always(tampered{fetchWork: func(q *core.FetchWorkParams) { q.LockTimeout *= 2 }}),
		[]string{"expiration/WorkRenewalAfterExpiration", "poison/WorkAttemptIncrementsOnExpiry", "queue/LostToken"}},
	{"attempts of activities are not counted", always(tampered{fetchedWork: func(f *core.FetchedWork) { f.AttemptCount = 1 }}),
		[]string{"poison/AttemptIsPerMessage", "poison/WorkAttemptIncrementsOnExpiry", "session/AbandonedItemIsRetryable"}},
	{"an abandoned activity counts whatever is asked", always(tampered{abandonWork: func(q *core.AbandonParams) { q.IgnoreAttempt = false }}),
		[]string{"poison/AttemptNeverNegative", "poison/WorkIgnoreAttempt", "session/AbandonedItemIgnoreAttempt"}},
	{"an abandoned activity never counts", always(tampered{abandonWork: func(q *core.AbandonParams) { q.IgnoreAttempt = true }}),
		[]string{"poison/AttemptIsPerMessage", "poison/WorkIgnoreAttempt", "session/AbandonedItemIsRetryable"}},
	{"an abandoned activity is there at once", always(tampered{abandonWork: func(q *core.AbandonParams) { q.Delay = 0 }}),
		[]string{"expiration/AbandonWorkWithDelay", "poison/AttemptIsPerMessage", "queue/WorkerSkipsDelayedItems"}},
	{"the renewal of an activity lasts half as long", always(tampered{renewWork: func(d *time.Duration) { *d /= 2 }}),
		[]string{"expiration/WorkRenewalExtends"}},
	{"the completion of an activity does not check the token", always(tampered{acked: forgiving}),
		[]string{"cancellation/AckOfDeletedEntryFails", "expiration/WorkAckFailsAfterExpiry", "runtime/ForceDeleteInFlight"}},
}
