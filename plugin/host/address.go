package host

import (
	"context"

	"google.golang.org/grpc"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/address"
	"github.com/durokit/duro/plugin/remote"
)

// AddressConfig says where a server of the protocol is.
type AddressConfig struct {
	// Address is "unix:PATH" or "tcp:HOST:PORT".
	Address string
	// TLS secures the connection; nil leaves it plain.
	TLS *address.TLS
	// Token is what the server asks for, if it does.
	Token string
	// Config is passed to the server's Open. Most servers take none.
	Config []byte
}

// OpenAddress opens the store that a server at an address offers.
func OpenAddress(ctx context.Context, c AddressConfig) (core.Provider, error) {
	conn, err := address.Dial(c.Address, c.TLS, c.Token)
	if err != nil {
		return nil, err
	}
	p, err := remote.Open(ctx, remote.Options{
		Where:   address.String(c.Address, c.TLS),
		Connect: func(context.Context) (grpc.ClientConnInterface, error) { return conn, nil },
		Config:  c.Config,
		Release: func(context.Context) error { return conn.Close() },
	})
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return p, nil
}
