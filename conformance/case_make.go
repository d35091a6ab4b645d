package conformance

import "strings"

// adminCase is a case that needs the admin half.
func adminCase(id, numbers, section, rule, why string, run func(*T)) Case {
	return Case{ID: id, Numbers: strings.Fields(numbers), Section: section, Rule: rule, Why: why, Needs: []Need{NeedAdmin},
		Run: run}
}

// kvCase is a case about the values of the instance a, which it makes.
func kvCase(id, numbers, rule, why string, run func(*T), needs ...Need) Case {
	return Case{
		ID: id, Numbers: strings.Fields(numbers), Section: "A2.22", Rule: rule, Why: why, Needs: needs,
		Run: func(t *T) {
			t.create("a")
			run(t)
		},
	}
}

// duro puts a case at Duro's own level.
func duro(c Case) Case {
	c.Level = LevelDuro
	return c
}

// slow marks a case with much work.
func slow(c Case) Case {
	c.Slow = true
	return c
}
