package storeurl

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
)

func TestCommonParameters(t *testing.T) {
	rest, p, err := Split("sqlite:a/b.db?prefix=x_&migrate=verify&cache=2MiB&poll=250ms&loud=1", "sqlite")
	if err != nil || rest != "a/b.db" {
		t.Fatal(rest, err)
	}
	var (
		prefix string
		mode   migrate.Mode
		o      engine.Options
		loud   bool
	)
	p.Common(&prefix, &mode, &o)
	p.Bool("loud", &loud)
	if err := p.Err(); err != nil {
		t.Fatal(err)
	}
	if prefix != "x_" || mode != migrate.Verify || o.CacheBytes != 2<<20 || o.PollInterval != 250*time.Millisecond || !loud {
		t.Errorf("got %q, %v, %+v, loud %v", prefix, mode, o, loud)
	}
}

func TestCacheZeroTurnsItOff(t *testing.T) {
	_, p, _ := Split("sqlite:x?cache=0", "sqlite")
	var o engine.Options
	p.Common(new(string), new(migrate.Mode), &o)
	if err := p.Err(); err != nil || o.CacheBytes >= 0 {
		t.Errorf("got %d, %v", o.CacheBytes, err)
	}
}

func TestRefusals(t *testing.T) {
	for url, words := range map[string]string{
		"nonsense":                 `begins with "sqlite:"`,
		"sqlite:x?prefx=a":         `did you mean "prefix"?`,
		"sqlite:x?zzzzzzzz=a":      "(it has cache, migrate, poll, prefix)",
		"sqlite:x?prefix=A":        "use a-z",
		"sqlite:x?prefix=a&prefix": "2 times",
		"sqlite:x?migrate=maybe":   "auto or verify",
		"sqlite:x?cache=lots":      "no size",
		"sqlite:x?cache=-1":        "no size",
		"sqlite:x?poll=0s":         "above zero",
		"sqlite:x?poll=fast":       "invalid duration",
		"sqlite:x?a=%zz":           "parameters",
	} {
		_, p, err := Split(url, "sqlite")
		if err == nil {
			p.Common(new(string), new(migrate.Mode), new(engine.Options))
			err = p.Err()
		}
		if !errors.Is(err, core.ErrInvalidArgument) || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v; want an invalid argument with %q", url, err, words)
		}
	}
}

func TestFile(t *testing.T) {
	for rest, want := range map[string]string{
		"work.db": "work.db", "a/b c.db": "a/b c.db", "a%20b%3f.db": "a b?.db",
		"///var/x.db": "/var/x.db", "/var/x.db": "/var/x.db", "x#y": "x#y",
	} {
		if got, err := File(rest); got != want || err != nil {
			t.Errorf("%s: %q, %v", rest, got, err)
		}
	}
	for _, rest := range []string{"", "//", "//host/x", "%zz", "a%00b"} {
		if got, err := File(rest); !errors.Is(err, core.ErrInvalidArgument) {
			t.Errorf("%s: %q, %v", rest, got, err)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "abc", 3}, {"cache", "cache", 0}, {"cahce", "cache", 2}, {"pol", "poll", 1}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("%s to %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestRestIsWhatNobodyAskedFor(t *testing.T) {
	t.Parallel()
	_, params, err := Split("x:y?migrate=auto&a=1+2%20&prefix=p_&b", "x")
	if err != nil {
		t.Fatal(err)
	}
	var (
		prefix string
		mode   migrate.Mode
		o      engine.Options
	)
	params.Common(&prefix, &mode, &o)
	if got := params.Rest(); got != "a=1+2%20&b" || params.Err() != nil || prefix != "p_" {
		t.Errorf("%q, %v", got, params.Err())
	}
}

func TestRedactTakesSecretsOut(t *testing.T) {
	t.Parallel()
	for address, text := range map[string]string{
		"x://u:s3c%40t@h/d":         `cannot parse x://u:s3c%40t@h/d, s3c@t`,
		"x://u@h/d?sslpassword=s3c": "x://u@h/d?sslpassword=s3c",
		"x://u:s3c%zz@h":            "s3c",
		"password=s3c host=h":       "password=s3c",
	} {
		if got := Redact(text, address); strings.Contains(got, "s3c") {
			t.Errorf("%s: %s", address, got)
		}
	}
	if got := Redact("port x", "x://u@h"); got != "port x" {
		t.Errorf("got %q", got)
	}
}
