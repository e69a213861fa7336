package rpc

import (
	"errors"

	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/grpc/codes"
)

var codeOf = map[fault.Kind]codes.Code{
	fault.Invalid:         codes.InvalidArgument,
	fault.NotFound:        codes.NotFound,
	fault.Conflict:        codes.AlreadyExists,
	fault.Unauthenticated: codes.Unauthenticated,
	fault.Denied:          codes.PermissionDenied,
	fault.Unavailable:     codes.Unavailable,
	fault.Internal:        codes.Internal,
}

// kindOf reads the code of a status that is not ours: a registry's, a proxy's, the library's own.
func kindOf(code codes.Code) fault.Kind {
	switch code {
	case codes.InvalidArgument, codes.OutOfRange:
		return fault.Invalid
	case codes.NotFound, codes.Unimplemented:
		return fault.NotFound
	case codes.AlreadyExists:
		return fault.Conflict
	case codes.Unauthenticated:
		return fault.Unauthenticated
	case codes.PermissionDenied, codes.FailedPrecondition:
		return fault.Denied
	case codes.Unavailable, codes.ResourceExhausted, codes.Aborted, codes.Canceled, codes.DeadlineExceeded:
		return fault.Unavailable
	}
	return fault.Internal
}

// notOffered is said of a service that a process does not run.
var notOffered = fault.Text{
	Vi: "Hệ thống ở địa chỉ này không có dịch vụ đó: hệ thống đang chờ khôi phục (rasoat-standalone up --hold), " +
		"là phiên bản khác, hoặc --server thiếu địa chỉ của dịch vụ. Xem: rasoat doctor",
	En: "The program at this address does not run that service: it waits for a restore (rasoat-standalone up --hold), " +
		"is another version, or --server lacks the address of the service. See: rasoat doctor",
}

// ErrNotGRPC marks the error of a call to an address where something else than gRPC answers.
var ErrNotGRPC = errors.New("what answers is no gRPC server")

var notGRPC = fault.Text{
	Vi: "Chương trình trả lời ở địa chỉ này không nói gRPC (có lẽ là cổng của REST hoặc NATS); kiểm tra địa chỉ và cổng của dịch vụ (--server)",
	En: "What answers at this address does not speak gRPC (it may be the port of REST or NATS): check the address and the port of the services (--server)",
}

// sentences stand in where a fault has no sentence of its own.
var sentences = map[fault.Kind]fault.Text{
	fault.Invalid: {
		Vi: "Yêu cầu không hợp lệ; xem từng lỗi, sửa rồi gửi lại",
		En: "The request is not valid; see each problem, mend it and send again",
	},
	fault.NotFound: {
		Vi: "Không tìm thấy; kiểm tra lại mã đã gửi",
		En: "There is no such thing; check the codes that were sent",
	},
	fault.Conflict: {
		Vi: "Điều đang có khác với điều mà lệnh này giả định; xem lại rồi quyết định",
		En: "What stands is not what this call supposes; look at it again, then decide",
	},
	fault.Unauthenticated: {
		Vi: "Chưa biết ai đang gọi; gửi kèm mã truy cập (token) còn hiệu lực",
		En: "Nobody knows who calls; send a token that is good",
	},
	fault.Denied: {
		Vi: "Không được phép, hoặc đã quá hạn",
		En: "This is not allowed, or it is too late",
	},
	fault.Unavailable: {
		Vi: "Dịch vụ tạm thời không sẵn sàng; gửi lại sau ít phút",
		En: "The service is not available for the moment; send again in a few minutes",
	},
	fault.Internal: {
		Vi: "Lỗi nội bộ của hệ thống; đã được ghi lại, không phải do dữ liệu gửi lên",
		En: "An internal error; it has been logged and is not the fault of what was sent",
	},
}

// maxBytes is the greatest message and the greatest body of a REST request.
const maxBytes = 8 << 20

// RuleTooLarge is the rule of the one field of the fault for a message beyond the limit.
const RuleTooLarge = "request.too_large"

func tooLarge() *fault.Error {
	f := fault.Field{
		Rule: RuleTooLarge,
		Text: fault.Text{Vi: "Yêu cầu lớn hơn 8 MB", En: "The request is larger than 8 MB"},
		Remedy: fault.Text{
			Vi: "Chia thành các lô nhỏ hơn rồi gửi lại",
			En: "Split it into smaller batches and send again",
		},
	}
	return &fault.Error{Kind: fault.Invalid, Op: "rpc", Text: f.Text, Fields: []fault.Field{f}}
}
