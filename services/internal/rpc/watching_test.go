package rpc

import (
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/grpc/health/grpc_health_v1"
)

// TestStopEndsWatches: a call that has no end of its own is told to connect again, and stopping does not wait for it.
func TestStopEndsWatches(t *testing.T) {
	srv := start(t, &stub{})
	conn, err := Dial(srv.GRPCAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	watch, err := grpc_health_v1.NewHealthClient(conn).Watch(eventually.Context(t), &grpc_health_v1.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := watch.Recv(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := srv.stop(t); err != nil {
		t.Errorf("stop: %v", err)
	}
	if took := time.Since(began); took >= srv.cfg.Drain {
		t.Errorf("stopping waited %s for the watch", took)
	}
	for err == nil {
		_, err = watch.Recv()
	}
	if !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v, want unavailable", err)
	}
}
