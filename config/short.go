package config

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/durokit/duro/internal/strictyaml"
)

// urlPlugin is what the plugin behind a bare address is called.
const urlPlugin = "remote"

// expand makes the long form of a URL: a backend, and the plugin behind it when the
// URL says how that is reached.
//
//	sqlite:path?cache=1MiB        a kind, its DSN and options
//	plugin+acme:?region=eu        a plugin, its options
//	unix:/run/x.sock?store=a      a server of the plugin protocol, and the store's options
//	tcp://host:port?tls_ca=ca.pem the same; the parameters of addressParams are about the way
func expand(raw string) (b Backend, p *Plugin, err error) {
	scheme, rest, _ := strings.Cut(raw, ":")
	if name, ok := strings.CutPrefix(scheme, "plugin+"); ok {
		rest, query := cutQuery(rest)
		b = Backend{Plugin: name, DSN: rest}
		if !pluginForm.MatchString(name) {
			return b, nil, errors.New("plugin+NAME: needs a name of a-z, 0-9 and -, a letter first")
		}
		b.Options, err = optionsOf(query, typed)
		return b, nil, err
	}
	if scheme == "unix" || scheme == "tcp" {
		return expandAddress(raw)
	}
	b = Backend{Kind: scheme, DSN: raw}
	if !kindForm.MatchString(scheme) {
		return b, nil, errors.New("a URL begins with a scheme, for example sqlite")
	}
	err = b.split()
	return b, nil, err
}

// addressParams are the parameters of an address, which are no options of its store.
var addressParams = []string{"tls", "tls_ca", "tls_cert", "tls_key", "tls_server_name", "token_file"}

// expandAddress makes the long form of the URL of an address.
func expandAddress(raw string) (b Backend, p *Plugin, err error) {
	b, p = Backend{Plugin: urlPlugin}, &Plugin{}
	address, query := cutQuery(raw)
	if p.Address, err = addressOf(address); err != nil {
		return b, nil, err
	}
	// Names are texts, also where they look like numbers.
	texts, err := optionsOf(query, func(text string) any { return text })
	if err != nil {
		return b, nil, err
	}
	for _, name := range sortedKeys(texts) {
		text, _ := texts[name].(string)
		switch {
		case slices.Contains(addressParams, name):
			err = p.parameter(name, text)
		case strings.HasPrefix(name, "tls") || strings.HasPrefix(name, "token"):
			err = fmt.Errorf("an address has no parameter %q%s", name, strictyaml.DidYouMean(name, addressParams))
		case b.Options == nil:
			b.Options = map[string]any{name: typed(text)}
		default:
			b.Options[name] = typed(text)
		}
		if err != nil {
			return b, nil, err
		}
	}
	if p.TLS != nil && (p.TLS.Cert == "") != (p.TLS.Key == "") {
		return b, nil, errors.New("an address needs tls_cert and tls_key, or neither")
	}
	return b, p, nil
}

// parameter sets what a parameter of an address says.
func (p *Plugin) parameter(name, text string) error {
	if name == "token_file" {
		p.TokenFile = text
		return nil
	}
	if name == "tls" {
		secure, err := strconv.ParseBool(text)
		if err != nil {
			return errors.New("tls is true or false")
		}
		if !secure {
			return nil
		}
	}
	if p.TLS == nil {
		p.TLS = &TLS{}
	}
	switch name {
	case "tls_ca":
		p.TLS.CA = text
	case "tls_cert":
		p.TLS.Cert = text
	case "tls_key":
		p.TLS.Key = text
	case "tls_server_name":
		p.TLS.ServerName = text
	}
	return nil
}

// AddressURL is the short form of a plugin at an address, if it has one: an inline
// token has none.
func (t Target) AddressURL() (short string, ok bool) {
	p := t.Plugin
	if p == nil || p.Address == "" || p.Token != "" || len(t.Options) > 0 || t.DSN.given() {
		return "", false
	}
	params := map[string]any{}
	put := func(name, text string) {
		if text != "" {
			params[name] = text
		}
	}
	put("token_file", p.TokenFile)
	if p.TLS != nil {
		params["tls"] = true
		put("tls_ca", p.TLS.CA)
		put("tls_cert", p.TLS.Cert)
		put("tls_key", p.TLS.Key)
		put("tls_server_name", p.TLS.ServerName)
	}
	return p.Address + query(params), true
}

// cutQuery separates the parameters of a URL. A question mark in a password that
// should have been written as %3F begins none.
func cutQuery(raw string) (before, query string) {
	before, query, _ = strings.Cut(raw, "?")
	_, authority, ok := strings.Cut(before, "//")
	if ok && !strings.Contains(authority, "/") && !strings.Contains(authority, "@") && strings.Contains(query, "@") {
		return raw, ""
	}
	return before, query
}

// optionsOf reads parameters; value makes an option of a text.
func optionsOf(query string, value func(string) any) (map[string]any, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, errors.New("the parameters of the URL are not written as name=value&name=value, with %XX where needed")
	}
	var options map[string]any
	for name, given := range values {
		switch {
		case name == "":
			return nil, errors.New("a parameter of the URL has no name")
		case len(given) > 1:
			return nil, fmt.Errorf("the URL gives %q %d times", name, len(given))
		case options == nil:
			options = map[string]any{}
		}
		options[name] = value(given[0])
	}
	return options, nil
}

// typed makes of a text what it would be in a file: 5 a number, true a truth value,
// "5" with quotes a text.
func typed(text string) any {
	var v struct {
		V any `yaml:"v"`
	}
	if strings.ContainsAny(text, "\n#") || strings.Contains(text, ": ") {
		return text
	}
	if f := form.Decode("", []byte("v: "+text+"\n"), &v); len(f.Errs) > 0 || v.V == nil {
		return text
	}
	switch v.V.(type) {
	case []any, map[string]any:
		return text
	}
	return v.V
}

// addressOf writes an address in one way.
func addressOf(address string) (string, error) {
	network, rest, _ := strings.Cut(address, ":")
	rest = strings.TrimPrefix(rest, "//")
	switch {
	case rest == "":
	case network == "unix":
		return "unix:" + rest, nil
	case network == "tcp":
		host, port, ok := cutPort(rest)
		if ok && host != "" && port != "" {
			return "tcp:" + rest, nil
		}
	}
	return "", errors.New("an address is unix:PATH or tcp:HOST:PORT")
}

func cutPort(hostport string) (host, port string, ok bool) {
	u := url.URL{Host: hostport}
	return u.Hostname(), u.Port(), !strings.ContainsAny(hostport, "/@?# ")
}

// split brings the DSN of a kind into its normal form: with a scheme, and without
// parameters, which become options.
func (b *Backend) split() error {
	dsn, err := qualified(b.Kind, b.DSN)
	if err != nil {
		return err
	}
	dsn, query := cutQuery(dsn)
	more, err := optionsOf(query, func(text string) any { return text })
	if err != nil {
		return err
	}
	for name, value := range more {
		if _, dup := b.Options[name]; dup {
			return fmt.Errorf("%q is an option and a parameter of the DSN", name)
		}
		if b.Options == nil {
			b.Options = map[string]any{}
		}
		b.Options[name] = value
	}
	b.DSN = dsn
	return nil
}

// aliases are other schemes of a kind's URLs.
var aliases = map[string]string{"postgresql": "postgres"}

// qualified gives a DSN the scheme of its kind, unless it has it. It quotes nothing of
// a DSN that it refuses.
func qualified(kind, dsn string) (string, error) {
	scheme, rest, ok := strings.Cut(dsn, ":")
	switch {
	case !ok || !kindForm.MatchString(scheme) || len(scheme) < 2: // C:\ is no scheme
		return kind + ":" + dsn, nil
	case scheme == kind:
		return dsn, nil
	case aliases[scheme] == kind || aliases[kind] == scheme:
		return kind + ":" + rest, nil
	}
	return "", fmt.Errorf("the DSN begins like the URL of something else; one of this kind begins with the scheme %s", kind)
}
