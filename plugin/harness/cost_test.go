package harness_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/remote"
	"github.com/durokit/duro/plugin/server"
)

type nothing struct{ core.Unsupported }

func (nothing) Name() string                { return "nothing" }
func (nothing) Version() string             { return "0.0.0" }
func (nothing) Close(context.Context) error { return nil }
func (nothing) AckWorkItem(context.Context, string, *core.WorkItem) error {
	return nil
}

func cpu() time.Duration {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func BenchmarkCall(b *testing.B) {
	dir, _ := os.MkdirTemp("", "duro")
	defer os.RemoveAll(dir)
	socket := filepath.Join(dir, "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		b.Fatal(err)
	}
	s := server.New(server.Options{Open: func(context.Context, []byte) (core.Provider, error) { return nothing{}, nil }})
	g := grpc.NewServer(s.GRPCOptions()...)
	s.Register(g)
	go func() { _ = g.Serve(server.Listen(listener)) }()
	defer g.Stop()
	conn, err := grpc.NewClient("unix:"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	p, err := remote.Open(b.Context(), remote.Options{Where: "x", Connect: func(context.Context) (grpc.ClientConnInterface, error) { return conn, nil }})
	if err != nil {
		b.Fatal(err)
	}
	ctx := context.Background()
	b.Run("alone", func(b *testing.B) {
		b.ReportAllocs()
		c := cpu()
		for b.Loop() {
			_ = p.AckWorkItem(ctx, "token", nil)
		}
		b.ReportMetric(float64((cpu()-c).Nanoseconds())/float64(b.N)/1000, "cpu-µs/op")
	})
	b.Run("many", func(b *testing.B) {
		b.SetParallelism(32)
		c := cpu()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				_ = p.AckWorkItem(ctx, "token", nil)
			}
		})
		b.ReportMetric(float64((cpu()-c).Nanoseconds())/float64(b.N)/1000, "cpu-µs/op")
	})
}
