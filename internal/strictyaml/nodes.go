package strictyaml

import "github.com/goccy/go-yaml/ast"

func (f *File) mismatch(n ast.Node, path, want string) {
	f.Errorf(f.spanOf(n), "%s must be %s, not %s", path, want, kindOf(n))
}

// spanOf returns where a value starts. A mapping's own token is its first
// colon, which says nothing to a reader; its first key does.
func (f *File) spanOf(n ast.Node) Span {
	switch n := n.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return spanOf(n.Values[0].Key.GetToken())
		}
	case *ast.MappingValueNode:
		return spanOf(n.Key.GetToken())
	}
	return spanOf(n.GetToken())
}

func isMapping(n ast.Node) bool {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return true
	}
	return false
}

// kindOf names what a node is, for people.
func kindOf(n ast.Node) string {
	switch n.(type) {
	case *ast.StringNode, *ast.LiteralNode:
		return "a string"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.BoolNode:
		return "true or false"
	case *ast.SequenceNode:
		return "a list"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.NullNode:
		return "nothing"
	}
	return "this"
}
