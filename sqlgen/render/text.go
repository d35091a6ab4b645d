package render

import "strings"

const (
	tab = "    "
	// width is where lists are broken.
	width = 100
)

// mark stands for the prefix of tables and indexes, which Open knows.
const mark = "§"

// indent moves every line of a text to the right.
func indent(text string) string {
	return tab + strings.ReplaceAll(text, "\n", "\n"+tab)
}

// block puts a text between parentheses, on lines of its own.
func block(text string) string { return "(\n" + indent(text) + "\n)" }

// wrap writes a list with commas, on several lines when one would be too long.
func wrap(list []string) string {
	line := strings.Join(list, ", ")
	if len(line) <= width && !strings.Contains(line, "\n") {
		return line
	}
	var b strings.Builder
	column := 0
	for i, item := range list {
		last := strings.LastIndexByte(item, '\n')
		switch {
		case i == 0:
		case column+len(item) > width || last >= 0:
			b.WriteString(",\n" + tab)
			column = 0
		default:
			b.WriteString(", ")
		}
		if last >= 0 {
			item = strings.ReplaceAll(item, "\n", "\n"+tab)
			column = width // the next item starts a line
		}
		b.WriteString(item)
		column += len(item) + 2
	}
	return b.String()
}

// clauses joins the parts of a statement that are not empty.
func clauses(parts ...string) string {
	var list []string
	for _, p := range parts {
		if p != "" {
			list = append(list, p)
		}
	}
	return strings.Join(list, "\n")
}

// conjunction writes conditions below each other, as WHERE does.
func conjunction(word string, terms []string) string {
	if len(terms) == 0 {
		return ""
	}
	return word + " " + strings.Join(terms, "\n  AND ")
}

func (r *renderer) table(name string) string { return r.d.Quote + mark + name + r.d.Quote }
