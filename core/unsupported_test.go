package core

import (
	"context"
	"errors"
	"reflect"
	"testing"
)

// bare is a provider none of which is written.
type bare struct{ Unsupported }

func (bare) Name() string                { return "bare" }
func (bare) Version() string             { return "0" }
func (bare) Close(context.Context) error { return nil }

var (
	_ Provider      = bare{}
	_ ProviderAdmin = bare{}
)

func TestUnsupportedSaysSoUnderTheMethodsName(t *testing.T) {
	t.Parallel()
	if _, ok := Admin(bare{}); ok {
		t.Error("an admin half is announced that is not there")
	}
	for m := range reflect.TypeFor[Unsupported]().Methods() {
		args := []reflect.Value{reflect.ValueOf(Unsupported{}), reflect.ValueOf(t.Context())}
		for n := 2; n < m.Type.NumIn(); n++ {
			args = append(args, reflect.Zero(m.Type.In(n)))
		}
		results := m.Func.Call(args)
		err, _ := reflect.TypeAssert[error](results[len(results)-1])
		pe, ok := errors.AsType[*ProviderError](err)
		if !ok || pe.Op != m.Name || !errors.Is(err, ErrUnsupported) || pe.Retryable {
			t.Errorf("%s answers %v", m.Name, err)
		}
	}
}
