package middleware

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/durokit/duro/core"
)

// observeDepths has the provider's queues counted at every collection.
func observeDepths(meter metric.Meter, p core.Provider) metric.Registration {
	gauge, err := meter.Int64ObservableGauge("duro.queue.depth", metric.WithUnit("{message}"),
		metric.WithDescription("Where the messages of the queues are."))
	report(err)
	places := placesOf(p.Name())
	registered, err := meter.RegisterCallback(func(ctx context.Context, o metric.Observer) error {
		admin, ok := core.Admin(p)
		if !ok {
			return nil
		}
		depths, err := admin.GetQueueDepths(ctx)
		if err != nil { // its text has passed no Redaction and would go to OpenTelemetry's handler
			return fmt.Errorf("count the queues of %s: %w", p.Name(), describe(err).Code)
		}
		for _, at := range places {
			o.ObserveInt64(gauge, int64(at.count(depths)), at.set)
		}
		return nil
	}, gauge)
	report(err)
	return registered
}

// place is where messages can be.
type place struct {
	set   metric.MeasurementOption
	count func(*core.QueueDepths) uint64
}

func placesOf(provider string) []place {
	at := func(queue, state string, count func(*core.QueueDepths) uint64) place {
		return place{set: metric.WithAttributeSet(attribute.NewSet(attribute.String(keyProvider, provider),
			attribute.String("duro.queue", queue), attribute.String("duro.state", state))), count: count}
	}
	return []place{
		at("orchestrator", "ready", func(d *core.QueueDepths) uint64 { return d.OrchestratorQueue }),
		at("orchestrator", "delayed", func(d *core.QueueDepths) uint64 { return d.OrchestratorDelayed }),
		at("orchestrator", "locked", func(d *core.QueueDepths) uint64 { return d.OrchestratorLocked }),
		at("orchestrator", "parked", func(d *core.QueueDepths) uint64 { return d.Parked }),
		at("worker", "ready", func(d *core.QueueDepths) uint64 { return d.WorkerQueue }),
		at("worker", "delayed", func(d *core.QueueDepths) uint64 { return d.WorkerDelayed }),
		at("worker", "locked", func(d *core.QueueDepths) uint64 { return d.WorkerLocked }),
		at("both", "set_aside", func(d *core.QueueDepths) uint64 { return d.SetAside }),
	}
}
