// Package address reaches and offers the plugin protocol at an address, "unix:PATH" or
// "tcp:HOST:PORT", with TLS and a token where they are asked for. docs/protocol.md says
// what a client in another language does for the same.
package address

import (
	"context"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/wire"
)

// maxSocketPath is the longest path that every Unix accepts for a socket.
const maxSocketPath = 103

// Parse splits an address into what package net wants.
func Parse(address string) (network, rest string, err error) {
	network, rest, ok := strings.Cut(address, ":")
	rest = strings.TrimPrefix(rest, "//")
	switch {
	case !ok || rest == "":
	case network == "unix" && len(rest) > maxSocketPath:
		return "", "", core.Errorf("Open", core.ErrInvalidArgument,
			"the path of the socket %s has %d bytes, and systems take %d at most; use a shorter one", rest, len(rest), maxSocketPath)
	case network == "unix":
		return network, rest, nil
	case network == "tcp":
		if _, _, err := net.SplitHostPort(rest); err == nil {
			return network, rest, nil
		}
	}
	return "", "", core.Errorf("Open", core.ErrInvalidArgument,
		"the address %q is neither unix:PATH nor tcp:HOST:PORT", address)
}

// TLS names the files that secure a connection, PEM each.
type TLS struct {
	// CA holds the certificates that the other side's must be signed by. A client
	// without it trusts the system's; a server without it asks clients for none.
	CA string
	// Cert and Key are this side's own. A server must have them.
	Cert, Key string
	// ServerName is what a client expects in the server's certificate, if it is not
	// the host of the address.
	ServerName string
}

func (t *TLS) config() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName}
	if t.CA != "" {
		pem, err := os.ReadFile(t.CA)
		if err != nil {
			return nil, core.Wrap("Open", core.ErrInvalidArgument, err, "read the CA's certificates")
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, core.Errorf("Open", core.ErrInvalidArgument, "%s holds no certificate in PEM form", t.CA)
		}
		c.ClientCAs = c.RootCAs
	}
	if t.Cert != "" || t.Key != "" {
		pair, err := tls.LoadX509KeyPair(t.Cert, t.Key)
		if err != nil {
			return nil, core.Wrap("Open", core.ErrInvalidArgument, err, "read the certificate and its key")
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// DialOptions are what every connection needs, however it is secured.
func DialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(wire.MaxFrame), grpc.MaxCallSendMsgSize(wire.MaxFrame)),
		grpc.WithInitialWindowSize(wire.Window),
		grpc.WithInitialConnWindowSize(wire.Window),
	}
}

// Dial prepares a connection, which is made by the first call.
func Dial(address string, t *TLS, token string) (*grpc.ClientConn, error) {
	network, rest, err := Parse(address)
	if err != nil {
		return nil, err
	}
	creds := insecure.NewCredentials()
	if t != nil {
		c, err := t.config()
		if err != nil {
			return nil, err
		}
		creds = credentials.NewTLS(c)
	}
	options := append(DialOptions(), grpc.WithTransportCredentials(creds), grpc.WithDisableServiceConfig())
	if token != "" {
		if network == "tcp" && t == nil && !isLoopback(rest) {
			return nil, core.Errorf("Open", core.ErrInvalidArgument,
				"the token would travel to %s without TLS; configure TLS", address)
		}
		options = append(options, grpc.WithPerRPCCredentials(bearer(token)))
	}
	target := "passthrough:///" + rest
	if network == "unix" {
		target = "unix:" + rest
	}
	conn, err := grpc.NewClient(target, options...)
	if err != nil {
		return nil, core.Wrap("Open", core.ErrInvalidArgument, err, "connect to "+address)
	}
	return conn, nil
}

func isLoopback(hostport string) bool {
	host, _, _ := net.SplitHostPort(hostport)
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// bearer sends a token with each call.
type bearer string

// GetRequestMetadata implements credentials.PerRPCCredentials.
func (b bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(b)}, nil
}

// RequireTransportSecurity implements credentials.PerRPCCredentials: Dial has seen to it.
func (bearer) RequireTransportSecurity() bool { return false }

// Listen listens at an address. A socket that nobody listens at any more is replaced.
func Listen(address string) (net.Listener, error) {
	network, rest, err := Parse(address)
	if err != nil {
		return nil, err
	}
	if network == "unix" {
		if err := removeStale(rest); err != nil {
			return nil, err
		}
	}
	l, err := net.Listen(network, rest) //nolint:noctx // it returns at once
	if err != nil {
		return nil, core.Wrap("Serve", core.ErrInvalidArgument, err, "listen at "+address)
	}
	if network == "unix" {
		if err := os.Chmod(rest, 0o600); err != nil {
			return nil, core.Wrap("Serve", core.ErrInternal, errors.Join(err, l.Close()), "keep others away from "+rest)
		}
	}
	return l, nil
}

// removeStale removes what a killed server left at a path, and nothing else.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil || info.Mode()&os.ModeSocket == 0 {
		return core.Errorf("Serve", core.ErrInvalidArgument, "%s is there already, and is no socket", path)
	}
	conn, err := net.Dial("unix", path) //nolint:noctx // a local socket answers at once
	if err == nil {
		_ = conn.Close()
		return core.Errorf("Serve", core.ErrInvalidArgument, "somebody listens at %s already", path)
	}
	if err := os.Remove(path); err != nil {
		return core.Wrap("Serve", core.ErrInvalidArgument, err, "remove the socket of a server that is gone")
	}
	return nil
}

// ServerOptions secure a server: nil and "" leave that out.
func ServerOptions(t *TLS, token string) ([]grpc.ServerOption, error) {
	var options []grpc.ServerOption
	if t != nil {
		c, err := t.config()
		if err != nil {
			return nil, err
		}
		if len(c.Certificates) == 0 {
			return nil, core.Errorf("Serve", core.ErrInvalidArgument, "a server with TLS needs a certificate and its key")
		}
		if c.ClientCAs != nil {
			c.ClientAuth = tls.RequireAndVerifyClientCert
		}
		options = append(options, grpc.Creds(credentials.NewTLS(c)))
	}
	if token != "" {
		options = append(options,
			grpc.ChainUnaryInterceptor(func(ctx context.Context, q any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
				if err := authorize(ctx, token); err != nil {
					return nil, err
				}
				return next(ctx, q)
			}),
			grpc.ChainStreamInterceptor(func(s any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
				if err := authorize(stream.Context(), token); err != nil {
					return err
				}
				return next(s, stream)
			}))
	}
	return options, nil
}

func authorize(ctx context.Context, token string) error {
	for _, given := range metadata.ValueFromIncomingContext(ctx, "authorization") {
		if subtle.ConstantTimeCompare([]byte(given), []byte("Bearer "+token)) == 1 {
			return nil
		}
	}
	return status.Error(codes.Unauthenticated, "the call carries no valid token")
}

// String describes how an address is reached, for messages.
func String(address string, t *TLS) string {
	if t == nil {
		return address
	}
	return address + " with TLS"
}
