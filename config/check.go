package config

import (
	"encoding/hex"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/durokit/duro/internal/redact"
	"github.com/durokit/duro/internal/strictyaml"
)

var (
	nameForm     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`)
	pluginForm   = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)
	kindForm     = regexp.MustCompile(`^[a-z][a-z0-9.-]{0,31}$`)
	variableForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// check notes what is wrong beyond the form of single values.
func (f *File) check() {
	s := f.src
	if _, parsed := s.Given[""]; !parsed {
		return
	}
	if s.has("version") && f.Version != Version {
		// Another version's keys are not wrong, only unknown here.
		s.Errs = nil
		s.wrongf("version", "version %d is unknown; this program reads version %d", f.Version, Version)
		return
	}
	if _, given := s.Given["version"]; !given {
		s.wrongf("", "the configuration lacks version; write version: %d", Version)
	}
	s.filled("backend", f.Backend)
	s.filled("plugin_dir", f.PluginDir)
	for _, name := range slices.Sorted(maps.Keys(f.Backends)) {
		path := strictyaml.Join("backends", name)
		if !nameForm.MatchString(name) {
			s.wrongf(path, "a backend's name has letters, digits, - and _, at most 63")
		}
		f.checkBackend(path, f.Backends[name])
	}
	for _, name := range slices.Sorted(maps.Keys(f.Plugins)) {
		path := strictyaml.Join("plugins", name)
		if !pluginForm.MatchString(name) {
			s.wrongf(path, "a plugin's name has a-z, 0-9 and -, a letter first, at most 63")
		}
		f.checkPlugin(path, f.Plugins[name])
	}
	f.checkChosen()
}

// filled refuses a text that is given and says nothing.
func (s *source) filled(path, text string) {
	if s.has(path) && strings.TrimSpace(text) == "" {
		s.wrongf(path, "%s must not be empty", path)
	}
}

// given lists which of the keys the mapping at a path has.
func (s *source) given(path string, keys ...string) []string {
	return slices.DeleteFunc(keys, func(key string) bool {
		_, given := s.Given[strictyaml.Join(path, key)]
		return !given
	})
}

// exclude refuses all but the first of keys that say the same thing in several ways.
func (s *source) exclude(path string, keys ...string) {
	given := s.given(path, keys...)
	for _, key := range given[min(1, len(given)):] {
		s.wrongf(strictyaml.Join(path, key), "%s has %s already; %s and it exclude each other", path, given[0], key)
	}
}

// pointless refuses keys that mean nothing beside another.
func (s *source) pointless(path, beside string, keys ...string) {
	for _, key := range s.given(path, keys...) {
		s.wrongf(strictyaml.Join(path, key), "%s means nothing beside %s", strictyaml.Join(path, key), beside)
	}
}

// dsnKeys are the ways to give a DSN.
func dsnKeys() []string { return []string{"dsn", "dsn_file", "dsn_env", "dsn_command"} }

func (f *File) checkBackend(path string, b Backend) {
	s := f.src
	// What a misspelt key was meant to say is not missing.
	complete := s.has(path)
	s.exclude(path, "kind", "plugin")
	s.exclude(path, dsnKeys()...)
	for key, text := range map[string]string{
		"kind": b.Kind, "plugin": b.Plugin, "dsn": b.DSN, "dsn_file": b.DSNFile, "dsn_env": b.DSNEnv,
	} {
		s.filled(strictyaml.Join(path, key), text)
	}
	switch {
	case complete && len(s.given(path, "kind", "plugin")) == 0:
		s.wrongf(path, "%s needs a kind or a plugin", path)
	case b.Kind != "":
		f.checkKind(path, b)
	case b.Plugin != "":
		f.checkPluginOf(path, b)
	}
	f.checkDSN(path, b)
}

func (f *File) checkKind(path string, b Backend) {
	s := f.src
	switch {
	case !kindForm.MatchString(b.Kind):
		s.wrongf(path+".kind", "a kind is one word, for example sqlite; a URL goes to dsn")
	case !s.knows(b.Kind):
		s.wrongf(path+".kind", "unknown kind %q%s", b.Kind, strictyaml.DidYouMean(b.Kind, s.kinds))
	}
	if s.has(path) && len(s.given(path, dsnKeys()...)) == 0 {
		s.wrongf(path, "%s needs one of %s", path, strings.Join(dsnKeys(), ", "))
	}
}

// knows reports whether there is a kind, as far as is known.
func (s *source) knows(kind string) bool {
	return kindForm.MatchString(kind) && (len(s.kinds) == 0 || slices.Contains(s.kinds, kind))
}

func (f *File) checkPluginOf(path string, b Backend) {
	if _, known := f.Plugins[b.Plugin]; known {
		return
	}
	if !pluginForm.MatchString(b.Plugin) {
		f.src.wrongf(path+".plugin", "a plugin's name has a-z, 0-9 and -, a letter first, at most 63")
		return
	}
	if len(f.Plugins) == 0 {
		f.src.wrongf(path+".plugin", "there is no plugin %q; it needs an entry in plugins", b.Plugin)
		return
	}
	f.src.wrongf(path+".plugin", "there is no plugin %q%s", b.Plugin,
		strictyaml.DidYouMean(b.Plugin, slices.Collect(maps.Keys(f.Plugins))))
}

// checkDSN never quotes what it refuses: it may be a DSN in the wrong place.
func (f *File) checkDSN(path string, b Backend) {
	s := f.src
	if strings.Contains(b.DSNFile, "://") {
		s.wrongf(path+".dsn_file", "dsn_file is the path of a file; a URL goes to dsn")
	}
	if b.DSNEnv != "" && !variableForm.MatchString(b.DSNEnv) {
		s.wrongf(path+".dsn_env", "dsn_env is the name of a variable, without $; a URL goes to dsn")
	}
	if s.has(path+".dsn_command") && (len(b.DSNCommand) == 0 || b.DSNCommand[0] == "") {
		s.wrongf(path+".dsn_command", "dsn_command needs a program")
	}
}

func (f *File) checkPlugin(path string, p Plugin) {
	s := f.src
	s.exclude(path, "address", "command")
	s.exclude(path, "token_file", "token")
	s.exclude(path, "sha256", "unverified")
	if p.Address != "" {
		s.pointless(path, "an address", "sha256", "unverified", "args", "env", "start_timeout")
	} else {
		s.pointless(path, "a program; they are for an address", "token", "token_file", "tls")
	}
	for key, text := range map[string]string{
		"command": p.Command, "address": p.Address, "sha256": p.SHA256, "token": p.Token, "token_file": p.TokenFile,
	} {
		s.filled(strictyaml.Join(path, key), text)
	}
	if p.SHA256 != "" {
		if _, ok := checksum(p.SHA256); !ok {
			s.wrongf(path+".sha256", "%s.sha256 is no checksum: 64 hexadecimal digits, or a line of SHA256SUMS", path)
		}
	}
	for name := range p.Env {
		if !variableForm.MatchString(name) {
			s.wrongf(strictyaml.Join(path+".env", name), "%s.env has a variable whose name is none", path)
		}
	}
	if p.TLS != nil && (p.TLS.Cert == "") != (p.TLS.Key == "") {
		s.wrongf(path+".tls", "%s.tls needs cert and key, or neither", path)
	}
}

// checksum returns the digits of a checksum, which may be followed by a file's name.
func checksum(text string) (digits string, ok bool) {
	fields := strings.Fields(text)
	if len(fields) == 0 || len(fields) > 2 {
		return "", false
	}
	digits = strings.ToLower(fields[0])
	raw, err := hex.DecodeString(digits)
	return digits, err == nil && len(raw) == 32
}

// checkChosen looks for the backend that is to be used.
func (f *File) checkChosen() {
	if !f.src.has("backend") || f.Backend == "" || isURL(f.Backend) {
		return
	}
	if _, known := f.Backends[f.Backend]; known {
		return
	}
	shown := redact.Of(f.Backend).Shown
	if len(f.Backends) == 0 {
		f.src.wrongf("backend", "there is no backend %q, and no backends", shown)
		return
	}
	f.src.wrongf("backend", "there is no backend %q%s", shown,
		strictyaml.DidYouMean(f.Backend, slices.Collect(maps.Keys(f.Backends))))
}

// isURL tells a URL from a name.
func isURL(text string) bool { return strings.Contains(text, ":") }
