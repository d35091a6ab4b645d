package host

import (
	"cmp"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/durokit/duro/core"
)

// ChildConfig says which program to run as a plugin, and what for.
type ChildConfig struct {
	// Name is what the plugin must say it is called.
	Name string
	// Command is the program's path; relative to Folder, if there is one.
	Command string
	// Folder, unless empty, is where the program must be, also after symbolic links.
	Folder string
	// SHA256 is the program's checksum in hexadecimal. A line of a SHA256SUMS file is
	// accepted, too.
	SHA256 string
	// Unverified runs a program without a checksum: for development.
	Unverified bool
	// Args follow the command.
	Args []string
	// Env is added to the few variables that a plugin gets: it does not inherit the
	// host's, which may hold secrets.
	Env map[string]string
	// StartTimeout is how long the program may take to be ready. Default: 30 s.
	StartTimeout time.Duration
	// Grace is how long stores may take to be closed when the child is ended. Default: 10 s.
	Grace time.Duration
	// HealthEvery is how often the child is asked whether it is well. A child that does
	// not answer three times, each within as long, is killed and started again.
	// Default: 5 s.
	HealthEvery time.Duration
	// Config is the JSON object that opens the store, empty for the defaults.
	Config []byte
	// Log gets what the plugin logs and prints. Default: slog.Default().
	Log *slog.Logger

	verified func()        // for tests: the program was verified and is not started yet
	pause    time.Duration // before the first restart; 0: firstPause
}

func (c ChildConfig) withDefaults() ChildConfig {
	c.StartTimeout = cmp.Or(c.StartTimeout, 30*time.Second)
	c.Grace = cmp.Or(c.Grace, 10*time.Second)
	c.pause = cmp.Or(c.pause, firstPause)
	c.HealthEvery = cmp.Or(c.HealthEvery, 5*time.Second)
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}

// key is the same for children that can be one process.
func (c ChildConfig) key() string {
	env := make([]string, 0, len(c.Env))
	for _, name := range slices.Sorted(maps.Keys(c.Env)) {
		env = append(env, name+"="+c.Env[name])
	}
	return fmt.Sprintf("%q %q %q %q %q %q", c.Name, c.Folder, c.Command, c.SHA256, c.Args, env)
}

// inherited are the host's variables that a plugin gets: what programs need to find
// their way, and nothing of what people put secrets into.
var inherited = []string{"HOME", "LANG", "LC_ALL", "PATH", "SSL_CERT_DIR", "SSL_CERT_FILE", "TMPDIR", "TZ"}

func (c ChildConfig) environment() []string {
	var out []string
	for _, name := range inherited {
		if value, set := os.LookupEnv(name); set {
			out = append(out, name+"="+value)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Env)) {
		out = append(out, name+"="+c.Env[name])
	}
	return out
}

// refuse is the error for a plugin that must not or cannot be run.
func (c ChildConfig) refuse(format string, args ...any) error {
	return core.Errorf("Open", core.ErrInvalidArgument, "the plugin %s: %s", c.Name, fmt.Sprintf(format, args...))
}

// unavailable is the error for a plugin that does not run at the moment.
func (c ChildConfig) unavailable(format string, args ...any) error {
	return core.Errorf("Open", core.ErrUnavailable, "the plugin %s %s", c.Name, strings.TrimSpace(fmt.Sprintf(format, args...)))
}
