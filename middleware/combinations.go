package middleware

import (
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// options are attributes as instruments take them.
type options struct {
	add    []metric.AddOption
	record []metric.RecordOption
}

// combinations keeps the attributes of every method with everything that can become of a
// call. There are few, and making them anew would cost a call more than measuring it.
type combinations struct {
	// attributes are those of one.
	attributes func(method, outcome string) []attribute.KeyValue

	mu   sync.RWMutex
	made map[[2]string]*options
}

func (c *combinations) of(method, outcome string) *options {
	key := [2]string{method, outcome}
	c.mu.RLock()
	o := c.made[key]
	c.mu.RUnlock()
	if o == nil {
		o = c.make(key)
	}
	return o
}

func (c *combinations) make(key [2]string) *options {
	set := metric.WithAttributeSet(attribute.NewSet(c.attributes(key[0], key[1])...))
	o := &options{add: []metric.AddOption{set}, record: []metric.RecordOption{set}}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made == nil {
		c.made = map[[2]string]*options{}
	}
	c.made[key] = o
	return o
}
