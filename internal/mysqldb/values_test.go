package mysqldb_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/internal/mysqldb"
	"github.com/durokit/duro/internal/testservers"
)

// fetch takes an instance, which must be there.
func fetch(t *testing.T, p core.Provider) *core.FetchedOrchestration {
	t.Helper()
	got, err := p.FetchOrchestrationItem(t.Context(), core.FetchOrchestrationParams{LockTimeout: time.Hour})
	if err != nil || got == nil {
		t.Fatalf("fetched %v, %v", got, err)
	}
	return got
}

// complete ends an instance that is locked.
func complete(t *testing.T, p core.Provider, token, output string) error {
	t.Helper()
	name, status := "test", core.StatusCompleted
	return p.AckOrchestrationItem(t.Context(), core.AckOrchestrationParams{
		LockToken: token, ExecutionID: 1, Metadata: core.ExecutionMetadata{OrchestrationName: &name, Status: &status, Output: &output},
	})
}

// info describes an instance.
func info(t *testing.T, p core.Provider, instance string) *core.InstanceInfo {
	t.Helper()
	admin, _ := core.Admin(p)
	got, err := admin.GetInstanceInfo(t.Context(), instance)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// A server takes no statement that is longer than its packet, which in MariaDB is
// as long as the largest payload unless it is told otherwise. What does not fit is
// refused by the setting's name, for good, and what fits is kept as it is.
func TestPayloadsAndTheDefaultPacket(t *testing.T) {
	t.Parallel()
	const defaultPacket = "16M"
	private := testservers.StartPrivate(t, testservers.MariaDB, "--max-allowed-packet="+defaultPacket)
	s := connectTo(t, backends[1], private.URL)
	p := s.open(mysqldb.Config{DSN: s.fresh()})
	refused := func(what string, err error) {
		t.Helper()
		pe, ok := errors.AsType[*core.ProviderError](err)
		if !ok || !errors.Is(err, core.ErrInvalidArgument) || pe.Retryable || !strings.Contains(err.Error(), "max_allowed_packet") {
			t.Errorf("%s: %v", what, err)
		}
	}
	frame := len(core.NewWorkItem(core.ExternalRaised{Instance: "a", Name: "big"}).Raw())
	big := core.NewWorkItem(core.ExternalRaised{Instance: "a", Name: "big", Data: strings.Repeat("x", core.MaxPayloadBytes-frame)})
	refused("a message", p.EnqueueForOrchestrator(t.Context(), big, 0))

	for instance, output := range map[string]string{
		"plain":   strings.Repeat("x", core.MaxPayloadBytes-64<<10),
		"escaped": strings.Repeat("\x00'\"\\\x1a\n\U0001F389", 1<<19),
	} {
		enqueue(t, p, instance)
		token := fetch(t, p).LockToken
		refused("an output", complete(t, p, token, strings.Repeat("x", core.MaxPayloadBytes)))
		if err := complete(t, p, token, output); err != nil {
			t.Fatalf("%s: %v", instance, err)
		}
		if got := info(t, p, instance).Output; got == nil || *got != output {
			t.Errorf("the output of %s came back changed", instance)
		}
	}
}

// Ids are told apart by every byte, up to the last of the longest ones.
func TestIDsAreByteExact(t *testing.T) {
	onBackends(t, func(s *server) {
		t := s.T
		p := s.open(mysqldb.Config{DSN: s.fresh()})
		long := strings.Repeat("\U0001F389", core.MaxIDBytes/4)
		ids := []string{"a", "A", "a ", "a  ", "ä", "a\u0308", "\U0001F389", "\U0001F38A", long, long[:len(long)-4] + "\U0001F38A"}
		for _, id := range ids {
			enqueue(t, p, id)
		}
		for range ids {
			got := fetch(t, p)
			if len(got.Item.Messages) != 1 {
				t.Errorf("%d messages for %q", len(got.Item.Messages), got.Item.Instance)
			}
			if err := complete(t, p, got.LockToken, got.Item.Instance); err != nil {
				t.Error(err)
			}
		}
		admin, _ := core.Admin(p)
		stored, err := admin.ListInstances(t.Context())
		slices.Sort(stored)
		slices.Sort(ids)
		if err != nil || !slices.Equal(stored, ids) {
			t.Errorf("stored %q, want %q; %v", stored, ids, err)
		}
		for _, id := range ids {
			if got := info(t, p, id).Output; got == nil || *got != id {
				t.Errorf("%q has somebody else's output", id)
			}
		}
	})
}
