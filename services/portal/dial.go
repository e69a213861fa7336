package portal

import (
	"time"

	"github.com/rasoat/rasoat/services/internal/rpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
)

// Dial makes a connection for a Client, or any other client of the services. It does not wait for the server, and tries
// a server that is away every few seconds, where gRPC by itself would come to wait two minutes.
func Dial(addr string, extra ...grpc.DialOption) (*grpc.ClientConn, error) {
	return rpc.Dial(addr, append([]grpc.DialOption{grpc.WithConnectParams(grpc.ConnectParams{
		Backoff:           backoff.Config{BaseDelay: 200 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 3 * time.Second},
		MinConnectTimeout: 5 * time.Second,
	})}, extra...)...)
}
