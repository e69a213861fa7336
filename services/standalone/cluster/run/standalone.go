package main

import (
	"context"
	"errors"
	"io"
	"log/slog"

	registrypb "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/internal/telemetry"
	"github.com/rasoat/rasoat/services/standalone/actors"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/node"
)

// standalone plays the sample in one process.
func standalone(ctx context.Context, sample *demo.Sample, dir string) (r *demo.Report, err error) {
	tele, err := telemetry.Start(ctx, telemetry.Config{LogWriter: io.Discard, LogLevel: slog.LevelWarn})
	if err != nil {
		return nil, err
	}
	who, err := actors.In(dir)
	if err != nil {
		return nil, err
	}
	address, err := sample.ServeRegistry(ctx, "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	registry, err := rpc.Dial(address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = registry.Close() }()
	n, err := node.Start(ctx, node.Config{
		Dir: dir, GRPCListen: "127.0.0.1:0", HTTPListen: "127.0.0.1:0", NATSPort: -1,
		Drive: sample.Drive, Key: sample.Key, Registry: registrypb.NewRegistryServiceClient(registry), Telemetry: tele,
		Access: who.Verifier, Token: who.Service(),
	})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, n.Stop(), tele.Shutdown(context.WithoutCancel(ctx))) }()
	conn, err := who.Dial(n.GRPCAddr())
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	return sample.Run(ctx, demo.System{Doors: conn, Broker: n.Conn(), Log: n.Log()}, dir, nil)
}
