// Command config is a small application whose store is chosen by its configuration:
// change one line of duro.yaml, and it runs on another database.
//
//	go run ./examples/config -config examples/config/duro.yaml order-1 order-2
//
// It has no line about any database. Package all links every backend there is; an
// application that wants fewer imports those instead.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	_ "github.com/durokit/duro/all"
	"github.com/durokit/duro/client"
	"github.com/durokit/duro/config"
	"github.com/durokit/duro/config/plugins"
	"github.com/durokit/duro/internal/miniruntime"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run fulfils the orders that the command line names.
func run(ctx context.Context, args []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("config", flag.ContinueOnError)
	path := flags.String("config", "", "the configuration `file` (default $DURO_CONFIG)")
	if err := flags.Parse(args); err != nil {
		return err
	}

	// This is all that an application does about its store.
	store, err := config.Open(ctx, config.Request{Config: *path, ConfigFlag: "-config", Plugin: plugins.Open})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close(context.WithoutCancel(ctx))) }()
	fmt.Fprintf(out, "on %s:\n", store.Name())

	runtime, err := miniruntime.New(store, register, miniruntime.Options{})
	if err != nil {
		return err
	}
	runtime.Start()
	defer func() { err = errors.Join(err, runtime.Shutdown(context.WithoutCancel(ctx))) }()

	orders := client.New(store, client.Options{})
	for _, id := range flags.Args() {
		if err := orders.Start(ctx, id, "FulfilOrder", id); err != nil {
			return err
		}
	}
	for _, id := range flags.Args() {
		status, err := orders.Wait(ctx, id, time.Minute)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s: %s %s\n", id, status.State, status.Output)
	}
	return nil
}

// register says what the application does, durably.
func register(r *miniruntime.Registry) {
	r.Orchestration("FulfilOrder", func(ctx *miniruntime.Context, order string) (string, error) {
		receipt, err := ctx.Activity("Charge", order).Await()
		if err != nil {
			return "", err
		}
		parcel, err := ctx.Activity("Ship", order).Await()
		return receipt + ", " + parcel, err
	})
	r.Activity("Charge", func(context.Context, string) (string, error) { return "charged", nil })
	r.Activity("Ship", func(context.Context, string) (string, error) { return "shipped", nil })
}
