package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// leaveOut takes from an item's history the events that the caller has.
func leaveOut(item *providerv1.OrchestrationItem, held []*providerv1.HeldHistory) {
	for _, h := range held {
		known := h.GetKnownCount()
		if h.GetInstance() != item.GetInstance() || h.GetExecutionId() != item.GetExecutionId() ||
			known > uint64(len(item.GetHistory())) {
			continue
		}
		if bytes.Equal(digest(item.GetHistory()[:known]), h.GetDigest()) {
			item.History, item.HistoryFrom = item.GetHistory()[known:], known
			return
		}
	}
}

// digest tells a history from the one of an instance that was deleted and created anew:
// HeldHistory says of what it is.
func digest(events [][]byte) []byte {
	h := sha256.New()
	for _, e := range events {
		_ = binary.Write(h, binary.BigEndian, uint64(len(e))) // a hash takes everything
		h.Write(e)
	}
	return h.Sum(nil)
}
