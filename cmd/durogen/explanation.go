package main

import (
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/sqlgen/emit"
)

// explanation is a rendered statement as other programs read it.
type explanation struct {
	Dialect string   `json:"dialect"`
	Name    string   `json:"name"`
	Field   string   `json:"field"`
	Purpose string   `json:"purpose"`
	In      []string `json:"in,omitempty"`
	Rows    []column `json:"rows,omitempty"`
	Out     []string `json:"out,omitempty"`
	Forms   []form   `json:"forms"`
}

type column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// form has a list of arguments only where it is not the order of the inputs.
type form struct {
	Rows int    `json:"rows,omitempty"`
	Pack string `json:"pack"`
	SQL  string `json:"sql"`
	Args []int  `json:"args,omitempty"`
}

func explanationOf(dialect string, s emit.Statement) explanation {
	r := s.Rendered
	e := explanation{
		Dialect: dialect, Name: r.Name, Field: s.Field, Purpose: s.Purpose,
		In: r.Scalars, Out: r.Output, Forms: []form{},
	}
	for _, c := range r.Columns {
		e.Rows = append(e.Rows, column{Name: c.Name, Type: typeName(c.Type)})
	}
	for _, f := range r.Forms {
		e.Forms = append(e.Forms, form{Rows: f.Rows, Pack: packName(f.Pack), SQL: f.SQL, Args: f.Args})
	}
	return e
}

func typeName(t engine.Type) string {
	switch t {
	case engine.Text:
		return "text"
	case engine.Bytes:
		return "bytes"
	default:
		return "int"
	}
}

func packName(p engine.Pack) string {
	switch p {
	case engine.PackArrays:
		return "arrays"
	case engine.PackJSON:
		return "json"
	default:
		return "values"
	}
}
