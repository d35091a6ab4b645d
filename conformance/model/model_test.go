package model_test

import (
	"context"
	"testing"
	"time"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/conformance/model"
	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
)

// newReference makes a store of the reference provider, with what a wrapper does to
// its handles.
func newReference(wrap func(core.Provider) core.Provider) conformance.Factory {
	return conformance.FactoryFunc(func(context.Context, string) (*conformance.Harness, error) {
		p := reference.New(reference.Options{StoppedAt: time.Now()})
		return &conformance.Harness{
			Provider: wrap(p), Hooks: p.Hooks(),
			Open: func(context.Context) (core.Provider, error) { return wrap(p.Open()), nil },
		}, nil
	})
}

func TestTheReferenceIsItsOwnModel(t *testing.T) {
	t.Parallel()
	model.Check(t, newReference(func(p core.Provider) core.Provider { return p }), model.Options{Sequences: 300})
}
