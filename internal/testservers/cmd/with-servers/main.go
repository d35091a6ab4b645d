// Command with-servers runs a command with real database servers at hand.
//
//	with-servers [--] command [argument]...
//
// It finds or starts the servers that package testservers knows, passes their
// addresses to the command in the environment (DURO_TEST_POSTGRES), and stops
// what it started when the command has ended, in whatever way. Its exit code is
// the command's, or 1 where DURO_TEST_REQUIRE names a server that cannot be had.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/durokit/duro/internal/testservers"
)

func main() {
	if testservers.Supervising() {
		os.Exit(testservers.Supervise())
	}
	argv := os.Args[1:]
	if len(argv) > 0 && argv[0] == "--" {
		argv = argv[1:]
	}
	if len(argv) == 0 {
		fmt.Fprintln(os.Stderr, "usage: with-servers [--] command [argument]...")
		os.Exit(2)
	}
	code, err := run(argv)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testservers:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// run returns the command's exit code.
func run(argv []string) (code int, err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	set, err := testservers.Start(ctx, os.Stderr, testservers.Kinds())
	defer func() { err = errors.Join(err, set.Close()) }()
	if err != nil {
		return 1, err
	}
	supervisor, err := set.Supervisor()
	if err != nil {
		return 1, err
	}
	cmd := exec.Command(argv[0], argv[1:]...) //nolint:noctx // running a given command is the purpose; Run ends it
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), set.Environ()...)
	cmd.Env = append(cmd.Env, testservers.RunnerEnviron()...)
	return supervisor.Run(ctx, cmd)
}
