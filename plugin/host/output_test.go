package host

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"unicode/utf8"
)

// FuzzOutput has a child print anything on its standard error, in pieces: nothing of it
// may harm the host, and no line may fill its log.
func FuzzOutput(f *testing.F) {
	for _, line := range []string{
		`{"level":"INFO","msg":"ready","store":5}`,
		`{"@level":"warn","@message":"slow","@timestamp":"2026-01-01T00:00:00Z"}`,
		`{"@message":1}`, `{"msg":{"a":[1,2]},"level":7}`, `{"level":"INFO","msg":null,"":null}`, `{`, `{"msg":"a"}{"msg":"b"}`, `[1]`,
		"panic: oh\n\ngoroutine 1 [running]:\nmain.main()", "\x00\xff\xfe\r\n\n\n", "fatal error: all goroutines are asleep",
	} {
		f.Add([]byte(line+"\n"), uint8(3))
	}
	f.Fuzz(func(t *testing.T, printed []byte, piece uint8) {
		got := &checked{t: t}
		o := newOutput(slog.New(got))
		w := o.stderr()
		for rest := printed; len(rest) > 0; {
			n := min(len(rest), int(piece)+1)
			if m, err := w.Write(rest[:n]); m != n || err != nil {
				t.Fatalf("a piece of %d bytes: %d, %v", n, m, err)
			}
			rest = rest[n:]
		}
		if lines := bytes.Count(printed, []byte{'\n'}); got.records > lines+1 { // one more says what was dropped
			t.Errorf("%d records of %d lines", got.records, lines)
		}
		_ = o.lastWords()
	})
}

// checked looks at every record.
type checked struct {
	t       *testing.T
	records int
}

func (c *checked) Enabled(context.Context, slog.Level) bool { return true }
func (c *checked) WithAttrs([]slog.Attr) slog.Handler       { return c }
func (c *checked) WithGroup(string) slog.Handler            { return c }

func (c *checked) Handle(_ context.Context, r slog.Record) error {
	c.records++
	const replaced = len("\uFFFD") // an invalid byte becomes this
	if len(r.Message) > maxLine*replaced || !utf8.ValidString(r.Message) {
		c.t.Errorf("a message of %d bytes", len(r.Message))
	}
	return nil
}
