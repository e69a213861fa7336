package run

import (
	"errors"
	"fmt"
	"net"
	"syscall"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Listen listens on a TCP address that the setting of a name holds, such as "grpc-listen". It fails with Unavailable
// when another program has the address, and with Invalid when the address cannot be one of this machine.
func Listen(setting, address string) (net.Listener, error) {
	const op = "run.listen"
	l, err := net.Listen("tcp", address)
	switch {
	case err == nil:
		return l, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, &fault.Error{Kind: fault.Unavailable, Op: op, Err: err, Text: fault.Text{
			Vi: fmt.Sprintf("Địa chỉ %s đang do chương trình khác dùng: kết thúc chương trình đó, hoặc chọn địa chỉ khác bằng --%s.", address, setting),
			En: fmt.Sprintf("the address %s is in use by another program: end that program, or choose another address with --%s", address, setting),
		}}
	}
	return nil, &fault.Error{Kind: fault.Invalid, Op: op, Err: err, Text: fault.Text{
		Vi: fmt.Sprintf("Không mở được địa chỉ %s: chọn địa chỉ khác của máy này bằng --%s.", address, setting),
		En: fmt.Sprintf("the address %s cannot be opened: choose another address of this machine with --%s", address, setting),
	}}
}
