package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/durokit/duro/internal/strictyaml"
)

// normalize brings all that the file says into its one normal form. What cannot be is
// a problem.
func (f *File) normalize() {
	s := f.src
	if _, parsed := s.Given[""]; !parsed {
		return
	}
	f.PluginDir = s.path(f.PluginDir)
	for name, b := range f.Backends {
		f.Backends[name] = s.backend(strictyaml.Join("backends", name), b)
	}
	for name, p := range f.Plugins {
		f.Plugins[name] = s.plugin(strictyaml.Join("plugins", name), p)
	}
	if isURL(f.Backend) {
		if _, _, err := expand(f.Backend); err != nil {
			s.wrongf("backend", "backend: %v", err)
		}
	}
}

func (s *source) backend(path string, b Backend) Backend {
	b.DSNFile = s.path(b.DSNFile)
	b.DSNCommand = s.command(b.DSNCommand)
	if len(b.Options) == 0 {
		b.Options = nil
	}
	if b.Kind == "" {
		return b
	}
	b.Options = s.parameters(path+".options", b.Options)
	if b.DSN != "" && s.knows(b.Kind) {
		if err := b.split(); err != nil {
			s.wrongf(path+".dsn", "%s.dsn: %v", path, err)
		}
	}
	return b
}

// parameters makes texts of a kind's options: they become parameters of a URL.
func (s *source) parameters(path string, options map[string]any) map[string]any {
	out := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(options)) {
		text, err := parameter(options[name])
		if name == "" {
			err = errors.New("an option needs a name")
		}
		if err != nil {
			s.wrongf(strictyaml.Join(path, name), "%s: %v", strictyaml.Join(path, name), err)
		}
		out[name] = text
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func parameter(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case []any, map[string]any:
		return "", errors.New("an option of a kind is a single value")
	case nil:
		return "", nil // it could not be read, which is a problem already
	default:
		return fmt.Sprint(v), nil
	}
}

// command makes a program's path absolute if it is one, and not a name to be looked up.
func (s *source) command(command []string) []string {
	if len(command) == 0 || !hasSeparator(command[0]) {
		return command
	}
	command = slices.Clone(command)
	command[0] = s.path(command[0])
	return command
}

func hasSeparator(path string) bool {
	return slices.ContainsFunc([]byte(path), func(b byte) bool { return b == '/' || b == '\\' })
}

func (s *source) plugin(path string, p Plugin) Plugin {
	if p.SHA256 != "" {
		p.SHA256, _ = checksum(p.SHA256)
	}
	if p.Address != "" {
		address, err := addressOf(p.Address)
		if err != nil {
			s.wrongf(path+".address", "%s.address: %v", path, err)
		}
		p.Address = address
	}
	return p.at(s.path)
}

// at makes the paths on the way to an address absolute.
func (p Plugin) at(path func(string) string) Plugin {
	if socket, ok := strings.CutPrefix(p.Address, "unix:"); ok {
		p.Address = "unix:" + path(socket)
	}
	p.TokenFile = path(p.TokenFile)
	if p.TLS != nil {
		tls := *p.TLS
		tls.CA, tls.Cert, tls.Key = path(tls.CA), path(tls.Cert), path(tls.Key)
		p.TLS = &tls
	}
	return p
}
