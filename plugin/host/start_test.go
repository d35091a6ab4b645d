package host_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/host"
)

// copyProgram copies this program into a folder and returns its checksum.
func copyProgram(t *testing.T, to string) string {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	from, err := os.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = from.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	if _, err := io.Copy(io.MultiWriter(out, h), from); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// refused opens a child that must not be opened, and checks what is said about it.
func refused(t *testing.T, c host.ChildConfig, code core.Code, words ...string) {
	t.Helper()
	p, err := host.OpenChild(t.Context(), c)
	if err == nil {
		t.Error("it was opened", p.Close(t.Context()))
		return
	}
	if !errors.Is(err, code) {
		t.Errorf("the error is %v, want %v", err, code)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("the error does not speak of %q: %v", word, err)
		}
	}
}

func TestAProgramThatIsNoPluginIsRefused(t *testing.T) {
	t.Parallel()
	for act, words := range map[string][]string{
		"prints before":         {"Welcome to the plugin!"},
		"prints a lot before":   {"xxxxx"},
		"speaks something else": {"Plugin version: 7", "Client versions: [1]", "upgrade"},
		"panics":                {"exit status 2", "panic: there is no spoon"},
	} {
		t.Run(act, func(t *testing.T) {
			t.Parallel()
			refused(t, child(t, act), core.ErrUnavailable, append(words, "the plugin test")...)
		})
	}
}

func TestAProgramOfAnotherNameIsRefused(t *testing.T) {
	t.Parallel()
	refused(t, child(t, "named otherwise"), core.ErrInvalidArgument, "says that it is other 1.2.3")
}

func TestAPluginThatIsNotReadyInTimeIsEnded(t *testing.T) {
	t.Parallel()
	c := child(t, "says nothing")
	c.StartTimeout = 300 * time.Millisecond
	refused(t, c, core.ErrUnavailable, "timeout")
}

func TestAPluginMayStartSlowly(t *testing.T) {
	t.Parallel()
	open(t, child(t, "starts slowly"))
}

func TestProgramsAreLookedAtBeforeTheyRun(t *testing.T) {
	t.Parallel()
	folder, outside := t.TempDir(), t.TempDir()
	sum := copyProgram(t, filepath.Join(folder, "good"))
	copyProgram(t, filepath.Join(outside, "elsewhere"))
	copyProgram(t, filepath.Join(folder, "writable"))
	err := errors.Join(
		os.Symlink(filepath.Join(outside, "elsewhere"), filepath.Join(folder, "link")),
		os.WriteFile(filepath.Join(folder, "text"), []byte("no program"), 0o600),
		os.Mkdir(filepath.Join(folder, "folder"), 0o700),
		os.Chmod(filepath.Join(folder, "writable"), 0o777),
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change func(*host.ChildConfig)
		words  []string
	}{
		{"missing", func(c *host.ChildConfig) { c.Command = "nothing" }, []string{"there is no program"}},
		{"outside", func(c *host.ChildConfig) { c.Command = filepath.Join(outside, "elsewhere") }, []string{"not in the folder of plugins"}},
		{"by a way out", func(c *host.ChildConfig) { c.Command = "../" + filepath.Base(outside) + "/elsewhere" }, []string{"not in the folder"}},
		{"by a link", func(c *host.ChildConfig) { c.Command = "link" }, []string{"not in the folder of plugins"}},
		{"a folder", func(c *host.ChildConfig) { c.Command = "folder" }, []string{"is no program"}},
		{"not executable", func(c *host.ChildConfig) { c.Command = "text" }, []string{"chmod +x"}},
		{"for all to write", func(c *host.ChildConfig) { c.Command = "writable" }, []string{"chmod go-w"}},
		{"without a checksum", func(c *host.ChildConfig) { c.Unverified = false }, []string{"has no checksum", "sha256: " + sum}},
		{"another checksum", func(c *host.ChildConfig) { c.SHA256 = strings.Repeat("0", 64) }, []string{sum, strings.Repeat("0", 64), "replaced"}},
		{"no checksum at all", func(c *host.ChildConfig) { c.SHA256 = "good" }, []string{"64 hexadecimal digits"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			config := child(t, "")
			config.Folder, config.Command = folder, "good"
			c.change(&config)
			refused(t, config, core.ErrInvalidArgument, c.words...)
		})
	}
	t.Run("a line of a file of checksums", func(t *testing.T) {
		t.Parallel()
		config := child(t, "well")
		config.Folder, config.Command, config.Unverified = folder, "good", false
		config.SHA256 = strings.ToUpper(sum) + "  good"
		open(t, config)
	})
}

// What runs is what was verified, whatever has its name when it is started.
func TestAProgramThatWasSwappedDoesNotRun(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	c := child(t, "well")
	c.Folder, c.Command, c.Unverified = folder, "plugin", false
	c.SHA256 = copyProgram(t, filepath.Join(folder, "plugin"))
	c.AfterVerification(func() {
		swap := filepath.Join(folder, "swap")
		err := errors.Join(
			os.WriteFile(swap, []byte("#!/bin/sh\necho swapped >&2\n"), 0o700),
			os.Rename(swap, filepath.Join(folder, "plugin")),
		)
		if err != nil {
			t.Error(err)
		}
	})
	p := open(t, c)
	processOf(t, p)
}

func TestAPluginGetsOnlyTheEnvironmentItIsGiven(t *testing.T) {
	t.Setenv("DURO_TEST_SECRET", "s3cret")
	c := child(t, "well")
	p := open(t, c)
	for name, want := range map[string]string{"DURO_TEST_SECRET": "", "DURO_TEST_NAME": t.Name(), "PATH": os.Getenv("PATH")} {
		got, _, err := p.GetKVValue(t.Context(), "environment", name)
		if err != nil || got != want {
			t.Errorf("%s is %q in the plugin, want %q (%v)", name, got, want, err)
		}
	}
}

// Whatever a plugin prints does no more harm than to be logged.
func TestRavingIsOnlyLogged(t *testing.T) {
	t.Parallel()
	log := &records{}
	c := child(t, "raves")
	c.Log = slog.New(log)
	p := open(t, c)
	processOf(t, p)
	if !log.has(slog.LevelWarn, "a warning") {
		t.Error("the warning in the plugin's output was not logged as one")
	}
	if log.count() > 3000 {
		t.Errorf("%d records were logged: the rate is not limited", log.count())
	}
	if longest := log.longest(); longest > 17<<10 {
		t.Errorf("a record of %d bytes was logged", longest)
	}
}

func TestOutputOfARunningPluginIsLogged(t *testing.T) {
	t.Parallel()
	log := &records{}
	c := child(t, "well")
	c.Log = slog.New(log)
	p := open(t, c)
	if _, err := p.Read(t.Context(), "print"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the output is logged", func() bool {
		return log.has(slog.LevelWarn, "printed to the standard output") &&
			log.has(slog.LevelDebug, "printed to the standard error") && log.has(slog.LevelWarn, "logged")
	})
}
