package archtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPackagesImportOnlyWhatTheirRuleAllows(t *testing.T) {
	t.Parallel()
	for _, violation := range violations(loadGraph(t)) {
		t.Error(violation)
	}
}

// violations returns what in the graph breaks the rules.
func violations(g graph) []string {
	var found []string
	for _, path := range slices.Sorted(maps.Keys(g)) {
		relative, isOurs := ours(path)
		if !isOurs {
			continue
		}
		r := ruleFor(relative)
		for _, imported := range g[path].Imports {
			if !r.allows(relative, imported, g) {
				found = append(found, fmt.Sprintf("%s imports %s: %s", name(relative), imported, r.because))
			}
		}
		if r.drivers {
			continue
		}
		if way := g.chain(path, isDriver); way != nil {
			found = append(found, fmt.Sprintf("%s links a driver (%s): %s", name(relative), strings.Join(way, " → "), r.because))
		}
	}
	return append(found, foreignDrivers(g)...)
}

// foreignDrivers finds backends that link another one's driver: a program pays
// for the databases it uses, not for those of its neighbours.
func foreignDrivers(g graph) []string {
	var found []string
	for _, backend := range slices.Sorted(maps.Keys(drivers)) {
		foreign := func(path string) bool {
			return isDriver(path) && !slices.ContainsFunc(drivers[backend], func(own string) bool { return under(path, own) })
		}
		if way := g.chain(module+"/"+backend, foreign); way != nil {
			found = append(found, fmt.Sprintf("%s links another backend's driver: %s", backend, strings.Join(way, " → ")))
		}
	}
	return found
}

func ruleFor(relative string) rule {
	i := slices.IndexFunc(rules, func(r rule) bool { return matches(r.packages, relative) })
	return rules[i] // the last rule matches everything
}

// allows reports whether the rule lets a package import another.
func (r rule) allows(relative, imported string, g graph) bool {
	if imported == "C" {
		return slices.Contains(r.imports, thirdParty)
	}
	if inModule, isOurs := ours(imported); isOurs {
		return under(inModule, relative+"/internal") ||
			slices.ContainsFunc(r.imports, func(pattern string) bool { return matches(pattern, inModule) })
	}
	if g[imported].Standard {
		return slices.Contains(r.imports, std)
	}
	return slices.Contains(r.imports, thirdParty)
}

func isDriver(path string) bool {
	for _, paths := range drivers {
		if slices.ContainsFunc(paths, func(driver string) bool { return under(path, driver) }) {
			return true
		}
	}
	return false
}

func name(relative string) string {
	if relative == "" {
		return "package duro"
	}
	return relative
}

func TestTheRulesSeeWhatTheyForbid(t *testing.T) {
	t.Parallel()
	const (
		pgx   = "github.com/jackc/pgx/v5"
		mysql = "github.com/go-sql-driver/mysql"
	)
	g := graph{
		"fmt":                         {Standard: true},
		pgx:                           {},
		mysql:                         {},
		module:                        {Imports: []string{"fmt", module + "/core", module + "/all"}},
		module + "/all":               {Imports: []string{module + "/backends/postgres", module + "/backends/mysql"}},
		module + "/core":              {Imports: []string{"fmt", "example.org/x"}},
		module + "/core/engine":       {Imports: []string{module + "/core", module + "/core/engine/internal/x", module + "/client"}},
		module + "/client":            {Imports: []string{module + "/core"}},
		module + "/conformance":       {Imports: []string{module + "/core/engine", "example.org/x"}},
		module + "/backends/postgres": {Imports: []string{module + "/core/engine", pgx}},
		module + "/backends/mysql":    {Imports: []string{mysql, pgx}},
		module + "/backends/mariadb":  {Imports: []string{mysql, module + "/core/engine"}},
		module + "/middleware/trace":  {Imports: []string{pgx}},
		module + "/something":         {Imports: []string{module + "/backends/postgres"}},
		module + "/cmd/duro":          {Imports: []string{module + "/all", module + "/client"}},
	}
	want := []string{
		"package duro imports github.com/durokit/duro/all",
		"package duro links a driver",
		"conformance imports github.com/durokit/duro/core/engine",
		"core imports example.org/x",
		"core/engine imports github.com/durokit/duro/client",
		"middleware/trace links a driver",
		"something imports github.com/durokit/duro/backends/postgres",
		"something links a driver",
		"backends/mysql links another backend's driver",
	}
	var got []string
	for _, violation := range violations(g) {
		what, _, _ := strings.Cut(violation, ": ")
		what, _, _ = strings.Cut(what, " (")
		got = append(got, what)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
}

func TestEveryRuleSaysWhy(t *testing.T) {
	t.Parallel()
	for _, r := range rules {
		if r.because == "" {
			t.Errorf("the rule for %s gives no reason", name(r.packages))
		}
	}
}
