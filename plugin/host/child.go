package host

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/durokit/duro/internal/pluginfile"
	"github.com/durokit/duro/plugin/address"
	"github.com/durokit/duro/plugin/wire"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// child is one run of a plugin's program, ready to be called.
type child struct {
	config  ChildConfig
	client  *goplugin.Client
	conn    *grpc.ClientConn
	process *process
	output  *output
	folder  string // of its socket
	about   *providerv1.DescribeResponse
}

// maxFolder is how long a folder's path may be for a socket in it to have a short
// enough one: go-plugin makes a folder and a file of some 40 characters in it.
const maxFolder = 60

// socketFolder makes a folder that nobody else may enter, with a short path.
func socketFolder() (string, error) {
	for _, base := range []string{os.Getenv("XDG_RUNTIME_DIR"), os.TempDir(), "/tmp"} {
		if base == "" || len(base) > maxFolder-len("/duro-0000000000") {
			continue
		}
		if folder, err := os.MkdirTemp(base, "duro-"); err == nil {
			return folder, nil
		}
	}
	return "", fmt.Errorf("no folder for sockets can be made in $XDG_RUNTIME_DIR, %s or /tmp; "+
		"its path may have %d bytes", os.TempDir(), maxFolder)
}

// start runs the program and waits until it can be called.
func start(ctx context.Context, c ChildConfig) (*child, error) {
	program, err := c.find()
	if err != nil {
		return nil, err
	}
	if c.verified != nil {
		c.verified()
	}
	folder, err := socketFolder()
	if err != nil {
		_ = program.file.Close()
		return nil, c.refuse("%v", err)
	}
	k := &child{config: c, folder: folder, output: newOutput(c.Log.With(slog.String("plugin", c.Name)))}
	k.client = goplugin.NewClient(k.settings(program))
	protocol, err := k.client.Client()
	if err != nil {
		k.kill()
		return nil, c.unavailable("could not be started: %s", k.why(err))
	}
	k.conn = protocol.(*goplugin.GRPCClient).Conn
	if err := k.introduce(ctx); err != nil {
		k.kill()
		return nil, err
	}
	return k, nil
}

// settings are what go-plugin wants to know.
func (k *child) settings(program *binary) *goplugin.ClientConfig {
	return &goplugin.ClientConfig{
		HandshakeConfig: goplugin.HandshakeConfig{MagicCookieKey: wire.CookieKey, MagicCookieValue: wire.Cookie},
		VersionedPlugins: map[int]goplugin.PluginSet{
			wire.ProtocolMajor: {wire.ServiceName: goplugin.NetRPCUnsupportedPlugin{}},
		},
		AllowedProtocols: []goplugin.Protocol{goplugin.ProtocolGRPC},
		AutoMTLS:         true,
		SkipHostEnv:      true,
		StartTimeout:     k.config.StartTimeout,
		UnixSocketConfig: &goplugin.UnixSocketConfig{TempDir: k.folder},
		Logger:           hclog.NewNullLogger(),
		SyncStdout:       k.output.stray("stdout"),
		SyncStderr:       k.output.stderr(),
		GRPCDialOptions:  address.DialOptions(),
		RunnerFunc: func(_ hclog.Logger, spec *exec.Cmd, _ string) (runner.Runner, error) {
			p, err := newProcess(k.config, program, k.folder, spec, k.output)
			if err != nil {
				return nil, err
			}
			k.process = p
			return p, nil
		},
	}
}

// introduce asks the child who it is: it must be what the configuration says.
func (k *child) introduce(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, k.config.StartTimeout)
	defer cancel()
	about, err := providerv1.NewPluginServiceClient(k.conn).Describe(ctx, &providerv1.DescribeRequest{})
	if err != nil {
		return k.config.unavailable("was started and does not say who it is: %s", k.why(err))
	}
	if about.GetName() != k.config.Name {
		return k.config.refuse("its program %s says that it is %s %s; configure the right one",
			k.process.Name(), about.GetName(), about.GetVersion())
	}
	if f, ok := pluginfile.Parse(k.process.Name()); ok && (f.Plugin != about.GetName() || f.Version != about.GetVersion()) {
		return k.config.refuse("its program %s says that it is %s %s; rename the file, or install the right one",
			k.process.Name(), about.GetName(), about.GetVersion())
	}
	k.about = about
	k.output.log.Store(k.config.Log.With(
		slog.String("plugin", k.config.Name), slog.String("version", about.GetVersion()), slog.String("pid", k.process.ID())))
	return nil
}

// why adds to an error how the process ended and what it said last.
func (k *child) why(err error) string {
	text := []string{strings.TrimSpace(err.Error())}
	if strings.Contains(text[0], "incompatible API version") { // of both sides, which it names
		text = append(text, "upgrade the older one of the two")
	}
	if k.process != nil {
		if how := k.process.how(); how != "" {
			text = append(text, how)
		}
	}
	if words := k.output.lastWords(); words != "" {
		text = append(text, "its last words: "+words)
	}
	return strings.Join(text, "; ")
}

// healthy asks the child whether it is well.
func (k *child) healthy(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, k.config.HealthEvery)
	defer cancel()
	_, err := providerv1.NewPluginServiceClient(k.conn).Describe(ctx, &providerv1.DescribeRequest{})
	return err == nil
}

// end closes the child's stores and ends it.
func (k *child) end() {
	ctx, cancel := context.WithTimeout(context.Background(), k.config.Grace)
	defer cancel()
	// A child that does not manage is killed all the same.
	_, _ = providerv1.NewPluginServiceClient(k.conn).Shutdown(ctx, &providerv1.ShutdownRequest{Grace: durationpb.New(k.config.Grace)})
	k.kill()
}

// kill ends the child, at once if need be, and removes what there is of it.
func (k *child) kill() {
	if k.process != nil && k.conn == nil {
		_ = k.process.Kill(context.Background()) // nobody could be asked to end
	}
	k.client.Kill()
	if k.process != nil {
		_ = k.process.Kill(context.Background())
		if k.process.cmd.Process != nil {
			<-k.process.exited
		}
	}
	if k.conn != nil {
		_ = k.conn.Close()
	}
	_ = os.RemoveAll(k.folder)
}
