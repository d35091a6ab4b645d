package engine

import (
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/durokit/duro/core"
)

// A lock token is a batch's random nonce with the locked row's key, so that
// looking it up goes by primary key and no token needs an index. Its text is
// "o.<nonce>.<instance>" for an instance, "w.<nonce>.<id>" for work and
// "s.<nonce>.<id>" for work of a session.
type token struct {
	nonce    []byte
	instance string // of an instance's lock
	id       int64  // of a work lock
	session  bool   // the work belongs to a session
}

const nonceBytes = 16

func newNonce() []byte {
	n := make([]byte, nonceBytes)
	_, _ = rand.Read(n) // never fails: crypto/rand ends the program instead
	return n
}

func instanceToken(nonce []byte, instance string) string {
	return "o." + hex.EncodeToString(nonce) + "." + instance
}

func workToken(nonce []byte, id int64, session bool) string {
	kind := "w."
	if session {
		kind = "s."
	}
	return kind + hex.EncodeToString(nonce) + "." + strconv.FormatInt(id, 10)
}

// parseInstanceToken returns false for a text that no instance lock can have,
// and that a database might choke on.
func parseInstanceToken(s string) (token, bool) {
	nonce, key, ok := cutToken(s, "o.")
	if !ok || core.CheckText("", key, 1, core.MaxIDBytes) != "" {
		return token{}, false
	}
	return token{nonce: nonce, instance: key}, true
}

// parseWorkToken returns false for a text that no work lock can have.
func parseWorkToken(s string) (token, bool) {
	session := strings.HasPrefix(s, "s.")
	prefix := "w."
	if session {
		prefix = "s."
	}
	nonce, key, ok := cutToken(s, prefix)
	if !ok {
		return token{}, false
	}
	id, err := strconv.ParseInt(key, 10, 64)
	if err != nil || id <= 0 {
		return token{}, false
	}
	return token{nonce: nonce, id: id, session: session}, true
}

func cutToken(s, prefix string) (nonce []byte, key string, ok bool) {
	rest, ok := strings.CutPrefix(s, prefix)
	if !ok {
		return nil, "", false
	}
	text, key, ok := strings.Cut(rest, ".")
	if !ok {
		return nil, "", false
	}
	nonce, err := hex.DecodeString(text)
	return nonce, key, err == nil && len(nonce) == nonceBytes
}
