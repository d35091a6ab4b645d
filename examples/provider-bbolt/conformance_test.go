package main

import (
	"context"
	"testing"
	"time"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/plugin/address"
	"github.com/durokit/duro/plugin/harness"
	"github.com/durokit/duro/plugin/host"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

func TestConformance(t *testing.T) {
	f, err := stores(config(t))
	if err != nil {
		t.Fatal(err)
	}
	conformance.Test(t, f, conformance.Options{SkipSlow: testing.Short()})
}

func TestConformanceAsAChild(t *testing.T) {
	conn, release, err := host.DialChild(t.Context(), host.ChildConfig{
		Name: "bbolt", Command: program(t), Unverified: true, Args: []string{"--harness"}, StartTimeout: 20 * time.Second,
		Env: map[string]string{pluginKey: "1", "GORACE": "atexit_sleep_ms=0"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := release(context.Background()); err != nil {
			t.Error(err)
		}
	})
	conformance.Test(t, harness.Factory(conn, config(t), "the child"), conformance.Options{SkipSlow: testing.Short()})
}

func TestConformanceAtAnAddress(t *testing.T) {
	at, _ := listen(t, "--harness", "--config", string(config(t)))
	conn, err := address.Dial(at, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	// The suite looks for goroutines that outlive it: the connection's are there before.
	if _, err := providerv1.NewPluginServiceClient(conn).Describe(t.Context(), &providerv1.DescribeRequest{}); err != nil {
		t.Fatal(err)
	}
	// The slow cases have crossed the same wire on their way to the child.
	conformance.Test(t, harness.Factory(conn, nil, at), conformance.Options{SkipSlow: true})
}
