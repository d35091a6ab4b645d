package engine

import (
	"bytes"
	"strings"
	"testing"
)

func TestTokensSurviveTheirText(t *testing.T) {
	t.Parallel()
	nonce := newNonce()
	for _, id := range []string{"a", "a.b", "..", "o.x", "ü\u2028 ", strings.Repeat("x", 1024)} {
		got, ok := parseInstanceToken(instanceToken(nonce, id))
		if !ok || got.instance != id || !bytes.Equal(got.nonce, nonce) {
			t.Errorf("token of %q came back as %+v, %v", id, got, ok)
		}
	}
	for _, session := range []bool{false, true} {
		got, ok := parseWorkToken(workToken(nonce, 1<<62, session))
		if !ok || got.id != 1<<62 || got.session != session || !bytes.Equal(got.nonce, nonce) {
			t.Errorf("token of work came back as %+v, %v", got, ok)
		}
	}
}

// TestTokensThatNoLockHas never reach the database, which might choke on them.
func TestTokensThatNoLockHas(t *testing.T) {
	t.Parallel()
	zeros := strings.Repeat("0", 2*nonceBytes)
	for _, s := range []string{
		"", ".", "o", "o.", "o..", "o.." + zeros, "o." + zeros, "o." + zeros + ".", "o." + zeros + "0.a", "o." + zeros[2:] + ".a",
		"o." + strings.Repeat("g", 2*nonceBytes) + ".a", "w." + zeros + ".1", "O." + zeros + ".a", " o." + zeros + ".a",
		"o." + zeros + ".a\x00b", "o." + zeros + ".\xff", "o." + zeros + "." + strings.Repeat("x", 1025),
	} {
		if got, ok := parseInstanceToken(s); ok {
			t.Errorf("%q is taken for the lock of instance %q", s, got.instance)
		}
	}
	for _, s := range []string{
		"", "w.", "w." + zeros, "w." + zeros + ".", "w." + zeros + ".x", "w." + zeros + ".1.2", "w." + zeros + ".0", "w." + zeros + ".-1",
		"w." + zeros + ".9223372036854775808", "w." + zeros + ". 1", "o." + zeros + ".1", "sw." + zeros + ".1", "w." + zeros[1:] + ".1",
	} {
		if got, ok := parseWorkToken(s); ok {
			t.Errorf("%q is taken for the lock of work %d", s, got.id)
		}
	}
}

func FuzzParseToken(f *testing.F) {
	nonce := newNonce()
	for _, s := range []string{"", "o..", instanceToken(nonce, "a.b"), workToken(nonce, 7, false), workToken(nonce, 7, true)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if tk, ok := parseInstanceToken(s); ok {
			text := instanceToken(tk.nonce, tk.instance)
			if again, ok := parseInstanceToken(text); !ok || again.instance != tk.instance || !strings.EqualFold(text, s) {
				t.Errorf("%q is read as %+v, which is written %q", s, tk, text)
			}
			if len(tk.nonce) != nonceBytes || checkInstance("", tk.instance) != nil {
				t.Errorf("%q is read as %+v", s, tk)
			}
		}
		if tk, ok := parseWorkToken(s); ok {
			again, ok := parseWorkToken(workToken(tk.nonce, tk.id, tk.session))
			if !ok || again.id != tk.id || again.session != tk.session || len(tk.nonce) != nonceBytes || tk.id <= 0 {
				t.Errorf("%q is read as %+v, and again as %+v", s, tk, again)
			}
		}
		if _, instance := parseInstanceToken(s); instance {
			if _, work := parseWorkToken(s); work {
				t.Errorf("%q is both", s)
			}
		}
	})
}
