package core

// Application is a failure of the user's own code, or its cancellation
// (docs/contract.md 1.3).
type Application struct {
	Kind ApplicationKind
	// CancelReason belongs to AppCancelled; the other kinds do not write it.
	CancelReason string
	Message      string
	Retryable    bool
}

// ApplicationKind says in which way the user's code failed (docs/contract.md 1.3).
type ApplicationKind uint8

// The kinds of Application (docs/contract.md 1.3).
const (
	// AppActivityFailed is an activity that returned an error; the zero value.
	AppActivityFailed ApplicationKind = iota
	// AppOrchestrationFailed is an orchestration that returned an error.
	AppOrchestrationFailed
	// AppPanicked is an orchestration that panicked.
	AppPanicked
	// AppCancelled is an orchestration that was cancelled, for CancelReason.
	AppCancelled
	numAppKinds
)

var appKindNames = [numAppKinds]string{"ActivityFailed", "OrchestrationFailed", "Panicked", "Cancelled"}

// String returns the kind's name on the wire; a value out of range counts as
// AppActivityFailed (docs/contract.md 1.3).
func (k ApplicationKind) String() string {
	if k >= numAppKinds {
		k = AppActivityFailed
	}
	return appKindNames[k]
}

// Category returns "application" (docs/contract.md 1.3).
func (Application) Category() string { return "application" }

// IsRetryable returns the error's own flag (docs/contract.md 1.3).
func (d Application) IsRetryable() bool { return d.Retryable }

// Display returns the human text (docs/contract.md 1.3).
func (d Application) Display() string {
	switch d.Kind {
	case AppCancelled:
		return "canceled: " + d.CancelReason
	case AppPanicked:
		return "orchestration panicked: " + d.Message
	}
	return d.Message
}

func (Application) details() string { return "Application" }

func (d *Application) fields() []field {
	return []field{
		{"kind", applicationKind{d}, required},
		{"message", &d.Message, required},
		{"retryable", &d.Retryable, required},
	}
}
