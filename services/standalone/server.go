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
	"github.com/rasoat/rasoat/services/standalone/node"
)

// server is a running node with what it was started with.
type server struct {
	*node.Node
	telemetry *telemetry.Telemetry
	who       *actors.Actors // of the key in the data folder
	drive     string
	registry  string // address of the population registry
}

// start starts a node on the data folder, which this process has claimed. quiet is where the log goes when a person
// looks at something else meanwhile, and then only what needs attention is logged; nil for the log of a server.
func (s *settings) start(ctx context.Context, cfg node.Config, registry string, quiet io.Writer) (*server, error) {
	t, err := startTelemetry(ctx, quiet)
	if err != nil {
		return nil, err
	}
	who, err := actors.In(s.data)
	if err != nil {
		return nil, err
	}
	conn, err := rpc.Dial(registry)
	if err != nil {
		return nil, err
	}
	cfg.Waits = s.waits
	cfg.Dir, cfg.GRPCListen, cfg.HTTPListen, cfg.NATSHost, cfg.NATSPort = s.data, s.grpc, s.http, s.nats, s.natsPort
	cfg.Telemetry, cfg.Access, cfg.Token = t, who.Verifier, who.Service()
	cfg.Registry = registrypb.NewRegistryServiceClient(conn)
	n, err := node.Start(ctx, cfg)
	if err != nil {
		return nil, errors.Join(err, t.Shutdown(ctx))
	}
	return &server{n, t, who, cfg.Drive.ID, registry}, nil
}

func startTelemetry(ctx context.Context, quiet io.Writer) (*telemetry.Telemetry, error) {
	cfg, err := telemetry.ConfigFromEnv("rasoat", "")
	if err != nil {
		return nil, err
	}
	if quiet != nil {
		cfg.LogWriter = quiet
		if cfg.LogLevel == nil {
			cfg.LogLevel = slog.LevelWarn
		}
	}
	return telemetry.Start(ctx, cfg)
}

// wait waits until ctx ends or the services end by themselves.
func (s *server) wait(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-s.Done():
	}
}

// stop drains the services and closes everything.
func (s *server) stop(ctx context.Context) error {
	return errors.Join(s.Stop(), s.telemetry.Shutdown(context.WithoutCancel(ctx)))
}
