// Package storeurl reads store URLs, such as sqlite:work.db?migrate=verify.
// Parameters are strict: one nobody asked for is refused, with the one that was
// probably meant.
package storeurl

import (
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
)

// Params are the parameters of a URL. Each method reads one of them, if given,
// and makes it known; Err tells everything that was wrong.
type Params struct {
	scheme string
	query  string
	values url.Values
	known  []string
	err    error
}

// Split takes a URL of the scheme apart: what stands between the scheme and the
// parameters, as written, and the parameters.
func Split(raw, scheme string) (rest string, params *Params, err error) {
	rest, ok := strings.CutPrefix(raw, scheme+":")
	if !ok {
		return "", nil, invalid("a URL of this store begins with %q", scheme+":")
	}
	rest, query, _ := strings.Cut(rest, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return "", nil, invalid("the parameters of the %s URL: %v", scheme, err)
	}
	return rest, &Params{scheme: scheme, query: query, values: values}, nil
}

// File reads what stands before the parameters as the path of a file: path,
// ///path from the root, with percent signs decoded.
func File(rest string) (string, error) {
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		if !strings.HasPrefix(after, "/") {
			host, _, _ := strings.Cut(after, "/")
			return "", invalid("%q stands where a URL has its host, and a file has none; "+
				"write scheme:path or scheme:///path", host)
		}
		rest = after
		if runtime.GOOS == "windows" { // ///C:/path
			rest = strings.TrimPrefix(rest, "/")
		}
	}
	path, err := url.PathUnescape(rest)
	switch {
	case err != nil:
		return "", invalid("the path: %v", err)
	case path == "":
		return "", invalid("the URL names no file")
	case strings.Contains(path, "\x00"):
		return "", invalid("the path holds a NUL byte")
	}
	return filepath.FromSlash(path), nil
}

// Common reads the parameters that every store has: prefix, of its tables;
// migrate, auto or verify; cache, of histories, in bytes or with a unit, where 0
// turns it off; and poll, a duration.
func (p *Params) Common(prefix *string, mode *migrate.Mode, o *engine.Options) {
	p.Func("prefix", func(s string) error { *prefix = s; return engine.CheckPrefix(s) })
	p.Func("migrate", func(s string) (err error) { *mode, err = migrate.ParseMode(s); return err })
	p.Func("cache", func(s string) error {
		n, err := ParseBytes(s)
		if o.CacheBytes = n; n == 0 {
			o.CacheBytes = -1
		}
		return err
	})
	p.Func("poll", func(s string) (err error) {
		if o.PollInterval, err = time.ParseDuration(s); err == nil && o.PollInterval <= 0 {
			err = fmt.Errorf("%s is not above zero", s)
		}
		return err
	})
}

// Bool reads a flag: 1, true, 0 or false.
func (p *Params) Bool(name string, into *bool) {
	p.Func(name, func(s string) (err error) { *into, err = strconv.ParseBool(s); return err })
}

// Func gives the parameter's value to set.
func (p *Params) Func(name string, set func(string) error) {
	p.known = append(p.known, name)
	given, ok := p.values[name]
	if !ok || p.err != nil {
		return
	}
	if len(given) > 1 {
		p.err = invalid("the %s URL gives %q %d times", p.scheme, name, len(given))
		return
	}
	if err := set(given[0]); err != nil {
		p.err = invalid("the parameter %q of the %s URL: %v", name, p.scheme, err)
	}
}

// Rest returns the parameters that nothing has asked for, as they are written, and
// makes them known: they are somebody else's, who may read a plus sign otherwise.
func (p *Params) Rest() string {
	var rest []string
	for pair := range strings.SplitSeq(p.query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err != nil || slices.Contains(p.known, plain) {
			continue
		}
		rest = append(rest, pair)
	}
	p.known = slices.AppendSeq(p.known, maps.Keys(p.values))
	return strings.Join(rest, "&")
}

// Err is the first mistake found, or a parameter that nothing has asked for.
func (p *Params) Err() error {
	if p.err != nil {
		return p.err
	}
	for _, name := range slices.Sorted(maps.Keys(p.values)) {
		if slices.Contains(p.known, name) {
			continue
		}
		slices.Sort(p.known)
		hint := ""
		if near := Nearest(name, p.known); near != "" {
			hint = fmt.Sprintf("; did you mean %q?", near)
		}
		return invalid("the %s URL has no parameter %q%s (it has %s)", p.scheme, name, hint, strings.Join(p.known, ", "))
	}
	return nil
}

// ParseBytes reads a size: a number of bytes, or one with KiB, MiB or GiB.
func ParseBytes(s string) (int64, error) {
	number, unit := s, int64(1)
	for i, suffix := range []string{"KiB", "MiB", "GiB"} {
		if n, ok := strings.CutSuffix(s, suffix); ok {
			number, unit = n, 1<<(10*(i+1))
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > (1<<62)/unit {
		return 0, fmt.Errorf("%q is no size; write bytes, or a number with KiB, MiB or GiB", s)
	}
	return n * unit, nil
}

func invalid(format string, args ...any) error {
	return core.Errorf("Open", core.ErrInvalidArgument, format, args...)
}

// Redact takes the secrets of a server's URL out of a text that may quote it. Of a
// URL that cannot be read nobody knows what they are: then nothing is left of the text.
func Redact(text, address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		return "it cannot be read as scheme://user:password@host:port/database?parameter=value"
	}
	var secrets []string
	if password, ok := u.User.Password(); ok {
		_, written, _ := strings.Cut(u.User.String(), ":")
		secrets = append(secrets, password, written)
	}
	for name, values := range u.Query() {
		if strings.Contains(name, "pass") || strings.Contains(name, "secret") {
			secrets = append(secrets, values...)
		}
	}
	for _, secret := range secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "xxxxx")
		}
	}
	return text
}
