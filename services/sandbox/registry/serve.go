package registry

import (
	"context"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
)

// drain is how long calls may take to end when the server stops.
const drain = 5 * time.Second

// Serve serves the registry on a listener, with grpc.health.v1 beside it, until ctx ends. It closes the listener.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	g := grpc.NewServer()
	s.Register(g)
	grpc_health_v1.RegisterHealthServer(g, health.NewServer())
	served := make(chan error, 1)
	go func() { served <- g.Serve(l) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	hard := time.AfterFunc(drain, g.Stop)
	defer hard.Stop()
	g.GracefulStop()
	return <-served
}
