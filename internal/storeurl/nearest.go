package storeurl

// Nearest returns the word that takes the fewest changes to get from name to, ""
// when all take more than a third of it.
func Nearest(name string, words []string) string {
	best, limit := "", len(name)/3+2
	for _, w := range words {
		if d := distance(name, w); d < limit {
			best, limit = w, d
		}
	}
	return best
}

// distance counts the insertions, deletions and replacements between two words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
