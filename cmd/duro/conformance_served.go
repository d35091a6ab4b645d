package main

import (
	"context"

	"google.golang.org/grpc"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/internal/addressurl"
	"github.com/durokit/duro/plugin/address"
	"github.com/durokit/duro/plugin/harness"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// servedStores are made by a server at an address, beside the store that it serves.
type servedStores struct {
	conformance.Factory
	conn *grpc.ClientConn
}

func newServedStores(url string) (caseStores, error) {
	c, err := addressurl.Parse(url)
	if err != nil {
		return nil, &failure{exitUsage, "open " + url + ": " + message(err), err}
	}
	conn, err := address.Dial(c.Address, c.TLS, c.Token)
	if err != nil {
		return nil, &failure{exitUsage, "open " + url + ": " + message(err), err}
	}
	return &servedStores{harness.Factory(conn, nil, c.Address), conn}, nil
}

// Probe implements caseStores.
func (s *servedStores) Probe(ctx context.Context) (server string, err error) {
	ctx, cancel := context.WithTimeout(ctx, closeTimeout)
	defer cancel()
	about, err := providerv1.NewPluginServiceClient(s.conn).Describe(ctx, &providerv1.DescribeRequest{})
	if err != nil {
		return "", core.Wrap("Open", core.ErrUnavailable, err, "ask the server who it is")
	}
	if !about.GetHarness() {
		return "", core.Errorf("Open", core.ErrUnsupported,
			"the server makes no stores for tests; start it with --harness, beside a store that is for tests")
	}
	return about.GetName() + " " + about.GetVersion(), nil
}

// Close implements caseStores. The server takes its stores away itself, each after its
// case and what is left at its end.
func (s *servedStores) Close(context.Context) error { return s.conn.Close() }
