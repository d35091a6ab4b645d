package stress

import (
	"context"
	"encoding/json"
	"sync/atomic"
	"time"

	"github.com/durokit/duro/client"
	"github.com/durokit/duro/core"
)

// OperationStats counts the calls of one method of the provider.
type OperationStats struct {
	Calls  uint64 `json:"calls"`
	Errors uint64 `json:"errors"`
	// Empty are fetches that found nothing.
	Empty uint64 `json:"empty"`
	// Time is the sum over all calls but empty fetches. That of a fetch includes its
	// wait for work.
	Time time.Duration `json:"-"`
}

// Mean is how long a call that did something took on average.
func (s OperationStats) Mean() time.Duration {
	if s.Calls == s.Empty {
		return 0
	}
	return s.Time / time.Duration(s.Calls-s.Empty)
}

// MarshalJSON adds the mean in microseconds.
func (s OperationStats) MarshalJSON() ([]byte, error) {
	type plain OperationStats
	return json.Marshal(struct {
		plain
		MeanMicros int64 `json:"mean_us"`
	}{plain(s), s.Mean().Microseconds()})
}

// operation is one method's counters.
type operation struct{ calls, errs, empty, nanos atomic.Uint64 }

// counted times f and books it. found says whether a fetch brought something.
func (o *operation) counted(f func() (found bool, err error)) error {
	began := now()
	found, err := f()
	o.calls.Add(1)
	switch {
	case err != nil:
		o.errs.Add(1)
	case !found:
		o.empty.Add(1)
		return nil
	}
	o.nanos.Add(uint64(since(began)))
	return err
}

func (o *operation) call(f func() error) error {
	return o.counted(func() (bool, error) { return true, f() })
}

func (o *operation) stats() OperationStats {
	return OperationStats{
		Calls: o.calls.Load(), Errors: o.errs.Load(), Empty: o.empty.Load(), Time: time.Duration(o.nanos.Load()),
	}
}

// counter is a provider that counts what runtime and client ask of another one.
type counter struct {
	core.Provider
	admin core.ProviderAdmin

	fetchTurn, ackTurn, abandonTurn, renewTurn, enqueue operation
	fetchWork, ackWork, abandonWork, renewWork          operation
	renewSession, cleanSessions                         operation
	read, customStatus, instanceInfo                    operation
}

// newCounter wraps a provider, keeping the optional interfaces it has.
func newCounter(p core.Provider) (*counter, core.Provider) {
	c := &counter{Provider: p}
	if a, ok := core.Admin(p); ok {
		c.admin = a
	}
	if w, ok := p.(client.Watcher); ok {
		return c, watchedCounter{c, w}
	}
	return c, c
}

type watchedCounter struct {
	*counter
	client.Watcher
}

// operations returns the counts so far, without methods nobody called.
func (c *counter) operations() map[string]OperationStats {
	out := map[string]OperationStats{}
	for name, o := range map[string]*operation{
		"FetchOrchestrationItem": &c.fetchTurn, "AckOrchestrationItem": &c.ackTurn,
		"AbandonOrchestrationItem": &c.abandonTurn, "RenewOrchestrationItemLock": &c.renewTurn,
		"EnqueueForOrchestrator": &c.enqueue,
		"FetchWorkItem":          &c.fetchWork, "AckWorkItem": &c.ackWork,
		"AbandonWorkItem": &c.abandonWork, "RenewWorkItemLock": &c.renewWork,
		"RenewSessionLock": &c.renewSession, "CleanupOrphanedSessions": &c.cleanSessions,
		"Read": &c.read, "GetCustomStatus": &c.customStatus, "GetInstanceInfo": &c.instanceInfo,
	} {
		if s := o.stats(); s.Calls > 0 {
			out[name] = s
		}
	}
	return out
}

// ProviderAdmin returns the admin half, if the provider has one, with the one
// method counted that waits use.
func (c *counter) ProviderAdmin() (core.ProviderAdmin, bool) {
	return countedAdmin{c.admin, &c.instanceInfo}, c.admin != nil
}

type countedAdmin struct {
	core.ProviderAdmin
	info *operation
}

// GetInstanceInfo is the provider's, counted.
func (a countedAdmin) GetInstanceInfo(ctx context.Context, instance string) (out *core.InstanceInfo, err error) {
	err = a.info.call(func() error { out, err = a.ProviderAdmin.GetInstanceInfo(ctx, instance); return err })
	return out, err
}
