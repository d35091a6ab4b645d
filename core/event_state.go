package core

// CustomStatusUpdatedEvent sets the custom status, or clears it when Status is
// nil (docs/contract.md 1.2).
type CustomStatusUpdatedEvent struct {
	Status *string
}

func (CustomStatusUpdatedEvent) event() EventKind { return EventCustomStatusUpdated }

func (p CustomStatusUpdatedEvent) clone() EventPayload {
	p.Status = copyOf(p.Status)
	return p
}

func (p *CustomStatusUpdatedEvent) fields() []field {
	return []field{
		{"status", &p.Status, nullable},
	}
}

// KeyValueSetEvent sets a key. LastUpdatedMS is 0 in events of runtimes that
// did not write it (docs/contract.md 1.2).
type KeyValueSetEvent struct {
	Key           string
	Value         string
	LastUpdatedMS uint64
}

func (KeyValueSetEvent) event() EventKind { return EventKeyValueSet }

func (p *KeyValueSetEvent) fields() []field {
	return []field{
		{"key", &p.Key, required},
		{"value", &p.Value, required},
		{"last_updated_at_ms", &p.LastUpdatedMS, defaulted},
	}
}

// KeyValueClearedEvent removes one key (docs/contract.md 1.2).
type KeyValueClearedEvent struct {
	Key string
}

func (KeyValueClearedEvent) event() EventKind { return EventKeyValueCleared }

func (p *KeyValueClearedEvent) fields() []field {
	return []field{
		{"key", &p.Key, required},
	}
}

// KeyValuesClearedEvent removes all keys (docs/contract.md 1.2).
type KeyValuesClearedEvent struct{}

func (KeyValuesClearedEvent) event() EventKind { return EventKeyValuesCleared }

func (p *KeyValuesClearedEvent) fields() []field { return nil }
