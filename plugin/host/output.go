package host

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Bounds of what a child can have the host log.
const (
	maxLine      = 16 << 10 // bytes of a line; the rest is dropped
	linesKept    = 64       // to be shown when the child ends badly
	linesASecond = 1000     // the others are counted
)

// output is what a child prints: it becomes records of the host's log. Nothing in it can
// do more harm than to be logged.
type output struct {
	log atomic.Pointer[slog.Logger]

	mu      sync.Mutex
	last    []string // the latest of its standard error
	panics  bool     // since a line that begins a panic
	second  time.Time
	count   int
	dropped int
}

func newOutput(log *slog.Logger) *output {
	o := &output{}
	o.log.Store(log)
	return o
}

// level is the least one that the host logs.
func (o *output) level() string {
	for _, level := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn} {
		if o.log.Load().Enabled(context.Background(), level) {
			return level.String()
		}
	}
	return slog.LevelError.String()
}

// stderr takes the child's standard error: records of slog and hclog in JSON, and text.
func (o *output) stderr() io.Writer {
	return &lines{take: func(line string) {
		o.keep(line)
		if o.admit() {
			o.log.Load().LogAttrs(context.Background(), o.levelOf(line), textOf(line), attrsOf(line)...) //nolint:sloglint // it passes records on
		}
	}}
}

// stray takes what should not have been printed where it was.
func (o *output) stray(where string) io.Writer {
	return &lines{take: func(line string) {
		if o.admit() {
			o.log.Load().LogAttrs(context.Background(), slog.LevelWarn, line, slog.String("printed_to", where)) //nolint:sloglint // as printed
		}
	}}
}

func (o *output) keep(line string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.last) == linesKept {
		o.last = append(o.last[:0], o.last[1:]...)
	}
	o.last = append(o.last, line)
}

// lastWords are the latest lines of the standard error, or all of a panic's.
func (o *output) lastWords() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	const shown = 5
	from := max(0, len(o.last)-shown)
	for i, line := range o.last {
		if beginsPanic(line) {
			from = i
			break
		}
	}
	return strings.Join(o.last[from:min(from+shown, len(o.last))], "\n")
}

// admit limits the rate of lines, and says how many were left out.
func (o *output) admit() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if now := time.Now(); now.Sub(o.second) >= time.Second {
		dropped := o.dropped
		o.second, o.count, o.dropped = now, 0, 0
		if dropped > 0 {
			o.log.Load().Warn("the plugin prints too much", slog.Int("lines_dropped", dropped))
		}
	}
	o.count++
	if o.count > linesASecond {
		o.dropped++
		return false
	}
	return true
}

func beginsPanic(line string) bool {
	return strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ")
}

// levelOf is the level that a record names; text is worth debugging with, and a panic an
// error to its end.
func (o *output) levelOf(line string) slog.Level {
	if r, ok := record(line); ok {
		var level slog.Level
		name, _ := first(r, "level", "@level").(string)
		if level.UnmarshalText([]byte(name)) != nil {
			return slog.LevelDebug
		}
		return level
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.panics = o.panics || beginsPanic(line)
	if o.panics {
		return slog.LevelError
	}
	return slog.LevelDebug
}

func textOf(line string) string {
	if r, ok := record(line); ok {
		if text, ok := first(r, "msg", "@message").(string); ok {
			return text
		}
	}
	return line
}

// attrsOf are the other fields of a record.
func attrsOf(line string) []slog.Attr {
	r, ok := record(line)
	if !ok {
		return nil
	}
	var attrs []slog.Attr
	for key, value := range r {
		switch key {
		case "level", "@level", "msg", "@message", "time", "@timestamp":
		default:
			attrs = append(attrs, slog.Any(key, value))
		}
	}
	return attrs
}

// record reads a line that is a JSON object.
func record(line string) (map[string]any, bool) {
	if !strings.HasPrefix(line, "{") {
		return nil, false
	}
	var r map[string]any
	if json.Unmarshal([]byte(line), &r) != nil {
		return nil, false
	}
	return r, true
}

func first(r map[string]any, keys ...string) any {
	for _, key := range keys {
		if v, ok := r[key]; ok {
			return v
		}
	}
	return nil
}

// lines is a writer that hands on whole lines, cut where they are too long.
type lines struct {
	take func(line string)

	mu   sync.Mutex
	line bytes.Buffer
}

// Write implements io.Writer. It never fails.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	written := len(p)
	for {
		head, tail, ended := bytes.Cut(p, []byte{'\n'})
		l.line.Write(head[:min(len(head), maxLine-l.line.Len())])
		if !ended {
			return written, nil
		}
		if text := strings.TrimRight(strings.ToValidUTF8(l.line.String(), "�"), "\r \t"); text != "" {
			l.take(text)
		}
		l.line.Reset()
		p = tail
	}
}

// guard lets the first line of the standard output through, which is the handshake, and
// takes all others away: they are no reason to fail, and nobody else would read them.
type guard struct {
	hello *io.PipeWriter
	rest  io.Writer
	said  int // bytes of the first line so far
	over  bool
}

// Write implements io.Writer. It is called by one goroutine.
func (g *guard) Write(p []byte) (int, error) {
	written := len(p)
	if !g.over {
		head, tail, ended := bytes.Cut(p, []byte{'\n'})
		head = head[:min(len(head), maxLine-g.said)]
		g.said += len(head)
		if ended || g.said == maxLine {
			g.over = true
			head = append(bytes.Clone(head), '\n')
		}
		_, _ = g.hello.Write(head) // it fails when the host has stopped listening
		p = tail
		if !ended {
			return written, nil
		}
	}
	_, _ = g.rest.Write(p)
	return written, nil
}
