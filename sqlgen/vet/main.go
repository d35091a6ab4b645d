package vet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/durokit/duro/core/engine/sqlstore"
	"github.com/durokit/duro/internal/storeurl"
)

// URLEnv is the environment variable that carries the URL to Main: a command line
// is for everybody to read, and a URL may hold a password.
const URLEnv = "DUROGEN_VET_URL"

// JSONFlag is the argument that asks Main for JSON.
const JSONFlag = "--json"

// Main is a program that tries one dialect: its arguments are the description's path
// and, perhaps, JSONFlag. parse is the dialect's. It returns the exit code: 1 when a
// claim does not hold, 2 when it could not be tried.
func Main(parse func(url string) (sqlstore.Store, error)) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	url := os.Getenv(URLEnv)
	failures, err := run(ctx, parse, url, os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "vet:", storeurl.Redact(err.Error(), url))
		return 2
	case failures > 0:
		return 1
	}
	return 0
}

func run(
	ctx context.Context, parse func(string) (sqlstore.Store, error), url string, args []string, stdout, stderr io.Writer,
) (failures int, err error) {
	if url == "" || len(args) == 0 {
		return 0, errors.New("durogen vet runs this program")
	}
	store, err := parse(url)
	if err != nil {
		return 0, err
	}
	report, err := Run(ctx, Options{Store: store, Description: args[0], Progress: stderr})
	if err != nil {
		return 0, err
	}
	show := report.Text
	if len(args) > 1 && args[1] == JSONFlag {
		show = report.JSON
	}
	return report.Failures(), show(stdout)
}
