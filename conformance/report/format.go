package report

import (
	"bytes"
	"fmt"
	"io"
)

// Format is a form of a report.
type Format string

// The formats.
const (
	Text  Format = "text"
	JSON  Format = "json"
	JUnit Format = "junit"
	HTML  Format = "html"
)

// Formats are all there are.
var Formats = []Format{Text, JSON, JUnit, HTML}

// Write writes the report. It writes nothing when it fails to make it.
func (r *Report) Write(w io.Writer, f Format) error {
	writers := map[Format]func(io.Writer) error{Text: r.writeText, JSON: r.writeJSON, JUnit: r.writeJUnit, HTML: r.writeHTML}
	write := writers[f]
	if write == nil {
		return fmt.Errorf("write the report: no format is called %q", f)
	}
	var buf bytes.Buffer
	err := write(&buf)
	if err == nil {
		_, err = w.Write(buf.Bytes())
	}
	if err != nil {
		return fmt.Errorf("write the report as %s: %w", f, err)
	}
	return nil
}
