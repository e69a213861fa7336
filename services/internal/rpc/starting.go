package rpc

import (
	"context"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/grpc"
)

// Calls that are answered while the server is being prepared: probes, reflection, and the operator's, who looks why and mends.
var early = []string{"/grpc.", "/rasoat.operator."}

// admit fails with Unavailable for a call that comes before the server is prepared, or while it is on hold.
func (r *readiness) admit(method string) error {
	r.mu.Lock()
	starting := r.starting
	r.mu.Unlock()
	if !starting && !r.onHold {
		return nil
	}
	for _, prefix := range early {
		if strings.HasPrefix(method, prefix) {
			return nil
		}
	}
	if r.onHold {
		return held()
	}
	hard, _ := r.waiting()
	var on []string
	for _, w := range hard {
		on = append(on, w.On)
	}
	return fault.New(fault.Unavailable, "rpc.start",
		"Dịch vụ đang khởi động, hãy thử lại. Đang chờ: "+strings.Join(on, ", ")+".",
		"the service is starting, try again; it waits for: "+strings.Join(on, ", "))
}

func (r *readiness) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if err := r.admit(info.FullMethod); err != nil {
		return nil, err
	}
	return next(ctx, req)
}

func (r *readiness) stream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	if err := r.admit(info.FullMethod); err != nil {
		return err
	}
	return next(srv, ss)
}
