package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/conformance/report"
)

var update = flag.Bool("update", false, "write the golden files")

// madeUp is a report with a result of every outcome.
func madeUp() *report.Report {
	result := func(id string, s conformance.Status, took time.Duration) conformance.Result {
		return conformance.Result{Case: conformance.Case{ID: id, Section: "3.1", Rule: "one is <two>", Why: "it would be nice & easy"},
			Status: s, Duration: took, Seed: 9007199254740993}
	}
	failing := result("errors/Fails", conformance.StatusFail, 1500*time.Millisecond)
	failing.Failures = []string{"the count differs (-want +got):\n  -1\n  +2 </pre>", "a second failure, \x1b[2J"}
	failing.Steps, failing.StepsBefore = []string{`enqueue StartOrchestration for "a"`, "fetch: none"}, 12
	broken := result("errors/HasNoStore", conformance.StatusError, 3*time.Millisecond)
	broken.Reason, broken.Round, broken.Seed = "the factory made no store: connect to shop:s3cret@db", 1, broken.Seed+1
	known := result("kv/IsKnown", conformance.StatusFail, 20*time.Millisecond)
	known.Failures = []string{"as ever"}
	skipped := result("kv/IsSkipped", conformance.StatusSkip, 0)
	skipped.Reason = "needs hooks that corrupt history"
	inapplicable := result("polling/IsOfAnotherKind", conformance.StatusInapplicable, 0)
	inapplicable.Reason = "is about a short-polling provider"
	over := result("queue/Passes", conformance.StatusPass, 400*time.Millisecond)
	over.OverBudget = true
	r := &report.Report{
		Run: &conformance.Report{
			Provider: "made-up", Version: "0.1.0", Seed: 9007199254740993,
			Started: time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC), Duration: 2345 * time.Millisecond,
			Results: []conformance.Result{failing, broken, known, skipped, inapplicable, over, result("queue/IsMended", conformance.StatusPass, time.Millisecond)},
			Leaks:   []string{"goroutine 7 [select]:\nmade.up()"},
		},
		Backend: "made-up://shop:s3cret@db/it's?a=b", Server: "17.1", Way: "child process", KnownFailing: []string{"kv/IsKnown", "queue/IsMended", "kv/IsSkipped"},
		Machine: report.Machine{Go: "go1.26", OS: "linux", Arch: "amd64"},
	}
	r.Scrub(func(s string) string { return strings.ReplaceAll(s, "s3cret", "xxxxx") })
	return r
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for _, f := range report.Formats {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			var got bytes.Buffer
			if err := madeUp().Write(&got, f); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", "report."+string(f))
			if *update {
				if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("look at it, then run go test ./conformance/report -update (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMachinesCanReadThem(t *testing.T) {
	t.Parallel()
	var doc, suites bytes.Buffer
	if err := errors.Join(madeUp().Write(&doc, report.JSON), madeUp().Write(&suites, report.JUnit)); err != nil {
		t.Fatal(err)
	}
	var v struct {
		Seed   uint64 `json:",string"`
		Counts map[string]int
	}
	if err := json.Unmarshal(doc.Bytes(), &v); err != nil || v.Seed != 9007199254740993 || v.Counts["failed"] != 2 {
		t.Errorf("%+v, %v", v, err)
	}
	var x struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Skipped  int `xml:"skipped,attr"`
	}
	if err := xml.Unmarshal(suites.Bytes(), &x); err != nil || x.Tests != 8 || x.Failures != 3 || x.Errors != 1 || x.Skipped != 3 {
		t.Errorf("%+v, %v", x, err)
	}
}

func TestThePageNeedsNothingElse(t *testing.T) {
	t.Parallel()
	var page bytes.Buffer
	if err := madeUp().Write(&page, report.HTML); err != nil {
		t.Fatal(err)
	}
	if m := regexp.MustCompile(`(?i)<(script|link|img|table)|https?://|@import|url\(`).Find(page.Bytes()); m != nil {
		t.Errorf("the page has %s", m)
	}
}

func TestKnownFailuresAreExpected(t *testing.T) {
	t.Parallel()
	with := func(statuses ...conformance.Status) *report.Report {
		r := &report.Report{Run: &conformance.Report{}, KnownFailing: []string{"a/B"}}
		for _, s := range statuses {
			r.Run.Results = append(r.Run.Results, conformance.Result{Case: conformance.Case{ID: "a/B"}, Status: s})
		}
		return r
	}
	const pass, fail, skip, broken = conformance.StatusPass, conformance.StatusFail, conformance.StatusSkip, conformance.StatusError
	for _, c := range []struct {
		r    *report.Report
		ok   bool
		says string
	}{
		{with(fail), true, "0 passed, 0 failed, 1 known failure"},
		{with(broken), true, "0 passed, 0 failed, 1 known failure"},
		{with(skip), true, "0 passed, 0 failed, 1 skipped"},
		{with(pass, pass), false, "0 passed, 0 failed, 2 unexpected pass"},
		{with(pass, fail), true, "1 passed, 0 failed, 1 known failure"},
	} {
		if got := c.r.Summary(); c.r.OK() != c.ok || got != c.says {
			t.Errorf("OK is %v and it says %q, want %v and %q", c.r.OK(), got, c.ok, c.says)
		}
	}
	cut := with(fail)
	cut.Run.Interrupted = true
	if cut.OK() {
		t.Error("a run that was cut off is OK")
	}
}

func TestUnwritten(t *testing.T) {
	t.Parallel()
	r, w := io.Pipe()
	_ = r.CloseWithError(errors.New("the disk is full"))
	if err := madeUp().Write(w, report.Text); err == nil || !strings.Contains(err.Error(), "the report as text: the disk is full") {
		t.Errorf("got %v", err)
	}
	if err := madeUp().Write(io.Discard, "pdf"); err == nil || !strings.Contains(err.Error(), `"pdf"`) {
		t.Errorf("got %v", err)
	}
}
