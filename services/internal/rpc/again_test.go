package rpc

import (
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

// TestAgain: a service that is away for as long as a stream looks for its leader is waited for; other errors, and calls that may have been done, are
// not tried again. The clock is a fake one.
func TestAgain(t *testing.T) {
	away := fault.New(fault.Unavailable, "test", "mất", "away")
	for _, test := range []struct {
		name     string
		err      error
		away     time.Duration
		patience time.Duration
		want     fault.Kind
		tries    [2]int // at least and at most
	}{
		{"nine seconds", away, 9 * time.Second, Patience, "", [2]int{4, 12}},
		{"away for ever", away, time.Hour, Patience, fault.Unavailable, [2]int{5, 14}},
		{"patient for ever", away, time.Hour, 0, "", [2]int{700, 1500}},
		{"refused", fault.New(fault.Denied, "test", "không", "no"), time.Hour, Patience, fault.Denied, [2]int{1, 1}},
		{"it may have been done", once(away), time.Hour, Patience, fault.Unavailable, [2]int{1, 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began, tries := time.Now(), 0
				err := Again(t.Context(), test.patience, func(context.Context) error {
					if tries++; time.Since(began) < test.away {
						return test.err
					}
					return nil
				})
				if test.want == "" && err != nil || test.want != "" && !fault.Is(err, test.want) {
					t.Errorf("got %v, want %q", err, test.want)
				}
				if tries < test.tries[0] || tries > test.tries[1] {
					t.Errorf("got %d tries, want %v", tries, test.tries)
				}
				took := time.Since(began)
				if test.want == fault.Unavailable && tries > 1 && took < Patience {
					t.Errorf("gave up after %v, want %v at least", took, Patience)
				}
			})
		})
	}
}

// TestAgainEndsWithItsContext tells why the service was away.
func TestAgainEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	err := Again(ctx, 0, func(context.Context) error {
		cancel()
		return fault.New(fault.Unavailable, "test", "mất", "away")
	})
	if !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v, want Unavailable", err)
	}
}

func TestPauses(t *testing.T) {
	p := Pauses{First: time.Second, Most: 4 * time.Second, Random: func() float64 { return 1 }}
	for i, want := range []time.Duration{1, 2, 4, 4} {
		if got := p.Next(); got != want*time.Second {
			t.Errorf("pause %d: got %v, want %v", i, got, want*time.Second)
		}
	}
	p.Reset()
	p.Random = func() float64 { return 0 }
	if got := p.Next(); got != time.Second/2 {
		t.Errorf("the first without luck: got %v, want 500ms", got)
	}
}

// TestRepeatable holds the methods that must not be called twice; every new act is one of them until it is told to be none.
func TestRepeatable(t *testing.T) {
	for method, want := range map[string]bool{
		"/rasoat.intake.v1.IntakeService/Submit": true, "/rasoat.intake.v1.IntakeService/ListSubmissions": true,
		"/rasoat.matching.v1.MatchingService/Recheck": false, "/rasoat.reporting.v1.ApprovalService/Return": false,
		"/rasoat.reporting.v1.ApprovalService/DrawSample": true, "/rasoat.operator.v1.OperatorService/Rebuild": false,
		"/rasoat.operator.v1.BackupService/Load": false, "/rasoat.operator.v1.BackupService/BeginRestore": false,
		"/rasoat.registry.v1.RegistryService/Verify": true, "/rasoat.some.v1.NewService/Abolish": false,
	} {
		if got := repeatable(method); got != want {
			t.Errorf("%s: got %v, want %v", method, got, want)
		}
	}
}

// TestACallThatMayHaveBeenDone: a call that reached a server which then was away is made again only when that does no harm; one that reached
// nobody always may.
func TestACallThatMayHaveBeenDone(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(grpc.UnknownServiceHandler(func(any, grpc.ServerStream) error { return status.Error(codes.Unavailable, "going") }))
	go func() { _ = server.Serve(listener) }()
	defer server.Stop()
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := nobody.Addr().String()
	if err := nobody.Close(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		address, method string
		want            bool
	}{
		{listener.Addr().String(), "/rasoat.matching.v1.MatchingService/Settle", true},
		{listener.Addr().String(), "/rasoat.matching.v1.MatchingService/Recheck", false},
		{closed, "/rasoat.matching.v1.MatchingService/Recheck", true},
	} {
		conn, err := Dial(test.address)
		if err != nil {
			t.Fatal(err)
		}
		err = conn.Invoke(t.Context(), test.method, &emptypb.Empty{}, &emptypb.Empty{})
		if !fault.Is(err, fault.Unavailable) || MayRepeat(err) != test.want {
			t.Errorf("%s: got %v, may be repeated %v, want %v", test.method, err, MayRepeat(err), test.want)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
}
