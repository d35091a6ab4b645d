package core

import "fmt"

// Poison is a message given up after too many attempts (docs/contract.md 1.3).
type Poison struct {
	AttemptCount uint32
	MaxAttempts  uint32
	MessageType  PoisonMessage
	Message      string
}

// PoisonMessage says what kind of message was given up: one of the struct types
// PoisonOrchestration, PoisonActivity and PoisonFailedDeserialization, never a
// pointer to one (docs/contract.md 1.3).
type PoisonMessage interface {
	// poison returns the variant's name on the wire.
	poison() string
	// display returns the human text for these counts.
	display(attempts, max uint32) string
}

// Category returns "poison" (docs/contract.md 1.3).
func (Poison) Category() string { return "poison" }

// IsRetryable returns false (docs/contract.md 1.3).
func (Poison) IsRetryable() bool { return false }

// Display returns the human text (docs/contract.md 1.3).
func (d Poison) Display() string {
	if d.MessageType == nil {
		return "poison: " + d.Message
	}
	return "poison: " + d.MessageType.display(d.AttemptCount, d.MaxAttempts)
}

func (Poison) details() string { return "Poison" }

func (d Poison) clone() ErrorDetails {
	if d.MessageType != nil {
		d.MessageType = poisonTypes[d.MessageType.poison()].own(d.MessageType)
	}
	return d
}

func (d *Poison) fields() []field {
	return []field{
		{"attempt_count", &d.AttemptCount, required},
		{"max_attempts", &d.MaxAttempts, required},
		{"message_type", poisonMessage{&d.MessageType}, required},
		{"message", &d.Message, required},
	}
}

// PoisonOrchestration is a turn that was tried too often (docs/contract.md 1.3).
type PoisonOrchestration struct {
	Instance    string
	ExecutionID uint64
}

func (PoisonOrchestration) poison() string { return "Orchestration" }

func (m PoisonOrchestration) display(attempts, max uint32) string {
	return fmt.Sprintf("orchestration %s exceeded %d attempts (max %d)", m.Instance, attempts, max)
}

func (m *PoisonOrchestration) fields() []field {
	return []field{{"instance", &m.Instance, required}, {"execution_id", &m.ExecutionID, required}}
}

// PoisonActivity is an activity that was tried too often (docs/contract.md 1.3).
type PoisonActivity struct {
	Instance     string
	ExecutionID  uint64
	ActivityName string
	ActivityID   uint64
}

func (PoisonActivity) poison() string { return "Activity" }

func (m PoisonActivity) display(attempts, max uint32) string {
	return fmt.Sprintf("activity %s#%d exceeded %d attempts (max %d)", m.ActivityName, m.ActivityID, attempts, max)
}

func (m *PoisonActivity) fields() []field {
	return []field{
		{"instance", &m.Instance, required},
		{"execution_id", &m.ExecutionID, required},
		{"activity_name", &m.ActivityName, required},
		{"activity_id", &m.ActivityID, required},
	}
}

// PoisonFailedDeserialization is a history that could not be decoded
// (docs/contract.md 1.3).
type PoisonFailedDeserialization struct {
	Instance    string
	ExecutionID uint64
	Error       string
}

func (PoisonFailedDeserialization) poison() string { return "FailedDeserialization" }

func (m PoisonFailedDeserialization) display(attempts, max uint32) string {
	return fmt.Sprintf("orchestration %s history deserialization failed after %d attempts (max %d): %s",
		m.Instance, attempts, max, m.Error)
}

func (m *PoisonFailedDeserialization) fields() []field {
	return []field{
		{"instance", &m.Instance, required},
		{"execution_id", &m.ExecutionID, required},
		{"error", &m.Error, required},
	}
}
