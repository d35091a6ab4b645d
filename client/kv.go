package client

import "context"

// GetKVValue returns the live value of a key and whether there is one, including
// what the running execution has committed.
func (c *Client) GetKVValue(ctx context.Context, instance, key string) (value string, found bool, err error) {
	value, found, err = c.p.GetKVValue(ctx, instance, key)
	return value, found, fromProvider("GetKVValue", instance, err)
}

// GetKVAllValues returns all live values, an empty map for an unknown instance.
func (c *Client) GetKVAllValues(ctx context.Context, instance string) (map[string]string, error) {
	values, err := c.p.GetKVAllValues(ctx, instance)
	return values, fromProvider("GetKVAllValues", instance, err)
}
