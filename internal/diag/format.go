package diag

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Format is how diagnostics are printed.
type Format string

// The formats.
const (
	// Text is for people: position, message, and the detail below it.
	Text Format = "text"
	// JSON is one object on a line for each diagnostic.
	JSON Format = "json"
	// GitHub is the workflow commands that annotate a change's lines.
	GitHub Format = "github-actions"
)

// Formats lists every format.
func Formats() []Format { return []Format{Text, JSON, GitHub} }

// Print writes the diagnostics to w.
func (f Format) Print(w io.Writer, list []Diagnostic) error {
	for _, d := range list {
		var err error
		switch f {
		case JSON:
			err = printJSON(w, d)
		case GitHub:
			err = printGitHub(w, d)
		default:
			err = printText(w, d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func printText(w io.Writer, d Diagnostic) error {
	_, err := fmt.Fprintln(w, d)
	if err == nil && d.Detail != "" {
		_, err = fmt.Fprintln(w, strings.TrimSuffix(d.Detail, "\n"))
	}
	return err
}

func printJSON(w io.Writer, d Diagnostic) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false) // messages hold SQL; < and > should stay readable
	return enc.Encode(d)
}

// printGitHub escapes as the command syntax asks: a property ends at a comma or
// colon, a message at a line break.
func printGitHub(w io.Writer, d Diagnostic) error {
	message := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	at := "file=" + property.Replace(d.File)
	if d.Line > 0 {
		at += fmt.Sprintf(",line=%d,col=%d", d.Line, d.Column)
	}
	_, err := fmt.Fprintf(w, "::error %s::%s\n", at, message.Replace(d.Message))
	return err
}
