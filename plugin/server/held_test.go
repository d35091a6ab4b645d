package server

import (
	"encoding/hex"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

func TestWhatTheCallerHoldsIsLeftOut(t *testing.T) {
	t.Parallel()
	history := [][]byte{[]byte("first"), []byte("second"), []byte("third")}
	two := &providerv1.HeldHistory{Instance: "i", ExecutionId: 2, KnownCount: 2, Digest: digest(history[:2])}
	but := func(change func(h *providerv1.HeldHistory)) []*providerv1.HeldHistory {
		h := proto.CloneOf(two)
		change(h)
		return []*providerv1.HeldHistory{h}
	}
	other := but(func(h *providerv1.HeldHistory) { h.Instance = "j" })[0]
	for name, c := range map[string]struct {
		held []*providerv1.HeldHistory
		from uint64
	}{
		"nothing held":         {nil, 0},
		"its beginning":        {[]*providerv1.HeldHistory{two}, 2},
		"among others":         {[]*providerv1.HeldHistory{other, two}, 2},
		"all of it":            {but(func(h *providerv1.HeldHistory) { h.KnownCount, h.Digest = 3, digest(history) }), 3},
		"none of it":           {but(func(h *providerv1.HeldHistory) { h.KnownCount, h.Digest = 0, digest(nil) }), 0},
		"more than there is":   {but(func(h *providerv1.HeldHistory) { h.KnownCount = 4 }), 0},
		"another instance":     {[]*providerv1.HeldHistory{other}, 0},
		"another execution":    {but(func(h *providerv1.HeldHistory) { h.ExecutionId = 1 }), 0},
		"an earlier namesake":  {but(func(h *providerv1.HeldHistory) { h.Digest = digest([][]byte{[]byte("first"), []byte("2nd")}) }), 0},
		"events cut elsewhere": {but(func(h *providerv1.HeldHistory) { h.Digest = digest([][]byte{[]byte("firsts"), []byte("econd")}) }), 0},
		"no digest":            {but(func(h *providerv1.HeldHistory) { h.Digest = nil }), 0},
	} {
		item := &providerv1.OrchestrationItem{Instance: "i", ExecutionId: 2, History: history}
		leaveOut(item, c.held)
		if item.GetHistoryFrom() != c.from {
			t.Errorf("%s: %d events were left out, not %d", name, item.GetHistoryFrom(), c.from)
		}
		if diff := cmp.Diff(history[c.from:], item.GetHistory()); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

// The digest is part of the protocol: clients in other languages compute it.
func TestTheDigestIsWhatTheProtocolSays(t *testing.T) {
	t.Parallel()
	const want = "fb9abcb07180be92066c09ce253c0a060e4634fe3accf064b556d89a691c8e5f"
	if got := hex.EncodeToString(digest([][]byte{[]byte("a"), {}, []byte("bc")})); got != want {
		t.Errorf("got %s", got)
	}
}
