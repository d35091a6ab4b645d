package client

import (
	"bytes"
	"context"
	"encoding/json"
	"time"
)

// StartTyped is Client.Start with an input encoded by Encode.
func StartTyped[T any](ctx context.Context, c *Client, instance, orchestration string, input T) error {
	s, err := Encode(input)
	if err != nil {
		return invalidInput("StartTyped", instance, "the input has no JSON form", err)
	}
	return c.start(ctx, "StartTyped", instance, orchestration, nil, s)
}

// StartVersionedTyped is Client.StartVersioned with an input encoded by Encode.
func StartVersionedTyped[T any](ctx context.Context, c *Client, instance, orchestration, version string, input T) error {
	s, err := Encode(input)
	if err != nil {
		return invalidInput("StartVersionedTyped", instance, "the input has no JSON form", err)
	}
	return c.start(ctx, "StartVersionedTyped", instance, orchestration, &version, s)
}

// RaiseEventTyped is Client.RaiseEvent with data encoded by Encode.
func RaiseEventTyped[T any](ctx context.Context, c *Client, instance, name string, data T) error {
	s, err := Encode(data)
	if err != nil {
		return invalidInput("RaiseEventTyped", instance, "the data has no JSON form", err)
	}
	return c.RaiseEvent(ctx, instance, name, s)
}

// EnqueueEventTyped is Client.EnqueueEvent with data encoded by Encode.
func EnqueueEventTyped[T any](ctx context.Context, c *Client, instance, queue string, data T) error {
	s, err := Encode(data)
	if err != nil {
		return invalidInput("EnqueueEventTyped", instance, "the data has no JSON form", err)
	}
	return c.EnqueueEvent(ctx, instance, queue, s)
}

// WaitTyped waits for the instance and decodes its output. failure is the display
// text of a Failed instance, "" for a Completed one. An output that does not
// decode is ErrInvalidInput.
func WaitTyped[T any](
	ctx context.Context, c *Client, instance string, timeout time.Duration,
) (output T, failure string, err error) {
	st, err := c.Wait(ctx, instance, timeout)
	if err != nil {
		return output, "", err
	}
	if st.State == Failed {
		return output, st.Error.Display(), nil
	}
	output, err = Decode[T](st.Output)
	if err != nil {
		err = invalidInput("WaitTyped", instance, "the output does not decode", err)
	}
	return output, "", err
}

// GetKVTyped decodes the JSON value of a key. Unlike Decode it does not take
// text that is not JSON for a string.
func GetKVTyped[T any](ctx context.Context, c *Client, instance, key string) (value T, found bool, err error) {
	s, found, err := c.GetKVValue(ctx, instance, key)
	if err != nil || !found {
		return value, false, err
	}
	value, err = decodeKV[T]("GetKVTyped", instance, s)
	return value, err == nil, err
}

// WaitForKVTyped is Client.WaitForKV with the value decoded as by GetKVTyped.
func WaitForKVTyped[T any](ctx context.Context, c *Client, instance, key string, timeout time.Duration) (value T, err error) {
	s, err := c.WaitForKV(ctx, instance, key, timeout)
	if err != nil {
		return value, err
	}
	return decodeKV[T]("WaitForKVTyped", instance, s)
}

func decodeKV[T any](op, instance, s string) (v T, err error) {
	if err = json.Unmarshal([]byte(s), &v); err != nil {
		err = invalidInput(op, instance, "the value does not decode", err)
	}
	return v, err
}

// Encode returns v as JSON, except that what encodes to a JSON string is returned
// raw, without quotes and escapes (docs/contract.md A7.2).
func Encode[T any](v T) (string, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	raw := bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
	if len(raw) == 0 || raw[0] != '"' {
		return string(raw), nil
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return s, err
}

// Decode reads what Encode wrote: JSON, or else text that stands for the JSON
// string with that content.
func Decode[T any](s string) (T, error) {
	var v T
	err := json.Unmarshal([]byte(s), &v)
	if err == nil {
		return v, nil
	}
	quoted, quoteErr := json.Marshal(s)
	if quoteErr != nil {
		return v, err
	}
	var text T
	if json.Unmarshal(quoted, &text) != nil {
		return v, err // the first error says what was wrong with the JSON
	}
	return text, nil
}
