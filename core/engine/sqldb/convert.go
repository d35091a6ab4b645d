package sqldb

import (
	"fmt"
	"math"
	"slices"
)

// convert turns a driver's value into one of the plan's: int64, string, []byte
// or nil. owned says that a []byte stays valid.
func convert(v any, owned bool) (any, error) {
	switch v := v.(type) {
	case nil, int64, string:
		return v, nil
	case []byte:
		switch {
		case len(v) == 0:
			return []byte{}, nil // some drivers return nil for an empty value that is not NULL
		case owned:
			return v, nil
		}
		return slices.Clone(v), nil
	case bool:
		if v {
			return int64(1), nil
		}
		return int64(0), nil
	case float64:
		if v == math.Trunc(v) && math.Abs(v) <= 1<<53 {
			return int64(v), nil
		}
		return nil, fmt.Errorf("the database returned %v where an integer was expected", v)
	case float32:
		return convert(float64(v), owned)
	case uint64:
		if v > math.MaxInt64 {
			return nil, fmt.Errorf("the database returned %d, which is more than 63 bits hold", v)
		}
		return int64(v), nil
	case int32:
		return int64(v), nil
	case uint32:
		return int64(v), nil
	}
	return nil, fmt.Errorf("the database returned a %T; the plans know integers, text and bytes only", v)
}
