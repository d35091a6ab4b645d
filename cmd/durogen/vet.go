package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/sqlgen/spec"
	"github.com/durokit/duro/sqlgen/vet"
)

func (c *cli) vet() *cobra.Command {
	var url string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "vet DIR --url URL",
		Short: "Try a dialect on a live server",
		Long: `vet makes a store of its own on a server, executes every form of every statement
there, compares what the description claims with what the server does, and takes
everything away again. It exits with 1 when a claim does not hold.

durogen links no driver, so it builds a small program that imports the dialect's
package and runs it. The URL goes there in the environment; give it to durogen
in ` + vet.URLEnv + ` too, if it holds a password that others should not see.`,
		Example: "  durogen vet backends/mine --url mine://user@127.0.0.1/test",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if url == "" {
				if url = os.Getenv(vet.URLEnv); url == "" {
					return fmt.Errorf("vet needs a server: give --url or set %s", vet.URLEnv)
				}
			}
			changes, err := plans(args)
			if err != nil {
				return err
			}
			if len(changes) > 0 {
				return fmt.Errorf("the generated code in %s is not what its description asks for; run durogen generate %[1]s", args[0])
			}
			return c.runVet(cmd.Context(), args[0], url, asJSON)
		},
	}
	cmd.Flags().StringVar(&url, "url", "", "`URL` of a store, as the dialect reads it")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// runVet builds the program that tries the dialect, and runs it.
func (c *cli) runVet(ctx context.Context, dir, url string, asJSON bool) error {
	temp, err := os.MkdirTemp("", "durogen-vet-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	fmt.Fprintln(c.stderr, "building a program with the driver of", filepath.ToSlash(dir))
	program, err := buildVet(ctx, dir, temp)
	if err != nil {
		return err
	}
	args := []string{filepath.Join(dir, spec.FileName)}
	if asJSON {
		args = append(args, vet.JSONFlag)
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	cmd := exec.CommandContext(ctx, program, args...)                     //nolint:gosec // it was built here
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // it takes away what it made
	cmd.Env = append(os.Environ(), vet.URLEnv+"="+url)
	cmd.Stdout, cmd.Stderr = c.stdout, c.stderr
	err = cmd.Run()
	failed, exited := errors.AsType[*exec.ExitError](err)
	switch {
	case exited && failed.ExitCode() == exitFindings:
		return errFindings
	case exited:
		return errors.New("the dialect could not be tried")
	}
	return err
}

// vetMain is the program. It lies, for the compiler only, in a folder below the
// dialect's, so that it belongs to its module and may import it wherever it is.
const vetMain = `package main

import (
	"os"

	dialect %q

	"github.com/durokit/duro/core/engine/sqlstore"
	"github.com/durokit/duro/sqlgen/vet"
)

func main() {
	os.Exit(vet.Main(func(url string) (sqlstore.Store, error) {
		c, err := dialect.ParseURL(url)
		if err != nil {
			return sqlstore.Store{}, err
		}
		return c.Store(), nil
	}))
}
`

const vetFolder = "durogenvet"

func buildVet(ctx context.Context, dir, temp string) (program string, err error) {
	out, err := goCommand(ctx, dir, "list", "-f", "{{.ImportPath}}\n{{.Dir}}", ".")
	if err != nil {
		return "", err
	}
	path, folder, _ := strings.Cut(strings.TrimSpace(out), "\n")
	source, overlay := filepath.Join(temp, "main.go"), filepath.Join(temp, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(folder, vetFolder, "main.go"): source}})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(source, fmt.Appendf(nil, vetMain, path), 0o600); err != nil {
		return "", err
	}
	if err := os.WriteFile(overlay, replace, 0o600); err != nil {
		return "", err
	}
	program = filepath.Join(temp, vetFolder+".exe") // a suffix that one system needs and none minds
	_, err = goCommand(ctx, dir, "build", "-overlay", overlay, "-o", program, "./"+vetFolder)
	return program, err
}

// goCommand runs the go command in a folder.
func goCommand(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // the arguments are this package's
	cmd.Dir = dir
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s in %s: %w\n%s", args[0], dir, err, bytes.TrimSpace(complaint.Bytes()))
	}
	return string(out), nil
}
