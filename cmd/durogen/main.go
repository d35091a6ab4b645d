// Command durogen writes the Go code of a database backend from its description,
// a dialect.yaml: statements, schema, and the classifier of the driver's errors.
//
//	durogen new NAME            write the folder of a new dialect
//	durogen generate [dir...]   write what is missing or changed, remove what is orphaned
//	durogen verify [dir...]     say what generate would do; for continuous integration
//	durogen vet DIR --url URL   try a dialect on a live server
//	durogen explain STATEMENT   print a statement as a dialect runs it
//	durogen doc                 print a Markdown table of all statements
//	durogen schema              print the JSON schema of dialect.yaml
//	durogen version             print the version of durogen
//
// Without folders, the current one is taken when it holds a dialect.yaml, else
// every backends/* that does. durogen links no database driver: what needs
// one is a program that vet builds.
package main

import (
	"io"
	"os"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// The exit codes, as promised in the help.
const (
	exitOK       = 0
	exitFindings = 1
	exitError    = 2
)

// run executes one command line and returns its exit code.
func run(args []string, stdout, stderr io.Writer) int {
	c := &cli{stdout: stdout, stderr: stderr}
	root := c.root()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return c.report(root.Execute())
}
