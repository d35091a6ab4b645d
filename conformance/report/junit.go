package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/durokit/duro/conformance"
)

// The elements of JUnit's XML that the usual readers know: one suite an area, one
// test a case.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Time       string          `xml:"time,attr"`
		Timestamp  string          `xml:"timestamp,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`

		took time.Duration
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Class   string    `xml:"classname,attr"`
		Name    string    `xml:"name,attr"`
		Time    string    `xml:"time,attr"`
		Failure *junitWhy `xml:"failure"`
		Error   *junitWhy `xml:"error"`
		Skipped *junitWhy `xml:"skipped"`
	}
	junitWhy struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

func (r *Report) writeJUnit(w io.Writer) error {
	all := r.junit()
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (r *Report) junit() junitSuites {
	out := junitSuites{Name: "conformance", Time: seconds(r.Run.Duration)}
	at := map[string]int{}
	suite := func(area string) *junitSuite {
		i, there := at[area]
		if !there {
			i = len(out.Suites)
			at[area] = i
			out.Suites = append(out.Suites, r.junitSuite(area))
		}
		return &out.Suites[i]
	}
	for _, res := range r.Run.Results {
		s := suite(res.Case.Area())
		s.took += res.Duration
		s.add(r.junitCase(res))
	}
	for _, stack := range r.Run.Leaks {
		suite("run").add(junitCase{Class: "run", Name: "NoGoroutineOutlivesTheRun", Time: seconds(0),
			Failure: &junitWhy{"a goroutine outlived the run", stack}})
	}
	for i := range out.Suites {
		s := &out.Suites[i]
		s.Time = seconds(s.took)
		out.Tests += s.Tests
		out.Failures += s.Failures
		out.Errors += s.Errors
		out.Skipped += s.Skipped
	}
	return out
}

// junitSuite is an empty suite. Every one has the facts of the run: readers show
// a suite's properties beside its tests, and know none of the whole.
func (r *Report) junitSuite(area string) junitSuite {
	s := junitSuite{Name: area, Timestamp: r.Run.Started.UTC().Format("2006-01-02T15:04:05")}
	for _, f := range r.facts() {
		s.Properties = append(s.Properties, junitProperty(f))
	}
	return s
}

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
}

func (r *Report) junitCase(res conformance.Result) junitCase {
	_, behaviour, _ := strings.Cut(title(res), "/")
	c := junitCase{Class: res.Case.Area(), Name: behaviour, Time: seconds(res.Duration)}
	text := r.explain(res)
	switch r.Outcome(res) {
	case Failed:
		if res.Status == conformance.StatusError {
			c.Error = &junitWhy{res.Reason, text}
			break
		}
		c.Failure = &junitWhy{res.Case.Rule, text}
	case UnexpectedPass:
		c.Failure = &junitWhy{"it is known to fail and passed", "take it off the list of those known to fail\n"}
	case KnownFailure: // JUnit has no word for it; what is skipped neither fails nor passes
		c.Skipped = &junitWhy{"known failure: " + res.Case.Rule, text}
	case Skipped, Inapplicable:
		c.Skipped = &junitWhy{Message: res.Reason}
	case Passed:
	}
	return c
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
