package fault_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/durokit/duro/conformance/fault"
	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
)

// The first start is carried out, but its answer gets lost.
func ExampleWrap() {
	ctx := context.Background()
	p := fault.Wrap(reference.New(reference.Options{}), func(c fault.Call) fault.Fault {
		if c.Op == "EnqueueForOrchestrator" && c.N == 1 {
			return fault.Fault{Kind: fault.FailAfter}
		}
		return fault.Fault{}
	})
	item := core.NewWorkItem(core.StartOrchestration{Instance: "order-1", Orchestration: "order", Input: "{}", ExecutionID: 1})

	for {
		err := p.EnqueueForOrchestrator(ctx, item, 0)
		failed, ok := errors.AsType[*core.ProviderError](err)
		if !ok {
			break
		}
		fmt.Println(failed.Code, failed.Retryable, failed.MayHaveHappened)
	}
	f, err := p.FetchOrchestrationItem(ctx, core.FetchOrchestrationParams{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(f.Item.Messages), "starts, of which a runtime ignores all but one")
	// Output:
	// unavailable true true
	// 2 starts, of which a runtime ignores all but one
}
