package report

import (
	_ "embed"
	"html/template"
	"io"
	"strings"

	"github.com/durokit/duro/conformance"
)

//go:embed report.html
var page string

var pageTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"title": title, "round": round, "over": over,
}).Parse(page))

// pageData is what the page shows.
type pageData struct {
	Report   *Report
	Verdict  string
	Facts    []fact
	Sections []section
	Slowest  []conformance.Result
}

// section holds the results of one outcome.
type section struct {
	Name    string
	Outcome Outcome
	Results []conformance.Result
}

// heading is what an outcome is called over its results.
func heading(o Outcome) string { return strings.ToUpper(string(o[:1])) + string(o[1:]) }

// HasDetails reports whether there is more to show of a result than its name.
func (s section) HasDetails() bool { return s.Outcome == Failed || s.Outcome == KnownFailure }

func (r *Report) writeHTML(w io.Writer) error {
	data := pageData{Report: r, Verdict: "All as expected", Facts: r.facts(), Slowest: r.slowest()}
	switch {
	case r.Run.Interrupted:
		data.Verdict = "Interrupted"
	case !r.OK():
		data.Verdict = "Not as expected"
	}
	for _, o := range outcomes {
		if results := r.with(o); len(results) > 0 {
			data.Sections = append(data.Sections, section{heading(o), o, results})
		}
	}
	return pageTemplate.Execute(w, data)
}
