package config

import (
	"errors"
	"fmt"
	"time"
)

// Version is the form of file that this package reads.
const Version = 1

// File is a duro.yaml: the one that --config or DURO_CONFIG names, else duro/duro.yaml in
// XDG_CONFIG_HOME, else in ~/.config.
type File struct {
	// Version of the file's form; 1.
	Version int `yaml:"version"`
	// Backend to use: the name of one of the backends, or a URL. DURO_BACKEND and
	// --backend win over it.
	Backend string `yaml:"backend,omitempty"`
	// Backends that can be used, by name.
	Backends map[string]Backend `yaml:"backends,omitempty"`
	// PluginDir is the folder of the plugins' programs. DURO_PLUGIN_DIR wins over it; the
	// default is duro/plugins in XDG_DATA_HOME, else in ~/.local/share.
	PluginDir string `yaml:"plugin_dir,omitempty"`
	// Plugins that backends may use, by name.
	Plugins map[string]Plugin `yaml:"plugins,omitempty"`

	src *source
}

// Backend is a store: of a kind that the program has in it, or of a plugin. At most
// one of the DSN keys says where it is.
type Backend struct {
	// Kind is the scheme of the backend's URLs: sqlite, postgres, mysql or mariadb, or
	// what else is linked into the program.
	Kind string `yaml:"kind,omitempty"`
	// Plugin is the name of one of the plugins.
	Plugin string `yaml:"plugin,omitempty"`
	// DSN is the store's URL, with or without its scheme. Prefer one of the other three
	// for a URL with a password.
	DSN string `yaml:"dsn,omitempty"`
	// DSNFile is a file that holds the DSN, for example /run/secrets/pg.
	DSNFile string `yaml:"dsn_file,omitempty"`
	// DSNEnv is the name of an environment variable that holds the DSN.
	DSNEnv string `yaml:"dsn_env,omitempty"`
	// DSNCommand is a program with its arguments that prints the DSN. No shell reads it.
	DSNCommand []string `yaml:"dsn_command,omitempty"`
	// Options are the parameters of the URL, or the plugin's own.
	Options map[string]any `yaml:"options,omitempty"`
}

// Plugin is a program that serves a backend, run as a child or reached at an
// address. One with neither command nor address is looked for in the folder of
// plugins as duro-backend-NAME_vX.Y.Z_x1_OS_ARCH, the newest of them.
type Plugin struct {
	// Command is the path of the program; relative to plugin_dir.
	Command string `yaml:"command,omitempty"`
	// Address is where a plugin listens that runs already: unix:PATH or tcp:HOST:PORT.
	Address string `yaml:"address,omitempty"`
	// SHA256 is the program's checksum: 64 hexadecimal digits, or a line of SHA256SUMS.
	SHA256 string `yaml:"sha256,omitempty"`
	// Unverified runs the program without a checksum, whatever it is: for developing it.
	Unverified bool `yaml:"unverified,omitempty"`
	// Args follow the command.
	Args []string `yaml:"args,omitempty"`
	// Env is what the program gets beside the few variables every plugin gets. It does
	// not inherit the host's.
	Env map[string]string `yaml:"env,omitempty"`
	// StartTimeout is how long the program may take to be ready, for example 10s.
	StartTimeout Duration `yaml:"start_timeout,omitempty"`
	// Token is what the server at the address asks for. Prefer token_file.
	Token string `yaml:"token,omitempty"`
	// TokenFile is a file that holds the token.
	TokenFile string `yaml:"token_file,omitempty"`
	// TLS secures the connection with the address.
	TLS *TLS `yaml:"tls,omitempty"`
}

// TLS names the files that secure a connection, PEM each.
type TLS struct {
	// CA holds the certificates that the server's must be signed by. Default: the system's.
	CA string `yaml:"ca,omitempty"`
	// Cert is the client's own certificate, for servers that ask for one.
	Cert string `yaml:"cert,omitempty"`
	// Key is the certificate's key.
	Key string `yaml:"key,omitempty"`
	// ServerName is the name that the server's certificate must have, if that is not the
	// host of the address.
	ServerName string `yaml:"server_name,omitempty"`
}

// Duration is written as 1m30s.
type Duration time.Duration

// UnmarshalText reads a duration above zero.
func (d *Duration) UnmarshalText(text []byte) error {
	read, err := time.ParseDuration(string(text))
	switch {
	case err != nil:
		return errors.New("no duration; write for example 10s or 1m30s")
	case read <= 0:
		return fmt.Errorf("%s is not above zero", read)
	}
	*d = Duration(read)
	return nil
}

// MarshalText writes a duration.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String returns for example "1m30s".
func (d Duration) String() string { return time.Duration(d).String() }
