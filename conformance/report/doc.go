// Package report writes what a run of the conformance suite found: as text, as
// JSON, as JUnit's XML for continuous integration, and as one page of HTML.
//
//	r := report.Report{Run: conformance.Run(ctx, factory, options)}
//	err := r.Write(w, report.HTML)
//
// A report never holds a store's password unless its maker puts one into it: who
// knows the secrets calls Scrub.
package report
