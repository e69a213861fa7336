package rpc

import (
	"context"
	"net"
	"sync/atomic"
	"testing"

	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// copyOf is a copy of a service that answers every call and counts them.
type copyOf struct {
	*grpc.Server
	addr  string
	calls atomic.Int64
}

func startCopy(t *testing.T) *copyOf {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &copyOf{addr: l.Addr().String()}
	c.Server = grpc.NewServer(grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error {
		c.calls.Add(1)
		if err := stream.RecvMsg(&emptypb.Empty{}); err != nil {
			return err
		}
		return stream.SendMsg(&emptypb.Empty{})
	}))
	go func() { _ = c.Serve(l) }()
	t.Cleanup(c.Stop)
	return c
}

const (
	submit   = "/rasoat.intake.v1.IntakeService/Submit"
	approve  = "/rasoat.reporting.v1.ApprovalService/Approve"
	check    = "/rasoat.validation.v1.ValidationService/Check"
	diagnose = "/rasoat.operator.v1.DiagnosisService/Diagnose"
)

func TestServicesApart(t *testing.T) {
	a, b, r := startCopy(t), startCopy(t), startCopy(t)
	conn, err := Dial("intake=" + a.addr + "|" + b.addr + ",reporting=" + r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ctx := eventually.Context(t)
	call := func(ctx context.Context, method string, times int) {
		t.Helper()
		for range times {
			if err := conn.Invoke(ctx, method, &emptypb.Empty{}, &emptypb.Empty{}); err != nil {
				t.Fatalf("%s: %v", method, err)
			}
		}
	}
	call(ctx, approve, 3)
	if a.calls.Load()+b.calls.Load() != 0 || r.calls.Load() != 3 {
		t.Errorf("calls of reporting: %d, %d and %d came to intake, intake and reporting", a.calls.Load(), b.calls.Load(), r.calls.Load())
	}
	for a.calls.Load() == 0 || b.calls.Load() == 0 { // ctx ends it; the copies need not be connected at the same moment
		call(ctx, submit, 1)
	}
	call(At(ctx, "reporting"), diagnose, 2)
	call(ctx, submit, 1)
	if r.calls.Load() != 5 {
		t.Errorf("%d calls came to reporting, want 5", r.calls.Load())
	}
	call(ctx, diagnose, 1) // to anybody
	if err := conn.Invoke(ctx, check, &emptypb.Empty{}, &emptypb.Empty{}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a service without an address: got %v, want Unavailable", err)
	}
	// One copy ends, and the other takes all; what was under way fails and may be sent again.
	a.Stop()
	for failed := 0; failed < 3; {
		before := b.calls.Load()
		err := conn.Invoke(ctx, submit, &emptypb.Empty{}, &emptypb.Empty{})
		if err == nil && b.calls.Load() == before+1 {
			break
		}
		if failed++; failed == 3 {
			t.Errorf("after the end of a copy: %v", err)
		}
	}
	b.Stop()
	if err := conn.Invoke(ctx, submit, &emptypb.Empty{}, &emptypb.Empty{}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("without a copy: got %v, want Unavailable", err)
	}
	call(ctx, approve, 1)
}
