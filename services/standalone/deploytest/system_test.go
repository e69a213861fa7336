package deploytest

import (
	"context"
	"io"
	"testing"

	registrypb "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/internal/telemetry"
	"github.com/rasoat/rasoat/services/standalone/actors"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/node"
	"google.golang.org/grpc"
)

// running is a node with every service on a sample of 60 pupils.
type running struct {
	*node.Node
	sample *demo.Sample
	who    *actors.Actors
	dir    string
}

func system(t *testing.T) *running {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	tele, err := telemetry.Start(ctx, telemetry.Config{LogWriter: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tele.Shutdown(ctx) })
	s := &running{sample: demo.NewSample(6, 60, -1), dir: t.TempDir()}
	if s.who, err = actors.In(s.dir); err != nil {
		t.Fatal(err)
	}
	serving, stop := context.WithCancel(ctx)
	t.Cleanup(stop)
	at, err := s.sample.ServeRegistry(serving, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	registry, err := rpc.Dial(at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = registry.Close() })
	s.sample.Drive.Asking.PerDay = 100000 // so that there is a budget to show
	s.Node, err = node.Start(ctx, node.Config{
		Dir: s.dir, GRPCListen: "127.0.0.1:0", HTTPListen: "127.0.0.1:0", NATSHost: "127.0.0.1", NATSPort: -1,
		Drive: s.sample.Drive, Key: s.sample.Key, Registry: registrypb.NewRegistryServiceClient(registry), Telemetry: tele,
		Access: s.who.Verifier, Token: s.who.Service(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return s
}

// doors is a connection to every service, with the tokens of those who may call.
func (s *running) doors(t *testing.T) *grpc.ClientConn {
	t.Helper()
	conn, err := s.who.Dial(s.GRPCAddr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}
