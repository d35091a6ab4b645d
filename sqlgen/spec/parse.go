package spec

import (
	"errors"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxSize bounds a description; a real one has a few kilobytes.
const maxSize = 1 << 20

// parse returns the one document of the file.
func (d *decoder) parse(data []byte) (ast.Node, bool) {
	top := span{line: 1, column: 1, width: 1}
	if len(data) > maxSize {
		d.errorf(top, "%d bytes are too many for a description; at most %d are read", len(data), maxSize)
		return nil, false
	}
	// The parser would stop at the first duplicate key; value reports them all.
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		if syntax, ok := errors.AsType[*yaml.SyntaxError](err); ok {
			d.errorf(spanOf(syntax.Token), "not YAML: %s", syntax.Message)
		} else {
			d.errorf(top, "not YAML: %v", err)
		}
		return nil, false
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		d.errorf(top, "the description is empty")
		return nil, false
	}
	for _, extra := range file.Docs[1:] {
		if extra.Body != nil {
			d.errorf(d.spanOf(extra.Body), "one document is a description; this is another one")
		}
	}
	body := file.Docs[0].Body
	if !isMapping(body) {
		d.mismatch(body, "the description", "a mapping")
		return nil, false
	}
	return body, true
}
