package rpc

import (
	"context"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/grpc"
)

// watches are the calls that have no end of their own, whose methods are named Watch…: they end when the server begins to stop, so that
// draining does not wait for them.
type watches struct {
	open context.Context // ends when the server begins to stop
	end  context.CancelFunc
}

func newWatches() watches {
	ctx, cancel := context.WithCancel(context.Background())
	return watches{ctx, cancel}
}

func (w watches) stream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	if !strings.HasPrefix(info.FullMethod[strings.LastIndexByte(info.FullMethod, '/')+1:], "Watch") {
		return next(srv, ss)
	}
	ctx, cancel := context.WithCancel(ss.Context())
	defer cancel()
	defer context.AfterFunc(w.open, cancel)()
	err := next(srv, watchStream{ss, ctx})
	if w.open.Err() != nil && ss.Context().Err() == nil {
		return fault.New(fault.Unavailable, "rpc.watch", "Dịch vụ đang dừng; hãy nối lại từ vị trí cuối.", "the service is stopping: connect again and go on at the last place")
	}
	return err
}

// watchStream is a stream with a context that ends earlier.
type watchStream struct {
	grpc.ServerStream
	ctx context.Context
}

func (s watchStream) Context() context.Context { return s.ctx }
