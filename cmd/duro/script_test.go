package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected outputs in testdata/script")

func TestMain(m *testing.M) {
	servePlugin()
	testscript.Main(m, map[string]func(){
		"duro": func() {
			registerFixtures()
			os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
		},
		"sqlite": statement,
	})
}

// statement runs a statement behind the back of the store.
//
//	sqlite FILE STATEMENT
func statement() {
	db, err := sql.Open(sqliteDriver, os.Args[1])
	if err == nil {
		_, err = db.Exec(os.Args[2])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Condition: func(cond string) (bool, error) {
			if cond == "root" {
				return os.Getuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv("DURO_BACKEND", "fixture:shop")
			e.Setenv("GOOS", runtime.GOOS)
			e.Setenv("GOARCH", runtime.GOARCH)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":    exits,
			"installs": installs,
			"listens":  listens,
			"pins":     pins,
			"scrapes":  scrapes,
			"sums":     sums,
			"tear":     tear,
		},
	})
}

// announcement is what a stress run says that takes more than a second.
var announcement = regexp.MustCompile(`(?m)^run \w+; .*\n`)

// exits runs a program that must end with a status. An error of the command is
// one line on standard error, so that is checked as well.
//
//	exits STATUS program args...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS program args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	stderr := ts.ReadFile("stderr")
	if got != want {
		ts.Fatalf("%v ended with status %d, not %d: %s", args[1:], got, want, stderr)
	}
	stderr = announcement.ReplaceAllString(stderr, "")
	if want != 0 && (strings.Count(stderr, "\n") != 1 || !strings.HasPrefix(stderr, "duro: ")) {
		ts.Fatalf("%v printed this and not one line: %s", args[1:], stderr)
	}
}

// listens waits until somebody listens at a socket.
//
//	listens PATH
func listens(ts *testscript.TestScript, _ bool, args []string) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	for {
		conn, err := net.Dial("unix", ts.MkAbs(args[0]))
		if err == nil {
			ts.Check(conn.Close())
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			ts.Fatalf("nobody listens: %v", err)
		}
	}
}

// scrapes prints the metrics that are offered at a socket.
//
//	scrapes PATH
func scrapes(ts *testscript.TestScript, _ bool, args []string) {
	client := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", ts.MkAbs(args[0]))
		},
	}}
	answer, err := client.Get("http://duro" + metricsPath)
	ts.Check(err)
	text, err := io.ReadAll(answer.Body)
	ts.Check(errors.Join(err, answer.Body.Close()))
	if answer.StatusCode != http.StatusOK {
		ts.Fatalf("%s: %s", answer.Status, text)
	}
	_, err = ts.Stdout().Write(text)
	ts.Check(err)
}

// tear overwrites a part of a file, as a failing disk would.
//
//	tear FILE OFFSET
func tear(ts *testscript.TestScript, _ bool, args []string) {
	offset, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_WRONLY, 0)
	ts.Check(err)
	_, err = f.WriteAt([]byte(strings.Repeat("torn", 1024)), offset)
	ts.Check(err)
	ts.Check(f.Close())
}
