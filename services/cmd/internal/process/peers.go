package process

import (
	"context"
	"fmt"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"
)

// Dial makes a connection to the service whose address is the setting of this name; nil when there is none. It does not wait for it. While it is
// away, or while one of the checks fails, this service is degraded. It fails with Invalid and names the setting.
func (p *Parts) Dial(setting string, with []grpc.DialOption, checks ...func(context.Context) error) (*grpc.ClientConn, error) {
	addr := p.settings.addresses[setting]
	if addr == nil {
		return nil, fault.Internalf("process.dial", "%s has no setting %s", p.settings.Program, setting)
	}
	if *addr == "" {
		return nil, nil
	}
	conn, err := rpc.Dial(*addr, with...)
	if err != nil {
		return nil, p.settings.Wrong(setting, err)
	}
	p.closers = append(p.closers, conn.Close)
	p.needs = append(p.needs, rpc.Need{On: setting, Soft: true, Check: func(ctx context.Context) error {
		if err := connected(ctx, conn, *addr); err != nil {
			return err
		}
		for _, check := range checks {
			if err := check(ctx); err != nil {
				return err
			}
		}
		return nil
	}})
	return conn, nil
}

// connected says that nobody answers at the address, or nil.
func connected(ctx context.Context, conn *grpc.ClientConn, addr string) error {
	for {
		state := conn.GetState()
		if state == connectivity.Ready {
			return nil
		}
		conn.Connect()
		if state == connectivity.TransientFailure || state == connectivity.Shutdown || !conn.WaitForStateChange(ctx, state) {
			return fault.New(fault.Unavailable, "process.peer", "Không có dịch vụ nào trả lời ở "+addr+".", fmt.Sprintf("nobody answers at %s", addr))
		}
	}
}
