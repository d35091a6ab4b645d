package main

import (
	"os"
	"slices"
	"strings"
)

// readKnownFailing reads a list of cases that are expected to fail: one id a line,
// and what stands behind a # is for people.
func readKnownFailing(path string) ([]string, error) {
	if path == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, usagef("read the cases known to fail: %v", err)
	}
	ids := caseIDs()
	var known []string
	number := 0
	for line := range strings.Lines(string(raw)) {
		number++
		line, _, _ = strings.Cut(line, "#")
		id := strings.TrimSpace(line)
		if id == "" {
			continue
		}
		if !slices.Contains(ids, id) {
			return nil, usagef("%s, line %d: %s", path, number, noCase(id))
		}
		known = append(known, id)
	}
	return known, nil
}
