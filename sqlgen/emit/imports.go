package emit

import (
	"regexp"
	"slices"
	"strings"
)

var importBlock = regexp.MustCompile(`(?m)^import \(\n((?:\t.*\n)+)\)\n`)

// groupImports puts the standard library's imports first, a group of their own;
// jennifer sorts them among the others.
func groupImports(src []byte) []byte {
	return importBlock.ReplaceAllFunc(src, func(block []byte) []byte {
		lines := strings.SplitAfter(string(importBlock.FindSubmatch(block)[1]), "\n")
		lines = lines[:len(lines)-1]
		foreign := func(line string) bool { return strings.Contains(line, ".") }
		others := slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return !foreign(l) })
		standard := slices.DeleteFunc(lines, foreign)
		groups := []string{strings.Join(standard, ""), strings.Join(others, "")}
		groups = slices.DeleteFunc(groups, func(g string) bool { return g == "" })
		return []byte("import (\n" + strings.Join(groups, "\n") + ")\n")
	})
}
