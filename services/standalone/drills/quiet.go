package main

import (
	"context"
	"errors"
	"io"
	"log/slog"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	registrypb "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/internal/telemetry"
	"github.com/rasoat/rasoat/services/standalone/actors"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/node"
	"google.golang.org/grpc"
)

// quietly hands the nation in to one process in which nothing breaks, and gives the content digest of the records that stand in the end.
func quietly(ctx context.Context, sample *demo.Sample, dir string) (content string, err error) {
	n, err := startNode(ctx, sample, dir)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, n.stop(ctx)) }()
	client := intakepb.NewIntakeServiceClient(n.client)
	for _, p := range shareOut(sample, 1) {
		for _, b := range p.batches {
			if _, err := client.Submit(ctx, &intakepb.SubmitRequest{Submission: b}); err != nil {
				return "", err
			}
		}
	}
	if err := node.Settle(ctx, n.Log(), sample.Drive); err != nil {
		return "", err
	}
	records, err := held(ctx, n.Log())
	return records.Content, err
}

// alone is the whole system in this process.
type alone struct {
	*node.Node
	client    *grpc.ClientConn
	registry  *grpc.ClientConn
	telemetry *telemetry.Telemetry
}

// startNode starts it in a folder. Stop must follow.
func startNode(ctx context.Context, sample *demo.Sample, dir string) (*alone, error) {
	tele, err := telemetry.Start(ctx, telemetry.Config{LogWriter: io.Discard, LogLevel: slog.LevelError})
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
	n, err := node.Start(ctx, node.Config{
		Dir: dir, GRPCListen: "127.0.0.1:0", HTTPListen: "127.0.0.1:0", NATSPort: -1,
		Drive: sample.Drive, Key: sample.Key, Registry: registrypb.NewRegistryServiceClient(registry), Telemetry: tele,
		Access: who.Verifier, Token: who.Service(),
	})
	if err != nil {
		return nil, errors.Join(err, registry.Close())
	}
	client, err := who.Dial(n.GRPCAddr())
	if err != nil {
		return nil, errors.Join(err, n.Stop(), registry.Close())
	}
	return &alone{n, client, registry, tele}, nil
}

func (a *alone) stop(ctx context.Context) error {
	return errors.Join(a.client.Close(), a.Stop(), a.registry.Close(), a.telemetry.Shutdown(context.WithoutCancel(ctx)))
}
