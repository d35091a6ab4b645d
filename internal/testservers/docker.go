package testservers

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// engineTimeout bounds the question whether a Docker engine is there.
const engineTimeout = 10 * time.Second

// fromDocker starts the kind's official image.
//
// The supervised process is the attached client: it passes the stop signal on to
// the server, and --rm removes the container with it.
func fromDocker(ctx context.Context, f *finder, kind Kind) (Server, error) {
	asking, cancel := context.WithTimeout(ctx, engineTimeout)
	defer cancel()
	err := exec.CommandContext(asking, "docker", "version", "--format", "{{.Server.Version}}").Run()
	if err != nil {
		return Server{}, fmt.Errorf("no Docker engine answers (%w): %w", err, errNone)
	}
	if exec.CommandContext(ctx, "docker", "image", "inspect", kind.Image).Run() != nil {
		f.sayf("%s: pulling the image %s", kind.Title, kind.Image)
		out, err := exec.CommandContext(ctx, "docker", "pull", "--quiet", kind.Image).CombinedOutput()
		if err != nil {
			return Server{}, fmt.Errorf("pull %s: %w: %s: %w", kind.Image, err, tail(out), errNone)
		}
	}
	srv, err := f.start(ctx, kind, func(in Instance) Launch {
		ports := fmt.Sprintf("127.0.0.1:%d:%d", in.Port, kind.ImagePort)
		argv := []string{"docker", "run", "--rm", "--publish", ports}
		env := kind.ImageEnv(in)
		for _, variable := range env {
			name, _, _ := strings.Cut(variable, "=") // the value is not for the list of processes
			argv = append(argv, "--env", name)
		}
		return Launch{Argv: append(argv, kind.Image), Env: env, AsCaller: true}
	})
	srv.Source = "the image " + kind.Image
	return srv, err
}
