package host

import (
	"context"
	"fmt"

	"google.golang.org/grpc"

	"github.com/durokit/duro/plugin/address"
	"github.com/durokit/duro/plugin/remote"
	"github.com/durokit/duro/plugin/wire"
)

// About is what a plugin says of itself.
type About struct {
	// Name and Version are the plugin's; the version is a semantic one without "v".
	Name, Version string
	// Summary is one line for people.
	Summary string
	// Protocol is the version of the protocol, for example "1.0".
	Protocol string
	// ConfigSchema is a JSON Schema of the object that opens a store, or empty.
	ConfigSchema string
	// Harness tells whether it offers its service for tests.
	Harness bool
}

// DescribeChild runs the program of a plugin, asks it what it is, and ends it again.
func DescribeChild(ctx context.Context, c ChildConfig) (About, error) {
	conn, release, err := DialChild(ctx, c)
	if err != nil {
		return About{}, err
	}
	about, err := describe(ctx, conn, "the plugin "+c.Name)
	if e := release(context.WithoutCancel(ctx)); err == nil {
		err = e
	}
	return about, err
}

// DescribeAddress asks the server at an address what it is. Config is not used.
func DescribeAddress(ctx context.Context, c AddressConfig) (About, error) {
	conn, err := address.Dial(c.Address, c.TLS, c.Token)
	if err != nil {
		return About{}, err
	}
	about, err := describe(ctx, conn, address.String(c.Address, c.TLS))
	if e := conn.Close(); err == nil {
		err = e
	}
	return about, err
}

func describe(ctx context.Context, conn grpc.ClientConnInterface, where string) (About, error) {
	d, err := remote.Describe(ctx, conn, where)
	if err != nil {
		return About{}, err
	}
	return About{
		Name: d.GetName(), Version: d.GetVersion(), Summary: d.GetSummary(),
		Protocol: fmt.Sprintf("%d.%d", wire.ProtocolMajor, d.GetProtocolMinor()), ConfigSchema: d.GetConfigSchema(), Harness: d.GetHarness(),
	}, nil
}

// Program is a program that may be run as a plugin.
type Program struct {
	// Path is the program's, after symbolic links.
	Path string
	// SHA256 is its checksum, 64 hexadecimal digits.
	SHA256 string
}

// Examine finds the program of a configuration and checks where it lies, who may change
// it, and its checksum, unless it is Unverified. It does not run it.
func Examine(c ChildConfig) (Program, error) {
	b, err := c.find()
	if err != nil {
		return Program{}, err
	}
	sum, err := b.checksum()
	if e := b.file.Close(); err == nil {
		err = e
	}
	if err != nil {
		return Program{}, c.refuse("read its program: %v", err)
	}
	return Program{b.path, sum}, nil
}
