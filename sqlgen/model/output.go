package model

import "github.com/durokit/duro/core/engine"

// OutputTypes are the types of the result's columns.
func (s Statement) OutputTypes() []engine.Type {
	query, ok := s.Body.(*Select)
	if !ok {
		return nil
	}
	c := &checker{s: s, used: map[string]bool{}}
	found := c.query(query, scope{})
	types := make([]engine.Type, len(found))
	for i, t := range found {
		types[i] = t.Type
	}
	return types
}
