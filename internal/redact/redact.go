// Package redact keeps the secrets of store URLs, and of what else a configuration
// holds, out of what is shown to people.
package redact

import (
	"net/url"
	"regexp"
	"strings"
)

// Hidden stands where a secret was.
const Hidden = "xxxxx"

// URL keeps the secrets of one store's URL out of what is printed. Providers
// promise to keep them out of their errors; a driver's parser may still quote the
// URL it could not read.
type URL struct {
	// Shown is the URL without its secrets.
	Shown string

	raw     string
	secrets []string
}

// secretName is in the name of what holds a secret.
var secretName = regexp.MustCompile(`(?i)pass|pwd|secret|token|credential|private|api[_-]?key|access[_-]?key`)

// Named returns a value as it may be shown beside its name.
func Named(name, value string) string {
	if secretName.MatchString(name) && value != "" {
		return Hidden
	}
	return Of(value).Shown
}

// secretParameter finds URL parameters whose value nobody should see.
var secretParameter = regexp.MustCompile(`(?i)([?&; ][a-z_-]*(?:pass|passwd|password|pwd|secret|token)[a-z_-]*=)([^&; ]+)`)

// Of finds the secrets of a URL.
func Of(backend string) URL {
	r := URL{raw: backend}
	shown := backend
	if start, end, ok := passwordOf(backend); ok {
		r.add(backend[start:end])
		shown = backend[:start] + Hidden + backend[end:]
	}
	for _, m := range secretParameter.FindAllStringSubmatch(shown, -1) {
		r.add(m[2])
	}
	r.Shown = secretParameter.ReplaceAllString(shown, "${1}"+Hidden)
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

func (r *URL) add(secret string) {
	r.secrets = append(r.secrets, secret)
	if plain, err := url.PathUnescape(secret); err == nil && plain != secret {
		r.secrets = append(r.secrets, plain)
	}
}

// Hide takes the secrets out of a text. A password that is also the name of the
// user or the database stays where it stands alone: hiding a word that is shown
// beside it would only say that it is the password.
func (r URL) Hide(s string) string {
	if r.raw != "" {
		s = strings.ReplaceAll(s, r.raw, r.Shown)
	}
	for _, secret := range r.secrets {
		s = strings.ReplaceAll(s, ":"+secret+"@", ":"+Hidden+"@")
		if !strings.Contains(r.Shown, secret) {
			s = strings.ReplaceAll(s, secret, Hidden)
		}
	}
	return s
}
