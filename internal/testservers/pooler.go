package testservers

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// PgBouncer is what DURO_TEST_REQUIRE calls the pooler of [StartPooler].
const PgBouncer = "pgbouncer"

// StartPooler starts a PgBouncer that gives every transaction another connection
// to the PostgreSQL at an address, with more lines of its settings. Its URL leads
// through it to the same database. It is gone when the test ends. Where none can be
// had the test is skipped, or fails where DURO_TEST_REQUIRE names pgbouncer.
func StartPooler(tb testing.TB, address string, settings ...string) *Private {
	tb.Helper()
	upstream, err := url.Parse(address)
	if err != nil {
		tb.Fatal("the address of the PostgreSQL is no URL") // it may hold a password
	}
	kind := pgbouncerKind()
	kind.URL = func(in Instance) string { return through(*upstream, in) }
	kind.Launch = func(bin string, in Instance) Launch { return pgbouncerLaunch(bin, in, upstream, settings) }
	return startPrivate(tb, kind, nil)
}

// pgbouncerKind is all of the kind that does not depend on what is behind it.
func pgbouncerKind() Kind {
	return Kind{
		Name:     PgBouncer,
		Title:    "PgBouncer",
		Programs: []string{"pgbouncer"},
		Folders:  []string{"usr/sbin", "opt/homebrew/opt/pgbouncer/bin", "usr/local/opt/pgbouncer/bin"},
		Package:  "pgbouncer",
		Suite:    "trixie", // the first that has one that knows of prepared statements
		Unpack:   regexp.MustCompile(`^pgbouncer$`),
		Stop:     syscall.SIGQUIT, // other signals wait for clients, in newer versions
		Version:  pgbouncerVersion,
	}
}

// through is the address by way of the pooler, which has no TLS.
func through(upstream url.URL, in Instance) string {
	upstream.Host = "127.0.0.1:" + strconv.Itoa(in.Port)
	query := upstream.Query()
	query.Set("sslmode", "disable")
	upstream.RawQuery = query.Encode()
	return upstream.String()
}

// pgbouncerLaunch lets in whoever PostgreSQL would, and needs his password for that.
func pgbouncerLaunch(bin string, in Instance, upstream *url.URL, settings []string) Launch {
	config, users := filepath.Join(in.Dir, "pgbouncer.ini"), filepath.Join(in.Dir, "users")
	user := upstream.User.Username()
	password, _ := upstream.User.Password()
	port := upstream.Port()
	if port == "" {
		port = "5432"
	}
	lines := append([]string{
		"[databases]",
		"* = host=" + upstream.Hostname() + " port=" + port,
		"[pgbouncer]",
		"listen_addr = 127.0.0.1",
		"listen_port = " + strconv.Itoa(in.Port),
		"unix_socket_dir =",
		"auth_type = scram-sha-256",
		"auth_file = " + users,
		"stats_users = " + user, // who may ask for the version
		"pool_mode = transaction",
	}, settings...)
	quote := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
	return Launch{
		Files: map[string]string{
			config: strings.Join(lines, "\n") + "\n",
			users:  quote(user) + " " + quote(password) + "\n",
		},
		Argv: []string{filepath.Join(bin, "pgbouncer"), config},
	}
}

// pgbouncerVersion asks the pooler's own console, and then what is behind it.
func pgbouncerVersion(ctx context.Context, address string) (string, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return "", err
	}
	config.Database = "pgbouncer"
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	answers, err := conn.PgConn().Exec(ctx, "SHOW VERSION").ReadAll()
	if err != nil {
		return "", fmt.Errorf("ask for the version: %w", err)
	}
	_, err = postgresVersion(ctx, address)
	return string(answers[0].Rows[0][0]), err
}
