// Package addressurl reads the URLs of stores that a server of the plugin protocol
// offers: unix:PATH and tcp:HOST:PORT, with the parameters token_file, tls, tls_ca,
// tls_cert, tls_key and tls_server_name.
package addressurl

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/internal/storeurl"
	"github.com/durokit/duro/plugin/address"
	"github.com/durokit/duro/plugin/host"
)

// Open opens what Parse reads.
func Open(ctx context.Context, url string) (core.Provider, error) {
	c, err := Parse(url)
	if err != nil {
		return nil, err
	}
	return host.OpenAddress(ctx, c)
}

// Parse reads a URL. The token's file is read, too.
func Parse(url string) (host.AddressConfig, error) {
	scheme, _, _ := strings.Cut(url, ":")
	rest, params, err := storeurl.Split(url, scheme)
	if err != nil {
		return host.AddressConfig{}, err
	}
	c := host.AddressConfig{Address: scheme + ":" + rest}
	if _, _, err := address.Parse(c.Address); err != nil {
		return host.AddressConfig{}, err
	}
	var secure bool
	var tls address.TLS
	params.Bool("tls", &secure)
	for name, into := range map[string]*string{
		"tls_ca": &tls.CA, "tls_cert": &tls.Cert, "tls_key": &tls.Key, "tls_server_name": &tls.ServerName,
	} {
		params.Func(name, func(s string) error { *into, secure = s, true; return nil })
	}
	params.Func("token_file", func(s string) (err error) { c.Token, err = readToken(s); return err })
	if err := params.Err(); err != nil {
		return host.AddressConfig{}, err
	}
	if secure {
		c.TLS = &tls
	}
	return c, nil
}

func readToken(path string) (string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(raw))
	if token == "" {
		return "", errors.New("the file is empty")
	}
	return token, nil
}
