package strictyaml

import (
	"errors"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxSize bounds a file; a real one has a few kilobytes.
const maxSize = 1 << 20

// parse returns the one document of the file.
func (f *File) parse(data []byte) (ast.Node, bool) {
	if len(data) > maxSize {
		f.Errorf(Top, "%d bytes are too many for a %s; at most %d are read", len(data), f.form.What, maxSize)
		return nil, false
	}
	// The parser would stop at the first duplicate key; value reports them all.
	parsed, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		syntax, ok := errors.AsType[*yaml.SyntaxError](err)
		switch {
		case ok:
			f.Errorf(spanOf(syntax.Token), "not YAML: %s", syntax.Message)
		case f.form.Discreet:
			f.Errorf(Top, "not YAML")
		default:
			f.Errorf(Top, "not YAML: %v", err)
		}
		return nil, false
	}
	if len(parsed.Docs) == 0 || parsed.Docs[0].Body == nil {
		f.Errorf(Top, "the %s is empty", f.form.What)
		return nil, false
	}
	for _, extra := range parsed.Docs[1:] {
		if extra.Body != nil {
			f.Errorf(f.spanOf(extra.Body), "one document is a %s; this is another one", f.form.What)
		}
	}
	body := parsed.Docs[0].Body
	if !isMapping(body) {
		f.mismatch(body, "the "+f.form.What, "a mapping")
		return nil, false
	}
	return body, true
}
