package client_test

import (
	"errors"
	"testing"

	"github.com/durokit/duro/client"
	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
)

type point struct {
	X int    `json:"x"`
	S string `json:"s"`
}

func TestEncodeWritesStringsRaw(t *testing.T) {
	check := func(got string, err error, want string) {
		t.Helper()
		if err != nil || got != want {
			t.Errorf("%q %v, want %q", got, err, want)
		}
	}
	s, err := client.Encode(point{1, "<&>"})
	check(s, err, `{"x":1,"s":"<&>"}`)
	s, err = client.Encode(`say "hi" ` + "\n")
	check(s, err, `say "hi" `+"\n")
	type name string
	s, err = client.Encode(name("n"))
	check(s, err, "n")
	s, err = client.Encode([]int{1})
	check(s, err, "[1]")
	s, err = client.Encode[*int](nil)
	check(s, err, "null")
	if _, err := client.Encode(func() {}); err == nil {
		t.Error("a function was encoded")
	}
}

func TestDecodeTakesTextForStrings(t *testing.T) {
	if v, err := client.Decode[point](`{"x":1,"s":"s"}`); err != nil || v != (point{1, "s"}) {
		t.Errorf("%+v %v", v, err)
	}
	for in, want := range map[string]string{`plain "text"`: `plain "text"`, `"quoted"`: "quoted", "12": "12", "": ""} {
		if v, err := client.Decode[string](in); err != nil || v != want {
			t.Errorf("%q: %q %v", in, v, err)
		}
	}
	if v, err := client.Decode[any]("text"); err != nil || v != "text" {
		t.Errorf("%v %v", v, err)
	}
	if _, err := client.Decode[int]("text"); err == nil {
		t.Error("text decoded to an int")
	}
}

func TestTypedCalls(t *testing.T) {
	p := reference.New(reference.Options{})
	c := client.New(p, client.Options{})
	ctx := t.Context()
	must(t, client.StartTyped(ctx, c, "i", "O", point{1, "s"}))
	must(t, client.StartVersionedTyped(ctx, c, "i", "O", "1.0.0", "raw"))
	must(t, client.RaiseEventTyped(ctx, c, "i", "e", 5))
	must(t, client.EnqueueEventTyped(ctx, c, "i", "q", []string{"m"}))
	got := messages(t, p)
	if got[0].(core.StartOrchestration).Input != `{"x":1,"s":"s"}` || got[1].(core.StartOrchestration).Input != "raw" ||
		got[2].(core.ExternalRaised).Data != "5" || got[3].(core.QueueMessage).Data != `["m"]` {
		t.Errorf("%+v", got)
	}
	for _, err := range []error{
		client.StartTyped(ctx, c, "i", "O", func() {}), client.StartVersionedTyped(ctx, c, "i", "O", "1.0.0", func() {}),
		client.RaiseEventTyped(ctx, c, "i", "e", func() {}), client.EnqueueEventTyped(ctx, c, "i", "q", func() {}),
	} {
		if !errors.Is(err, client.ErrInvalidInput) {
			t.Errorf("%v", err)
		}
	}
	if err := client.StartTyped(ctx, c, "sub::1", "O", ""); !errors.Is(err, client.ErrInvalidInput) {
		t.Errorf("%v", err)
	}
}

func TestWaitTyped(t *testing.T) {
	p := reference.New(reference.Options{})
	c := client.New(p, client.Options{})
	ctx := t.Context()
	finish := func(instance, status, output string, e core.EventPayload) {
		t.Helper()
		must(t, c.Start(ctx, instance, "O", ""))
		meta := created
		meta.Status, meta.Output = &status, &output
		commit(t, p, meta, started, e)
	}
	finish("ok", core.StatusCompleted, "5", core.OrchestrationCompletedEvent{Output: "5"})
	finish("bad", core.StatusFailed, "x", core.OrchestrationFailedEvent{Details: core.Application{
		Kind: core.AppCancelled, CancelReason: "why",
	}})
	if n, failure, err := client.WaitTyped[int](ctx, c, "ok", 0); n != 5 || failure != "" || err != nil {
		t.Errorf("%d %q %v", n, failure, err)
	}
	if s, _, err := client.WaitTyped[string](ctx, c, "ok", 0); s != "5" || err != nil {
		t.Errorf("%q %v", s, err)
	}
	if _, _, err := client.WaitTyped[point](ctx, c, "ok", 0); !errors.Is(err, client.ErrInvalidInput) {
		t.Errorf("%v", err)
	}
	if _, failure, err := client.WaitTyped[int](ctx, c, "bad", 0); failure != "canceled: why" || err != nil {
		t.Errorf("%q %v", failure, err)
	}
	if _, _, err := client.WaitTyped[int](ctx, c, "none", 0); !errors.Is(err, client.ErrTimeout) {
		t.Errorf("%v", err)
	}
}
