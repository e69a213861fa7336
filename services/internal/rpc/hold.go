package rpc

import (
	"net/http"

	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/grpc"
)

// held is the answer to everybody but operators while the server is on hold. Its kind is Unavailable: the services come
// back, and what a portal could not submit until then is submitted again.
func held() *fault.Error {
	return fault.New(fault.Unavailable, "rpc.hold",
		"Máy chủ đang chờ khôi phục dữ liệu (--hold): chưa dịch vụ nào chạy, chỉ trả lời người vận hành. Thử lại khi máy chủ đã chạy bình thường.",
		"the server is on hold for a restore (--hold): no service runs, and only operators are answered. Try again when it runs as usual")
}

// unknown is the option that lets calls of services that do not run reach admit, which answers them: the library
// would say that there is no such service.
func (r *readiness) unknown() []grpc.ServerOption {
	if !r.onHold {
		return nil
	}
	return []grpc.ServerOption{grpc.UnknownServiceHandler(func(any, grpc.ServerStream) error { return held() })}
}

// serveHeld answers every REST request while the server is on hold.
func serveHeld(w http.ResponseWriter, _ *http.Request) {
	writeFault(w, http.StatusServiceUnavailable, held())
}
