package harness

import (
	"context"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/remote"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// Factory makes stores on the other side of a connection, which offers the harness.
// config is what would open a store there.
func Factory(conn grpc.ClientConnInterface, config []byte, where string) conformance.Factory {
	f := factory{conn, where, providerv1.NewHarnessServiceClient(conn)}
	return conformance.FactoryFunc(func(ctx context.Context, name string) (*conformance.Harness, error) {
		return f.harness(ctx, &providerv1.NewStoreRequest{Name: name, Config: config})
	})
}

type factory struct {
	conn   grpc.ClientConnInterface
	where  string
	client providerv1.HarnessServiceClient
}

// harness makes a store.
func (f factory) harness(ctx context.Context, q *providerv1.NewStoreRequest) (*conformance.Harness, error) {
	made, err := f.client.NewStore(ctx, q)
	if err != nil {
		return nil, failure("NewStore", err)
	}
	life, end := context.WithCancel(context.Background())
	h := &conformance.Harness{
		MaxPayload: int(made.GetMaxPayload()), Timing: timingOf(made.GetTiming()),
		Close: func(ctx context.Context) error {
			end()
			_, err := f.client.DropStore(ctx, &providerv1.DropStoreRequest{Store: made.GetStore()})
			return failure("DropStore", err)
		},
	}
	f.offer(life, h, made)
	if made.GetOpened() == nil {
		return h, nil
	}
	h.Provider, err = f.provider(ctx, func(context.Context) (*providerv1.OpenResponse, error) { return made.GetOpened(), nil })
	return h, err
}

// offer adds what the other side can do beyond the contract.
func (f factory) offer(life context.Context, h *conformance.Harness, made *providerv1.NewStoreResponse) {
	store := made.GetStore()
	if made.GetReopens() {
		h.Open = func(ctx context.Context) (core.Provider, error) { return f.open(ctx, store, nil) }
	}
	if made.GetSkews() {
		h.Skewed = func(ctx context.Context, by time.Duration) (core.Provider, error) {
			return f.open(ctx, store, durationpb.New(by))
		}
	}
	if made.GetUnopened() {
		h.Unopened = func(ctx context.Context) (*conformance.Harness, error) {
			return f.harness(ctx, &providerv1.NewStoreRequest{Like: store})
		}
	}
	if made.GetHooks() {
		h.Hooks = hooks{f.client, store, life}
	}
	if made.GetConnections() {
		h.Connections = func(ctx context.Context) ([]string, error) {
			answer, err := f.client.ListConnections(ctx, &providerv1.ListConnectionsRequest{Store: store})
			return answer.GetConnections(), failure("ListConnections", err)
		}
	}
}

func (f factory) open(ctx context.Context, store string, skew *durationpb.Duration) (core.Provider, error) {
	return f.provider(ctx, func(ctx context.Context) (*providerv1.OpenResponse, error) {
		answer, err := f.client.OpenStore(ctx, &providerv1.OpenStoreRequest{Store: store, Skew: skew})
		return answer.GetOpened(), failure("OpenStore", err)
	})
}

// provider is the client's side of a handle that the harness opens.
func (f factory) provider(
	ctx context.Context, open func(context.Context) (*providerv1.OpenResponse, error),
) (core.Provider, error) {
	return remote.Open(ctx, remote.Options{
		Where:   f.where,
		Connect: func(context.Context) (grpc.ClientConnInterface, error) { return f.conn, nil },
		Open:    open,
	})
}

func timingOf(t *providerv1.Timing) conformance.Timing {
	return conformance.Timing{
		Lock: t.GetLock().AsDuration(), Tick: t.GetTick().AsDuration(), Hold: t.GetHold().AsDuration(),
		Slack: t.GetSlack().AsDuration(), Poll: t.GetPoll().AsDuration(), Prompt: t.GetPrompt().AsDuration(),
		Overshoot: t.GetOvershoot().AsDuration(), ShortPoll: t.GetShortPoll().AsDuration(),
		ShortPolling: t.GetShortPolling(), ClockStandsStill: t.GetClockStandsStill(), OneClock: t.GetOneClock(),
	}
}
