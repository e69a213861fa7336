package rpc

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	intakev1 "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/grpc/health/grpc_health_v1"
)

func TestHealthFollowsReady(t *testing.T) {
	svc := &stub{ready: errors.New("store away")}
	srv := start(t, svc)
	conn, err := Dial(srv.GRPCAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	client := grpc_health_v1.NewHealthClient(conn)
	watch, err := client.Watch(withDeadline(t), &grpc_health_v1.HealthCheckRequest{Service: "stub"})
	if err != nil {
		t.Fatal(err)
	}
	const serving, not = grpc_health_v1.HealthCheckResponse_SERVING, grpc_health_v1.HealthCheckResponse_NOT_SERVING
	for _, step := range []struct {
		ready error
		want  grpc_health_v1.HealthCheckResponse_ServingStatus
		http  int
	}{{errors.New("store away"), not, 503}, {nil, serving, 200}, {errors.New("away again"), not, 503}} {
		svc.setReady(step.ready)
		for _, name := range []string{"", "stub"} {
			resp, err := client.Check(withDeadline(t), &grpc_health_v1.HealthCheckRequest{Service: name})
			if err != nil || resp.GetStatus() != step.want {
				t.Errorf("%q: got %v, %v, want %v", name, resp, err, step.want)
			}
		}
		if code, body := srv.rest(t, "GET", "/readyz", ""); code != step.http {
			t.Errorf("/readyz: got %d %s", code, body)
		}
		seen, err := watch.Recv()
		if err != nil || seen.GetStatus() != step.want {
			t.Errorf("watch: got %v, %v, want %v", seen, err, step.want)
		}
	}
}

// TestStopDrains: calls under way through both doors end well, new ones are refused, and the consumers are
// stopped only after them.
func TestStopDrains(t *testing.T) {
	entered, leave := make(chan struct{}, 2), make(chan struct{})
	consumersStopped := make(chan struct{})
	svc := &stub{
		submit: func(ctx context.Context, _ *intakev1.SubmitRequest) (*intakev1.SubmitResponse, error) {
			entered <- struct{}{}
			select {
			case <-leave:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
			select {
			case <-consumersStopped:
				return nil, errors.New("consumers stopped before the calls")
			default:
				return &intakev1.SubmitResponse{}, nil
			}
		},
		run: func(ctx context.Context) error {
			<-ctx.Done()
			close(consumersStopped)
			return nil
		},
	}
	srv := start(t, svc)
	client := srv.intake(t)
	overGRPC, overREST := make(chan error, 1), make(chan int, 1)
	go func() { _, err := client.Submit(withDeadline(t), goodRequest()); overGRPC <- err }()
	go func() { code, _ := srv.rest(t, "POST", "/v1/submissions", goodBody); overREST <- code }()
	<-entered
	<-entered
	srv.end()
	eventually(t, "new calls are refused", func() bool {
		conn, err := Dial(srv.GRPCAddr())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		_, err = grpc_health_v1.NewHealthClient(conn).Check(withDeadline(t), &grpc_health_v1.HealthCheckRequest{})
		return fault.Is(err, fault.Unavailable)
	})
	close(leave)
	if err := <-overGRPC; err != nil {
		t.Errorf("the gRPC call under way: %v", err)
	}
	if code := <-overREST; code != 200 {
		t.Errorf("the REST call under way: %d", code)
	}
	if err := srv.stop(t); err != nil {
		t.Errorf("stop: %v", err)
	}
	<-consumersStopped
}

func TestStopCutsWhatHangs(t *testing.T) {
	entered := make(chan struct{}, 1)
	svc := &stub{
		submit: func(ctx context.Context, _ *intakev1.SubmitRequest) (*intakev1.SubmitResponse, error) {
			entered <- struct{}{}
			<-ctx.Done()
			return nil, ctx.Err()
		},
		run: func(context.Context) error { select {} },
	}
	s, err := New(Config{Unguarded: true, GRPCListen: "127.0.0.1:0", Drain: 50 * time.Millisecond}, svc)
	if err != nil {
		t.Fatal(err)
	}
	if s.HTTPAddr() != "" {
		t.Errorf("HTTP is off, and has the address %s", s.HTTPAddr())
	}
	r := &running{Server: s}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	call := make(chan error, 1)
	client := r.intake(t)
	go func() { _, err := client.Submit(withDeadline(t), goodRequest()); call <- err }()
	<-entered
	cancel()
	if err := <-call; !fault.Is(err, fault.Unavailable) {
		t.Errorf("the call: got %v, want unavailable", err)
	}
	select {
	case err := <-done:
		if err == nil || !strings.Contains(err.Error(), "did not stop") {
			t.Errorf("got %v, want a complaint about the consumers", err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("did not stop")
	}
}

func TestFailures(t *testing.T) {
	boom := fault.New(fault.Unavailable, "store", "mất", "gone")
	for name, run := range map[string]func(context.Context) error{
		"fails":         func(context.Context) error { return boom },
		"ends too soon": func(context.Context) error { return nil },
	} {
		err := Serve(withDeadline(t), Config{Unguarded: true, GRPCListen: "127.0.0.1:0"}, &stub{run: run})
		if err == nil || (name == "fails" && !errors.Is(err, boom)) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	srv := start(t, &stub{})
	if _, err := New(Config{Unguarded: true, GRPCListen: srv.GRPCAddr()}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("taken address: got %v", err)
	}
}
