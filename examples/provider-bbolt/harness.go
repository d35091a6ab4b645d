package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"os"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core"
)

// stores implements harness.Maker: the conformance suite gets files beside the one that
// is configured, on clocks that stand still, and they are gone when it has done with them.
func stores(raw json.RawMessage) (conformance.Factory, error) {
	c, err := parseConfig(raw)
	if err != nil {
		return nil, err
	}
	return conformance.FactoryFunc(func(ctx context.Context, _ string) (*conformance.Harness, error) {
		return opened(ctx, c.Path)
	}), nil
}

// opened makes a store for one case.
func opened(ctx context.Context, beside string) (*conformance.Harness, error) {
	h, c := unopenedStore(beside)
	behind, err := Open(ctx, c)
	if err != nil {
		return nil, err
	}
	if h.Provider, err = h.Open(ctx); err != nil {
		return nil, errors.Join(err, behind.Close(ctx))
	}
	drop := h.Close
	h.Close = func(ctx context.Context) error { return errors.Join(behind.Close(ctx), drop(ctx)) }
	h.Hooks = hooks{behind}
	h.Unopened = func(context.Context) (*conformance.Harness, error) {
		h, _ := unopenedStore(beside)
		return h, nil
	}
	return h, nil
}

// unopenedStore is a store that is made when it is opened.
func unopenedStore(beside string) (*conformance.Harness, Config) {
	c := Config{Path: beside + ".case-" + rand.Text(), clock: newManualClock(), unsynced: true}
	return &conformance.Harness{
		Open:   func(ctx context.Context) (core.Provider, error) { return Open(ctx, c) },
		Close:  func(context.Context) error { return os.Remove(c.Path) },
		Timing: conformance.Timing{ClockStandsStill: true, OneClock: true},
	}, c
}
