package conformance

import "slices"

// MigrationStep is a line of the checklist in upstream's migration guide of
// November 2024, which every later contract builds on.
type MigrationStep struct {
	// Topic is the part of the checklist, Line the line as the guide has it.
	Topic, Line string
	// Go is what the line asks for in Go, in Markdown.
	Go string
	// Method is the method that the line is about, as in "Provider.FetchWorkItem".
	// Empty where it is about several or none.
	Method string
	// Cases prove that a provider has done the step. Where there are none, Proof
	// says what proves it instead.
	Cases []string
	Proof string
}

// MigrationSteps lists the checklist, in the guide's order.
func MigrationSteps() []MigrationStep { return slices.Clone(migrationSteps) }

// MigrationCases lists the ids of the cases that prove the checklist, in the order
// of Cases: a choice for Options.Only.
func MigrationCases() []string {
	prove := map[string]bool{}
	for _, s := range migrationSteps {
		for _, id := range s.Cases {
			prove[id] = true
		}
	}
	var ids []string
	for _, c := range Cases() {
		if prove[c.ID] {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

var migrationSteps = slices.Concat(
	migrationOfErrors, migrationOfQueues, migrationOfHalves, migrationOfAdmin, migrationOfInstances, migrationOfTesting,
	migrationAsAWhole)

var migrationOfErrors = []MigrationStep{
	{
		Topic: "Error handling",
		Line:  "All method return types changed from `Result<T, String>` to `Result<T, ProviderError>`",
		Go: "every error is a `*core.ProviderError` with the called method's name in `Op`, a `Code`, `Retryable` and a `Message`; " +
			"`core.Errorf` makes one",
		Cases: []string{"errors/TokenErrorsArePermanent", "errors/TokenErrorsSayInvalidLockToken", "errors/AdminErrorsCarryCode"},
	},
	{
		Topic: "Error handling",
		Line:  "Errors are classified as retryable or non-retryable appropriately",
		Go: "`ProviderError.Retryable`, decided by the `core.Code`: lost connections, deadlocks and what nobody classified are " +
			"retryable; broken rules, lost locks and corrupt data are not",
		Cases: []string{
			"errors/InvalidLockTokenOnAck", "errors/LockExpirationDuringAck", "errors/DuplicateEventID", "errors/EventIDZero",
			"errors/ReadCorruptedHistory", "errors/WrongVariant",
		},
	},
	{
		Topic: "Error handling",
		Line:  "Added helper method to convert database/storage errors to `ProviderError`",
		Go: "`core.Wrap(op, code, err, what)`, with the code looked up by the driver's own code and never by its text; a " +
			"violated unique key becomes `core.ErrDuplicateEvent`",
		Cases: []string{"errors/DuplicateEventID", "errors/DuplicateWithinDelta", "errors/AppendWithExecutionRules"},
	},
}

var migrationOfQueues = []MigrationStep{
	{
		Topic: "Method renames (Provider trait)", Line: "`enqueue_orchestrator_work` → `enqueue_for_orchestrator`",
		Go:     "`EnqueueForOrchestrator(ctx, item, delay)`; no delay is 0",
		Method: "Provider.EnqueueForOrchestrator",
		Cases:  []string{"queue/TimerDelayedVisibility", "queue/WorkItemsRoundTrip", "creation/FetchWithoutInstance"},
	},
	{
		Topic: "Method renames (Provider trait)", Line: "`enqueue_worker_work` → `enqueue_for_worker`",
		Go:     "`EnqueueForWorker(ctx, item)`",
		Method: "Provider.EnqueueForWorker",
		Cases:  []string{"queue/WorkerFIFO", "queue/WorkerItemIsImmediatelyVisible"},
	},
	{
		Topic: "Method renames (Provider trait)", Line: "`dequeue_worker_peek_lock` → `fetch_work_item`",
		Go:     "`FetchWorkItem(ctx, params)`; no work is `nil, nil`",
		Method: "Provider.FetchWorkItem",
		Cases:  []string{"queue/WorkerPeekLock", "queue/LostToken", "poison/WorkAttemptStartsAtOne"},
	},
	{
		Topic: "Method renames (Provider trait)", Line: "`ack_worker` → `ack_work_item`",
		Go:     "`AckWorkItem(ctx, token, completion)`; without a completion it is `nil`",
		Method: "Provider.AckWorkItem",
		Cases:  []string{"queue/WorkerAckIsAtomic", "queue/WorkAckWithStolenToken", "expiration/WorkAckFailsAfterExpiry"},
	},
	{
		Topic:  "Method renames (Provider trait)",
		Line:   "`fetch_orchestration_item` return type changed to `Result<Option<...>, ProviderError>`",
		Go:     "`FetchOrchestrationItem(ctx, params)` returns `(*core.FetchedOrchestration, error)`: no work is `nil, nil`, a failure is an error",
		Method: "Provider.FetchOrchestrationItem",
		Cases:  []string{"errors/FetchFromEmptyStore", "errors/UndecodableQueueMessage", "locking/ExclusiveInstanceLock"},
	},
}

var migrationOfHalves = []MigrationStep{
	{
		Topic: "Trait reorganization", Line: "Removed `list_instances()` from `Provider` impl",
		Go:     "`ListInstances` is a method of `core.ProviderAdmin` only",
		Method: "ProviderAdmin.ListInstances",
		Cases:  []string{"management/ListInstances", "management/NewestFirst"},
	},
	{
		Topic: "Trait reorganization", Line: "Removed `list_executions()` from `Provider` impl",
		Go:     "`ListExecutions` is a method of `core.ProviderAdmin` only",
		Method: "ProviderAdmin.ListExecutions",
		Cases:  []string{"management/ListExecutions", "management/FourExecutions"},
	},
	{
		Topic: "Trait reorganization", Line: "Removed `latest_execution_id()` from `Provider` impl",
		Go:    "`LatestExecutionID` is a method of `core.ProviderAdmin` only; the execution that an ack writes is always its argument",
		Cases: []string{"multiexecution/ExecutionIDSequencing", "multiexecution/ContinueAsNewCreatesExecution"},
	},
	{
		Topic: "Trait reorganization", Line: "Changed `as_management_capability()` return type to `Option<&dyn ProviderAdmin>`",
		Go:    "`core.AdminDiscoverer`: `ProviderAdmin() (core.ProviderAdmin, bool)`, which `core.Admin(p)` asks",
		Cases: []string{"management/EmptyStore"},
	},
	{
		Topic: "Trait reorganization", Line: "Renamed `impl ManagementCapability` to `impl ProviderAdmin`",
		Go:    "`var _ core.ProviderAdmin = (*Store)(nil)`",
		Cases: []string{"management/InstanceInfo", "management/ExecutionInfo", "management/SystemMetrics", "management/QueueDepths"},
	},
	{
		Topic: "Trait reorganization", Line: "Moved management methods to `ProviderAdmin` impl",
		Go: "all of `core.ProviderAdmin`; it has grown since by statuses, trees, deletion and pruning",
		Cases: []string{
			"management/ListInstancesByStatus", "management/UnknownThings", "deletion/Terminal", "bulkdelete/CompletedBefore",
			"prune/Options",
		},
	},
}

var migrationOfAdmin = []MigrationStep{
	{
		Topic: "Method renames (ProviderAdmin trait)", Line: "`read_execution` → `read_history_with_execution_id`",
		Go:     "`ReadHistoryWithExecutionID(ctx, instance, execution)`",
		Method: "ProviderAdmin.ReadHistoryWithExecutionID",
		Cases:  []string{"management/FourExecutions", "errors/ReadWithExecutionCorruptedHistory"},
	},
	{
		Topic: "Method renames (ProviderAdmin trait)", Line: "Added `read_history()` convenience method",
		Go:     "`ReadHistory(ctx, instance)`, the latest execution's",
		Method: "ProviderAdmin.ReadHistory",
		Cases:  []string{"management/ReadOrder", "errors/ReadCorruptedHistory"},
	},
	{
		Topic: "Method renames (ProviderAdmin trait)", Line: "Added `latest_execution_id()` to `ProviderAdmin` impl",
		Go:     "`LatestExecutionID(ctx, instance)`; of an unknown instance it is 1",
		Method: "ProviderAdmin.LatestExecutionID",
		Cases:  []string{"management/FourExecutions", "management/UnknownLatestExecutionIsOne"},
	},
}

var migrationOfInstances = []MigrationStep{
	{
		Topic: "Instance lifecycle", Line: "Removed instance creation from `enqueue_for_orchestrator`",
		Go:    "`EnqueueForOrchestrator` stores a message and nothing else, and a fetch makes no record either",
		Cases: []string{"creation/EnqueueCreatesNothing", "creation/FetchWithoutInstance", "creation/AbsentAfterFailedAck"},
	},
	{
		Topic: "Instance lifecycle", Line: "Updated `ack_orchestration_item` to create/update instance using `ExecutionMetadata`",
		Go:    "`AckOrchestrationParams.Metadata`: a name makes the record, and a nil field leaves alone what is stored",
		Cases: []string{"creation/ViaMetadata", "creation/SubOrchestration", "creation/RenameOnAck", "creation/VersionOnlyAckCreatesNothing"},
	},
	{
		Topic: "Instance lifecycle", Line: "Changed `orchestration_version` column to allow NULL",
		Go:    "a record without a version is legal, and no version is invented",
		Cases: []string{"creation/NullVersion", "creation/NoDefaultVersion", "creation/NameOnlyAckCreatesRecord"},
	},
	{
		Topic: "Instance lifecycle", Line: "Updated instance upsert logic to use `metadata.orchestration_version`",
		Go:    "`ExecutionMetadata.OrchestrationVersion` is the one source of the version; nil never erases it",
		Cases: []string{"creation/ViaMetadata", "creation/NameOnlyAckIsAccepted", "creation/RenameOnAck"},
	},
}

var migrationOfTesting = []MigrationStep{
	{
		Topic: "Testing methods", Line: "Implemented `read_with_execution()` in `Provider` trait",
		Go:     "`ReadWithExecution(ctx, instance, execution)`",
		Method: "Provider.ReadWithExecution",
		Cases:  []string{"multiexecution/ExecutionIsolation", "errors/ReadWithExecutionCorruptedHistory"},
	},
	{
		Topic: "Testing methods", Line: "Implemented `append_with_execution()` in `Provider` trait",
		Go:     "`AppendWithExecution(ctx, instance, execution, events)`; it makes no record",
		Method: "Provider.AppendWithExecution",
		Cases:  []string{"errors/AppendWithExecutionRules"},
	},
}

var migrationAsAWhole = []MigrationStep{
	{
		Topic: "Validation", Line: "Code compiles without errors",
		Go:    "`var _ core.Provider = (*Store)(nil)`",
		Proof: "the compiler",
	},
	{
		Topic: "Validation", Line: "All provider validation tests pass",
		Go:    "`conformance.Test(t, factory)`",
		Proof: "every case, `--profile full`",
	},
	{
		Topic: "Validation", Line: "Tested with multi-execution scenarios (ContinueAsNew)",
		Go: "an ack with a higher `ExecutionID` makes the next execution; earlier ones stay readable",
		Cases: []string{
			"multiexecution/ContinueAsNewCreatesExecutionStrictly", "multiexecution/HistoryPersists",
			"multiexecution/ContinueAsNewWindow", "multiexecution/CurrentNeverDecreases",
		},
	},
	{
		Topic: "Validation", Line: "Tested version resolution (NULL versions handled correctly)",
		Go:    "a missing version reads `unknown` in `OrchestrationItem.Version` and `InstanceInfo.OrchestrationVersion`",
		Cases: []string{"creation/FetchedVersionUnknown", "management/NullVersionReadsUnknown"},
	},
}
