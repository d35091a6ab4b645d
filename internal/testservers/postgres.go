package testservers

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // for the pools of places
)

// Postgres is the name of PostgreSQL's kind.
const Postgres = "postgres"

// postgresUser is the administrator of a throw-away PostgreSQL.
const postgresUser = "postgres"

func postgresKind() Kind {
	return Kind{
		Name:     Postgres,
		Title:    "PostgreSQL",
		Env:      "DURO_TEST_POSTGRES",
		Programs: []string{"postgres", "initdb"},
		Folders:  []string{"usr/lib/postgresql/*/bin", "opt/homebrew/opt/postgresql*/bin", "usr/local/opt/postgresql*/bin"},
		Package:  "postgresql",
		Unpack:   regexp.MustCompile(`^postgresql-\d+$`),
		Releases: []Release{
			{Version: "15", Suite: "bookworm", Package: "postgresql-15"},
			{Version: "17", Suite: "trixie", Package: "postgresql-17"},
			{Version: "18", Suite: "sid", Package: "postgresql-18"},
		},
		Image:     "postgres:17",
		ImagePort: 5432,
		Stop:      syscall.SIGINT, // PostgreSQL's "fast shutdown": does not wait for clients
		URL:       postgresURL,
		Launch:    postgresLaunch,
		ImageEnv:  func(in Instance) []string { return []string{"POSTGRES_PASSWORD=" + in.Password} },
		Version:   postgresVersion,
		Place: placing{
			Word: "SCHEMA", Drop: " CASCADE",
			Into: func(u *url.URL, name string) { u.RawQuery += "&search_path=" + name },
			Pool: func(address string) (*sql.DB, error) { return sql.Open("pgx", address) },
		},
	}
}

func postgresURL(in Instance) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(postgresUser, in.Password),
		Host:     "127.0.0.1:" + strconv.Itoa(in.Port),
		Path:     "/postgres",
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

func postgresLaunch(bin string, in Instance) Launch {
	data, password := filepath.Join(in.Dir, "data"), filepath.Join(in.Dir, "password")
	return Launch{
		Files: map[string]string{password: in.Password + "\n"},
		Init: [][]string{{
			filepath.Join(bin, "initdb"), "--pgdata", data, "--username", postgresUser,
			"--auth", "scram-sha-256", "--pwfile", password,
			"--encoding", "UTF8", "--locale", "C", "--no-sync",
		}},
		Argv: []string{
			filepath.Join(bin, "postgres"), "-D", data, "-p", strconv.Itoa(in.Port),
			"-c", "listen_addresses=127.0.0.1",
			"-c", "unix_socket_directories=",
			// Packages test in parallel, each with pools of its own.
			"-c", "max_connections=300",
			// The data are thrown away: durability would only cost time.
			"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
			// The just-in-time compiler's library is not unpacked from the packages;
			// off everywhere, the plans are the same everywhere.
			"-c", "jit=off",
		},
	}
}

func postgresVersion(ctx context.Context, address string) (version string, err error) {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	err = conn.QueryRow(ctx, "SHOW server_version", pgx.QueryExecModeExec).Scan(&version)
	if err != nil {
		return "", fmt.Errorf("ask for the version: %w", err)
	}
	return version, nil
}
