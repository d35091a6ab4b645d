package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/go-plugin/runner"

	"github.com/durokit/duro/plugin/wire"
)

// pipesWithin is how long a process that has ended may keep its output open through
// processes of its own.
const pipesWithin = 2 * time.Second

// process is a child's process. It implements go-plugin's runner, so that the process
// has a group of its own, a lifeline, only the environment it is given, and output that
// can do the host no harm.
type process struct {
	cmd      *exec.Cmd
	program  *binary
	lifeline *os.File       // its other end is the child's; closed, the child ends
	hello    *io.PipeReader // the first line of the standard output
	guard    *guard
	exited   chan struct{} // closed when the process has ended
	err      error         // how, after exited
}

var _ runner.Runner = (*process)(nil)

// newProcess prepares a process. spec is what go-plugin wants in its environment.
func newProcess(c ChildConfig, program *binary, folder string, spec *exec.Cmd, out *output) (*process, error) {
	inside, outside, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make the child's lifeline: %w", err)
	}
	hello, helloWriter := io.Pipe()
	p := &process{
		program: program, lifeline: outside, hello: hello, exited: make(chan struct{}),
		guard: &guard{hello: helloWriter, rest: out.stray("stdout")},
	}
	const firstExtra = 3                         // after the standard ones
	cmd := exec.Command(program.path, c.Args...) //nolint:gosec,noctx // it runs what is configured, and as long as the supervisor wants
	cmd.Env = append(append(c.environment(), spec.Env...),
		wire.LifelineKey+"="+strconv.Itoa(firstExtra), wire.FolderKey+"="+folder, wire.LogLevelKey+"="+out.level())
	cmd.ExtraFiles = []*os.File{inside}
	if c.SHA256 != "" && canRunDescriptors() {
		cmd.ExtraFiles = append(cmd.ExtraFiles, program.file)
		cmd.Path = "/proc/self/fd/" + strconv.Itoa(firstExtra+1) // what was verified, whatever has the name by now
	}
	cmd.Stdout, cmd.Stderr = p.guard, out.stderr()
	cmd.WaitDelay = pipesWithin
	ownGroup(cmd)
	p.cmd = cmd
	return p, nil
}

// canRunDescriptors reports whether an open file can be run without its name.
func canRunDescriptors() bool {
	_, err := os.Stat("/proc/self/fd")
	return runtime.GOOS == "linux" && err == nil
}

// Start implements runner.Runner.
func (p *process) Start(context.Context) error {
	err := p.cmd.Start()
	inside := p.cmd.ExtraFiles[0]
	err = errors.Join(err, inside.Close(), p.program.file.Close())
	if err != nil {
		p.err = err
		_ = p.lifeline.Close()
		close(p.exited)
		return err
	}
	go p.wait()
	return nil
}

func (p *process) wait() {
	err := p.cmd.Wait()
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil // a process of its own has its output still; killing the group ends it
	}
	killGroup(p.cmd.Process.Pid)
	p.err = err
	_ = p.lifeline.Close()
	_ = p.guard.hello.Close()
	close(p.exited)
}

// Wait implements runner.Runner.
func (p *process) Wait(ctx context.Context) error {
	select {
	case <-p.exited:
		return p.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Kill implements runner.Runner. It ends the whole group.
func (p *process) Kill(context.Context) error {
	select {
	case <-p.exited:
		return nil // its id may be somebody else's by now
	default:
	}
	if p.cmd.Process != nil {
		killGroup(p.cmd.Process.Pid)
		_ = p.cmd.Process.Kill() // where there are no groups
	}
	return nil
}

// how says how the process ended, "" while it runs.
func (p *process) how() string {
	select {
	case <-p.exited:
	default:
		return ""
	}
	if p.cmd.ProcessState == nil {
		return fmt.Sprint("could not be started: ", p.err)
	}
	return "exited: " + p.cmd.ProcessState.String()
}

// Stdout implements runner.Runner.
func (p *process) Stdout() io.ReadCloser { return p.hello }

// Stderr implements runner.Runner: the host reads that itself.
func (p *process) Stderr() io.ReadCloser { return io.NopCloser(strings.NewReader("")) }

// Diagnose implements runner.Runner.
func (p *process) Diagnose(context.Context) string { return "" }

// Name implements runner.Runner.
func (p *process) Name() string { return p.program.path }

// ID implements runner.Runner.
func (p *process) ID() string {
	if p.cmd.Process == nil {
		return ""
	}
	return strconv.Itoa(p.cmd.Process.Pid)
}

// PluginToHost implements runner.Runner: both are on one machine.
func (p *process) PluginToHost(network, address string) (hostNetwork, hostAddress string, err error) {
	return network, address, nil
}

// HostToPlugin implements runner.Runner.
func (p *process) HostToPlugin(network, address string) (pluginNetwork, pluginAddress string, err error) {
	return network, address, nil
}
