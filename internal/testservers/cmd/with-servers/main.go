// Command with-servers runs a command with real database servers at hand.
//
//	with-servers [--] command [argument]...
//
// It finds or starts the servers that package testservers knows, passes their
// addresses to the command in the environment (DURO_TEST_POSTGRES), and stops
// what it started when the command has ended, in whatever way. Where
// DURO_TEST_SERVERS names several versions of a server, the command is run once
// for each, and what came of it is said at the end. Its exit code is the
// command's, the first that is not 0, or 1 where DURO_TEST_REQUIRE names a server
// that cannot be had.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
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
	runs, err := testservers.Runs()
	if err != nil {
		say(err)
		os.Exit(1)
	}
	os.Exit(runAll(runs, argv))
}

func say(words ...any) {
	fmt.Fprintln(os.Stderr, append([]any{"testservers:"}, words...)...)
}

// runAll runs the command with one set of servers after the other, and returns
// the exit code.
func runAll(runs [][]testservers.Kind, argv []string) (code int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var outcomes []string
	for _, kinds := range runs {
		set, ended, err := run(ctx, kinds, argv)
		if err != nil {
			say(err)
			ended = max(ended, 1)
		}
		code = cmp.Or(code, ended)
		outcomes = append(outcomes, fmt.Sprintf("exit code %d with:", ended))
		outcomes = append(outcomes, set.Summary()...)
		if ctx.Err() != nil {
			break
		}
	}
	if len(runs) > 1 {
		say(strings.Join(outcomes, "\ntestservers: "))
	}
	return code
}

// run returns the servers, which have ended, and the command's exit code.
func run(ctx context.Context, kinds []testservers.Kind, argv []string) (set *testservers.Set, code int, err error) {
	set, err = testservers.Start(ctx, os.Stderr, kinds)
	defer func() { err = errors.Join(err, set.Close()) }()
	if err != nil {
		return set, 1, err
	}
	supervisor, err := set.Supervisor()
	if err != nil {
		return set, 1, err
	}
	cmd := exec.Command(argv[0], argv[1:]...) //nolint:noctx // running a given command is the purpose; Run ends it
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), set.Environ()...)
	cmd.Env = append(cmd.Env, testservers.RunnerEnviron()...)
	code, err = supervisor.Run(ctx, cmd)
	return set, code, err
}
