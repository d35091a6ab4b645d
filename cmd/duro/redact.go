package main

import (
	"net/url"
	"regexp"
	"strings"
)

// hidden stands where a secret was.
const hidden = "xxxxx"

// redactor keeps the secrets of one backend URL out of what is printed. Providers
// promise to keep them out of their errors; a driver's parser may still quote the
// URL it could not read.
type redactor struct {
	url, shown string
	secrets    []string
}

// secretParameter finds URL parameters whose value nobody should see.
var secretParameter = regexp.MustCompile(`(?i)([?&; ][a-z_-]*(?:pass|passwd|password|pwd|secret|token)[a-z_-]*=)([^&; ]+)`)

func newRedactor(backend string) redactor {
	r := redactor{url: backend}
	shown := backend
	if start, end, ok := passwordOf(backend); ok {
		r.add(backend[start:end])
		shown = backend[:start] + hidden + backend[end:]
	}
	for _, m := range secretParameter.FindAllStringSubmatch(shown, -1) {
		r.add(m[2])
	}
	r.shown = secretParameter.ReplaceAllString(shown, "${1}"+hidden)
	return r
}

// passwordOf finds the password of "scheme://user:password@host/…" and of the
// DSN form "scheme:user:password@tcp(host)/…". It looks for the last @ before the
// parameters, because a password may hold one.
func passwordOf(backend string) (start, end int, ok bool) {
	colon := strings.IndexByte(backend, ':')
	if colon < 0 || backend[:colon] == "sqlite" {
		return 0, 0, false // a file has no user, and its path may hold : and @
	}
	from := colon + 1 + len("//")
	if !strings.HasPrefix(backend[colon+1:], "//") {
		from = colon + 1
	}
	before, _, _ := strings.Cut(backend[from:], "?")
	at := strings.LastIndexByte(before, '@')
	if at < 0 {
		at = strings.LastIndexByte(backend[from:], '@') // the ? was part of the password
	}
	if at < 0 {
		return 0, 0, false
	}
	user := strings.IndexByte(backend[from:from+at], ':')
	if user < 0 || user+1 == at {
		return 0, 0, false
	}
	return from + user + 1, from + at, true
}

func (r *redactor) add(secret string) {
	r.secrets = append(r.secrets, secret)
	if plain, err := url.PathUnescape(secret); err == nil && plain != secret {
		r.secrets = append(r.secrets, plain)
	}
}

// hide takes the secrets out of a text. A password that is also the name of the
// user or the database stays where it stands alone: hiding a word that is shown
// beside it would only say that it is the password.
func (r redactor) hide(s string) string {
	if r.url != "" {
		s = strings.ReplaceAll(s, r.url, r.shown)
	}
	for _, secret := range r.secrets {
		s = strings.ReplaceAll(s, ":"+secret+"@", ":"+hidden+"@")
		if !strings.Contains(r.shown, secret) {
			s = strings.ReplaceAll(s, secret, hidden)
		}
	}
	return s
}
