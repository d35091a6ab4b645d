package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// terminal makes a pseudo-terminal: what is written to tty can be read from screen.
func terminal(t *testing.T) (screen, tty *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() { _ = screen.Close() }) // what it showed has been read
	err = unix.IoctlSetPointerInt(int(screen.Fd()), unix.TIOCSPTLCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(screen.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return screen, tty
}

func TestStressDrawsABarOnATerminal(t *testing.T) {
	t.Parallel()
	screen, tty := terminal(t)
	cmd := exec.CommandContext(t.Context(), "duro", "stress", "--backend", tempStore(t), "--duration", "2500ms",
		"--delay", "1ms", "--ceiling=false")
	var report strings.Builder
	cmd.Stdout, cmd.Stderr = &report, tty
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = tty.Close()                // the command has its own
	shown, _ := io.ReadAll(screen) // ends with an error when nobody holds the terminal any more
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v: %s", err, shown)
	}
	want := regexp.MustCompile(`(?s)^run \w+; if it is cut off: duro stress --resume .* 1s \d+ done, 20 in flight, 0 failed +[1-9]\d% \|█`)
	if !want.Match(bytes.ReplaceAll(shown, []byte("\r"), []byte(" "))) {
		t.Errorf("the terminal shows no %s: %q", want, shown)
	}
	if strings.Contains(report.String(), "█") || !strings.Contains(report.String(), "all as they should be") {
		t.Errorf("the report: %s", report.String())
	}
}
