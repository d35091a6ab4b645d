package testservers

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/go-sql-driver/mysql"
)

// Names of kinds.
const (
	MySQL   = "mysql"
	MariaDB = "mariadb"
)

func mysqlKind() Kind {
	return Kind{
		Name:     MySQL,
		Title:    "MySQL",
		Env:      "DURO_TEST_MYSQL",
		Programs: []string{"mysqld"},
		Accept:   func(bin string) bool { return !isMariaDB(bin) },
		Folders:  []string{"usr/sbin", "usr/libexec", "opt/homebrew/opt/mysql*/bin", "usr/local/opt/mysql*/bin"},
		Package:  "mysql-server-core",
		// Debian's releases have no MySQL.
		Suite:     "sid",
		Unpack:    regexp.MustCompile(`^mysql-server-core$`),
		Releases:  []Release{{Version: "9.7", Suite: "sid", Package: "mysql-server-core"}},
		Image:     "mysql:9",
		ImagePort: 3306,
		Stop:      syscall.SIGTERM,
		URL:       func(in Instance) string { return mysqlURL(MySQL, in) },
		Launch:    mysqlLaunch,
		ImageEnv:  func(in Instance) []string { return []string{"MYSQL_ROOT_PASSWORD=" + in.Password} },
		Version:   mysqlVersion,
		Place:     mysqlPlacing,
	}
}

func mariadbKind() Kind {
	return Kind{
		Name:     MariaDB,
		Title:    "MariaDB",
		Env:      "DURO_TEST_MARIADB",
		Programs: []string{"mariadbd"},
		Folders:  []string{"usr/sbin", "usr/libexec", "opt/homebrew/opt/mariadb*/bin", "usr/local/opt/mariadb*/bin"},
		Package:  "mariadb-server-core",
		Unpack:   regexp.MustCompile(`^mariadb-server-core$`),
		Releases: []Release{
			{Version: "10.11", Suite: "bookworm", Package: "mariadb-server-core"},
			{Version: "11.8", Suite: "trixie", Package: "mariadb-server-core"},
		},
		Image:     "mariadb:11.8",
		ImagePort: 3306,
		Stop:      syscall.SIGTERM,
		URL:       func(in Instance) string { return mysqlURL(MariaDB, in) },
		Launch:    mariadbLaunch,
		ImageEnv:  func(in Instance) []string { return []string{"MARIADB_ROOT_PASSWORD=" + in.Password} },
		Version:   mysqlVersion,
		Place:     mysqlPlacing,
	}
}

// isMariaDB reports whether the mysqld in a folder is MariaDB's, which goes by
// that name too.
func isMariaDB(bin string) bool {
	_, err := os.Stat(filepath.Join(bin, "mariadbd"))
	return err == nil
}

func mysqlURL(scheme string, in Instance) string {
	u := url.URL{
		Scheme: scheme,
		User:   url.UserPassword("root", in.Password),
		Host:   "127.0.0.1:" + strconv.Itoa(in.Port),
		Path:   "/mysql",
	}
	return u.String()
}

// throwAway are options of both servers for data that are thrown away, where
// durability would only cost time, and for packages that test in parallel, each
// with pools of its own.
func throwAway(bin string, in Instance) []string {
	return []string{
		"--no-defaults", "--basedir=" + filepath.Dir(bin), "--datadir=" + filepath.Join(in.Dir, "data"), "--tmpdir=" + in.Dir,
		"--lc-messages-dir=" + shareDir(bin), "--socket=" + filepath.Join(in.Dir, "s"), "--pid-file=" + filepath.Join(in.Dir, "pid"),
		"--bind-address=127.0.0.1", "--port=" + strconv.Itoa(in.Port),
		"--skip-name-resolve", "--max-connections=300", "--skip-log-bin", "--max-allowed-packet=64M",
		"--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0", "--innodb-buffer-pool-size=256M", "--performance-schema=OFF",
	}
}

// shareDir is where a server finds its messages and scripts.
func shareDir(bin string) string {
	usr := filepath.Dir(bin)
	for _, found := range globAll(usr, "share/mysql/english", "share/mariadb/english", "share/english") {
		return filepath.Dir(found)
	}
	return filepath.Join(usr, "share/mysql")
}

// serve are the options for the run itself, the data folder being made: no
// tidying up at the end, and the statements in init at the beginning.
func serve(program []string, init string) []string {
	return append(slices.Clip(program), "--innodb-fast-shutdown=2", "--init-file="+init)
}

// administrator are the statements that make the one user a server has, when it
// starts the first time and again.
func administrator(in Instance) string {
	return fmt.Sprintf("CREATE USER IF NOT EXISTS root@'127.0.0.1' IDENTIFIED BY '%s';\n"+
		"GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;\n", in.Password)
}

func mysqlLaunch(bin string, in Instance) Launch {
	init := filepath.Join(in.Dir, "init.sql")
	mysqld := append([]string{filepath.Join(bin, "mysqld")}, throwAway(bin, in)...)
	mysqld = append(mysqld, "--mysqlx=OFF", "--character-sets-dir="+filepath.Join(shareDir(bin), "charsets"),
		"--secure-file-priv=") // or it wants a folder that only an installation makes
	return Launch{
		Files: map[string]string{init: "DROP USER IF EXISTS root@localhost;\n" + administrator(in)},
		Init:  [][]string{append(slices.Clip(mysqld), "--initialize-insecure")},
		Argv:  serve(mysqld, init),
	}
}

// mariadbLaunch fills the data folder as mariadb-install-db does, which not every
// package has beside the server.
func mariadbLaunch(bin string, in Instance) Launch {
	init, begin := filepath.Join(in.Dir, "init.sql"), filepath.Join(in.Dir, "begin.sql")
	mariadbd := append([]string{filepath.Join(bin, "mariadbd")}, throwAway(bin, in)...)
	scripts := []string{begin}
	for _, name := range []string{"system_tables", "performance_tables", "system_tables_data"} {
		found := globAll(shareDir(bin), "mysql_"+name+".sql", "mariadb_"+name+".sql")
		scripts = append(scripts, found[:min(1, len(found))]...)
	}
	bootstrap := "cat '" + strings.Join(scripts, "' '") + `' | exec "$@" --bootstrap`
	return Launch{
		Files: map[string]string{
			init:  "DELETE FROM mysql.global_priv WHERE User <> 'mariadb.sys';\nFLUSH PRIVILEGES;\n" + administrator(in),
			begin: "CREATE DATABASE mysql;\nUSE mysql;\n",
		},
		Init: [][]string{
			{"mkdir", filepath.Join(in.Dir, "data")},
			append([]string{"sh", "-c", bootstrap, "sh"}, mariadbd...),
		},
		Argv: serve(mariadbd, init),
	}
}

var mysqlPlacing = placing{
	Word: "DATABASE",
	Into: func(u *url.URL, name string) { u.Path = "/" + name },
	Pool: mysqlPool,
}

func mysqlPool(address string) (*sql.DB, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("the address is no URL") //nolint:perfsprint,err113 // the parser's words hold the password
	}
	config := mysql.NewConfig()
	config.User, config.Net, config.Addr, config.DBName = u.User.Username(), "tcp", u.Host, strings.Trim(u.Path, "/")
	config.Passwd, _ = u.User.Password()
	config.Logger = &mysql.NopLogger{} // a server that is not ready yet is no news
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

func mysqlVersion(ctx context.Context, address string) (version string, err error) {
	db, err := mysqlPool(address)
	if err != nil {
		return "", err
	}
	defer db.Close()
	err = db.QueryRowContext(ctx, "SELECT VERSION()").Scan(&version)
	if err != nil {
		return "", fmt.Errorf("ask for the version: %w", err)
	}
	return version, nil
}
