package core

// ErrorDetails says why an activity or an orchestration failed: one of the
// struct types Infrastructure, Configuration, Application and Poison, never a
// pointer to one (docs/contract.md 1.3). Switch on its type.
type ErrorDetails interface {
	// Category is "infrastructure", "configuration", "application" or "poison".
	Category() string
	// IsRetryable reports whether the same work may succeed later.
	IsRetryable() bool
	// Display returns the human text that runtimes store as a failed
	// execution's output.
	Display() string

	// details returns the variant's name on the wire.
	details() string
}

// Infrastructure is a failure of what lies under the runtime, for example of the
// provider (docs/contract.md 1.3).
type Infrastructure struct {
	Operation string
	Message   string
	Retryable bool
}

// Category returns "infrastructure" (docs/contract.md 1.3).
func (Infrastructure) Category() string { return "infrastructure" }

// IsRetryable returns the error's own flag (docs/contract.md 1.3).
func (d Infrastructure) IsRetryable() bool { return d.Retryable }

// Display returns the human text (docs/contract.md 1.3).
func (d Infrastructure) Display() string {
	return "infrastructure:" + d.Operation + ": " + d.Message
}

func (Infrastructure) details() string { return "Infrastructure" }

func (d *Infrastructure) fields() []field {
	return []field{
		{"operation", &d.Operation, required},
		{"message", &d.Message, required},
		{"retryable", &d.Retryable, required},
	}
}

// Details converts the error for a history, field for field (docs/contract.md 1.4).
func (e *ProviderError) Details() ErrorDetails {
	return Infrastructure{Operation: e.Op, Message: e.Message, Retryable: e.Retryable}
}

// Configuration is a failure of how the program was deployed (docs/contract.md 1.3).
type Configuration struct {
	Kind     ConfigurationKind
	Resource string
	Message  *string
}

// ConfigurationKind names what is wrong with the deployment (docs/contract.md 1.3).
type ConfigurationKind uint8

// Nondeterminism is the only ConfigurationKind: code that does not replay its
// own history (docs/contract.md 1.3).
const Nondeterminism ConfigurationKind = 0

// String returns the kind's name on the wire (docs/contract.md 1.3).
func (ConfigurationKind) String() string { return "Nondeterminism" }

// Category returns "configuration" (docs/contract.md 1.3).
func (Configuration) Category() string { return "configuration" }

// IsRetryable returns false (docs/contract.md 1.3).
func (Configuration) IsRetryable() bool { return false }

// Display returns the human text (docs/contract.md 1.3).
func (d Configuration) Display() string {
	if d.Message == nil {
		return "nondeterministic in " + d.Resource
	}
	return "nondeterministic: " + *d.Message
}

func (Configuration) details() string { return "Configuration" }

func (d Configuration) clone() ErrorDetails {
	d.Message = copyOf(d.Message)
	return d
}

func (d *Configuration) fields() []field {
	return []field{
		{"kind", configurationKind{&d.Kind}, required},
		{"resource", &d.Resource, required},
		{"message", &d.Message, nullable},
	}
}
