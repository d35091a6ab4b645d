package plugin

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/address"
)

// flags are what a plugin's command line says.
type flags struct {
	version, debug, harness bool
	listen                  string
	config                  string
	tokenFile               string
	tls                     address.TLS
}

// parse reads a command line and returns the command in it, if there is one.
func (f *flags) parse(name string, args []string, out io.Writer) (command string, err error) {
	set := flag.NewFlagSet(name, flag.ContinueOnError)
	set.SetOutput(out)
	set.Usage = func() {
		fmt.Fprintf(out, "usage: %s [describe] [flags]\n\n  describe\n    \tprint what the plugin is, as JSON\n", name)
		set.PrintDefaults()
	}
	set.BoolVar(&f.version, "version", false, "print the name and version")
	set.BoolVar(&f.debug, "debug", false, "listen at a socket, and print how a host reaches it: to run under a debugger")
	set.StringVar(&f.listen, "listen", "", "listen at `ADDRESS`, unix:PATH or tcp:HOST:PORT")
	set.StringVar(&f.config, "config", "", "with --listen: the `JSON` object that opens the store, or @FILE")
	set.StringVar(&f.tokenFile, "token-file", "", "with --listen: ask callers for the token in `FILE`")
	set.StringVar(&f.tls.Cert, "tls-cert", "", "with --listen: the certificate, a PEM `FILE`")
	set.StringVar(&f.tls.Key, "tls-key", "", "with --listen: its key, a PEM `FILE`")
	set.StringVar(&f.tls.CA, "tls-ca", "", "with --listen: ask callers for a certificate that one in `FILE` has signed")
	set.BoolVar(&f.harness, "harness", false, "offer the service for tests: callers may make, corrupt and drop stores")
	if len(args) > 0 && args[0] == "describe" {
		command, args = args[0], args[1:]
	}
	if err := set.Parse(args); err != nil {
		return "", err
	}
	if set.NArg() > 0 {
		return "", core.Errorf("Serve", core.ErrInvalidArgument, "%s understands no %q; try --help", name, set.Arg(0))
	}
	return command, nil
}

// fixedConfig is the configuration on the command line.
func (f *flags) fixedConfig() ([]byte, error) {
	path, isFile := strings.CutPrefix(f.config, "@")
	if !isFile {
		return []byte(f.config), nil
	}
	config, err := os.ReadFile(path)
	if err != nil {
		return nil, core.Wrap("Serve", core.ErrInvalidArgument, err, "read the configuration")
	}
	return config, nil
}

// security is what protects an address.
func (f *flags) security() (t *address.TLS, token string, err error) {
	if f.tls != (address.TLS{}) {
		t = &f.tls
	}
	if f.tokenFile == "" {
		return t, "", nil
	}
	raw, err := os.ReadFile(f.tokenFile)
	if err != nil {
		return nil, "", core.Wrap("Serve", core.ErrInvalidArgument, err, "read the token")
	}
	if token = strings.TrimSpace(string(raw)); token == "" {
		return nil, "", core.Errorf("Serve", core.ErrInvalidArgument, "the token file %s is empty", f.tokenFile)
	}
	return t, token, nil
}
