package main

import (
	"context"
	"slices"

	"google.golang.org/grpc"

	"github.com/durokit/duro/config"
	"github.com/durokit/duro/config/plugins"
	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/harness"
	"github.com/durokit/duro/plugin/host"
)

// The ways in which a provider is reached, for reports.
const (
	wayInProcess = "in-process"
	wayChild     = "child process"
	wayAddress   = "address"
)

// way is how the chosen backend is reached.
func (c *cli) way() string {
	switch p := c.choice.Target.Plugin; {
	case p == nil:
		return wayInProcess
	case p.Address == "":
		return wayChild
	}
	return wayAddress
}

// childStores are made by a plugin's program, which is run for that.
type childStores struct {
	name    string
	child   host.ChildConfig
	conn    grpc.ClientConnInterface
	release func(context.Context) error
}

func newChildStores(ctx context.Context, t config.Target) (caseStores, error) {
	p, err := opener().PluginTarget(ctx, t)
	if err != nil {
		return nil, err
	}
	child := plugins.Child(p)
	child.Args = append(slices.Clone(child.Args), "--harness")
	return &childStores{name: p.Name, child: child, release: func(context.Context) error { return nil }}, nil
}

// Probe implements caseStores.
func (s *childStores) Probe(ctx context.Context) (server string, err error) {
	about, err := host.DescribeChild(ctx, s.child)
	if err != nil {
		return "", err
	}
	if !about.Harness {
		return "", core.Errorf("Open", core.ErrUnsupported, "the plugin %s makes no stores for tests; see plugin/harness", s.name)
	}
	s.conn, s.release, err = host.DialChild(ctx, s.child)
	return about.Name + " " + about.Version, err
}

// New implements conformance.Factory.
func (s *childStores) New(ctx context.Context, name string) (*conformance.Harness, error) {
	return harness.Factory(s.conn, s.child.Config, "the plugin "+s.name).New(ctx, name)
}

// Close implements caseStores. The child takes its stores away itself, each after its
// case and what is left at its end.
func (s *childStores) Close(ctx context.Context) error { return s.release(ctx) }
