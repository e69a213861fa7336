package rpc

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	intakev1 "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/grpc/health/grpc_health_v1"
)

// outside is something that a test takes away and gives back.
type outside struct {
	mu    sync.Mutex
	err   error
	asked int
}

func (o *outside) check(context.Context) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked++
	return o.err
}

func (o *outside) set(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.err = err
}

const serving, notServing = grpc_health_v1.HealthCheckResponse_SERVING, grpc_health_v1.HealthCheckResponse_NOT_SERVING

// health gives what grpc.health.v1 says of a name.
func (r *running) health(t *testing.T, name string) grpc_health_v1.HealthCheckResponse_ServingStatus {
	t.Helper()
	conn, err := Dial(r.GRPCAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	resp, err := grpc_health_v1.NewHealthClient(conn).Check(eventually.Context(t), &grpc_health_v1.HealthCheckRequest{Service: name})
	if err != nil {
		t.Fatalf("%q: %v", name, err)
	}
	return resp.GetStatus()
}

// TestReadinessFollowsNeeds: what is needed decides, by name and with the reason; what services go on without only degrades. Probing asks nobody.
func TestReadinessFollowsNeeds(t *testing.T) {
	logged := len(logs.String())
	broker, registry := &outside{err: errors.New("connection refused")}, &outside{}
	srv := startWith(t, &stub{}, Config{Unguarded: true, Needs: []Need{{On: "nats", Check: broker.check}, {On: "registry", Check: registry.check, Soft: true}}})
	away := errors.New("gone fishing")
	for _, step := range []struct {
		broker, registry   error
		code               int
		body               string
		all, nats, inquiry grpc_health_v1.HealthCheckResponse_ServingStatus
	}{
		{errors.New("connection refused"), nil, 503, `{"status":"not ready","waiting":[{"on":"nats","why":"connection refused"}]}`, notServing, notServing, serving},
		{nil, nil, 200, `{"status":"ready"}`, serving, serving, serving},
		{nil, away, 200, `{"status":"degraded","waiting":[{"on":"registry","why":"gone fishing"}]}`, serving, serving, notServing},
		{away, away, 503, `{"status":"not ready","waiting":[{"on":"nats","why":"gone fishing"},{"on":"registry","why":"gone fishing"}]}`, notServing, notServing, notServing},
		{nil, nil, 200, `{"status":"ready"}`, serving, serving, serving},
	} {
		broker.set(step.broker)
		registry.set(step.registry)
		eventually.True(t, step.body, func() bool {
			code, body := srv.rest(t, "GET", "/readyz", "")
			return code == step.code && strings.TrimSpace(body) == step.body
		})
		for name, want := range map[string]grpc_health_v1.HealthCheckResponse_ServingStatus{"": step.all, "stub": step.all, "stub/nats": step.nats, "stub/registry": step.inquiry} {
			if got := srv.health(t, name); got != want {
				t.Errorf("%s: health %q: got %v, want %v", step.body, name, got, want)
			}
		}
	}
	broker.mu.Lock()
	before := broker.asked
	broker.mu.Unlock()
	began := time.Now()
	for range 200 {
		srv.rest(t, "GET", "/readyz", "")
	}
	broker.mu.Lock()
	defer broker.mu.Unlock()
	if most := before + 2 + int(time.Since(began)/checkEvery); broker.asked > most {
		t.Errorf("200 probes asked the broker %d times", broker.asked-before)
	}
	// nats was away twice, the registry once and then with it: each is told once, and once that it is back.
	for text, want := range map[string]int{"msg=waiting on=nats": 2, "msg=waiting on=registry": 1, `msg="it is there" on=nats`: 2, `msg="it is there" on=registry`: 1} {
		if got := strings.Count(logs.String()[logged:], text); got != want {
			t.Errorf("%q stands %d times in the log, want %d", text, got, want)
		}
	}
}

// TestStart: it is alive, and says that it is not ready, while it is prepared; calls wait for that, but those of the operator.
func TestStart(t *testing.T) {
	prepared := make(chan struct{})
	var ran atomic.Bool
	svc := &stub{run: func(ctx context.Context) error { ran.Store(true); <-ctx.Done(); return nil }}
	srv := startWith(t, svc, Config{Unguarded: true, Prepare: func(ctx context.Context) error {
		select {
		case <-prepared:
		case <-ctx.Done():
		}
		return ctx.Err()
	}})
	if code, body := srv.rest(t, "GET", "/healthz", ""); code != 200 {
		t.Errorf("/healthz: got %d %s", code, body)
	}
	if code, body := srv.rest(t, "GET", "/readyz", ""); code != 503 || !strings.Contains(body, `"on":"start"`) {
		t.Errorf("/readyz: got %d %s", code, body)
	}
	if got := srv.health(t, "stub"); got != notServing {
		t.Errorf("health: got %v", got)
	}
	if _, err := srv.intake(t).Submit(eventually.Context(t), goodRequest()); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "starting") {
		t.Errorf("a call too early: got %v", err)
	}
	if code, body := srv.rest(t, "POST", "/v1/submissions", goodBody); code != 503 {
		t.Errorf("a REST call too early: got %d %s", code, body)
	}
	if err := srv.ready.admit("/rasoat.operator.v1.DiagnosisService/Diagnose"); err != nil {
		t.Errorf("the operator: got %v", err)
	}
	if ran.Load() {
		t.Error("it consumes before it is prepared")
	}
	close(prepared)
	eventually.True(t, "it is ready", func() bool { code, _ := srv.rest(t, "GET", "/readyz", ""); return code == 200 && ran.Load() })
	if _, err := srv.intake(t).Submit(eventually.Context(t), goodRequest()); err != nil {
		t.Errorf("a call: got %v", err)
	}
}

// TestStopDrains: calls under way through both doors end well, new ones are refused, and the consumers are stopped beside them.
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
			return &intakev1.SubmitResponse{}, nil
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
	go func() { _, err := client.Submit(eventually.Context(t), goodRequest()); overGRPC <- err }()
	go func() { code, _ := srv.rest(t, "POST", "/v1/submissions", goodBody); overREST <- code }()
	<-entered
	<-entered
	srv.end()
	eventually.True(t, "new calls are refused", func() bool {
		conn, err := Dial(srv.GRPCAddr())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		_, err = grpc_health_v1.NewHealthClient(conn).Check(eventually.Context(t), &grpc_health_v1.HealthCheckRequest{})
		return fault.Is(err, fault.Unavailable)
	})
	<-consumersStopped
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
	go func() { _, err := client.Submit(eventually.Context(t), goodRequest()); call <- err }()
	<-entered
	cancel()
	if err := <-call; !fault.Is(err, fault.Unavailable) {
		t.Errorf("the call: got %v, want unavailable", err)
	}
	if err := eventually.Received(t, "the server stops", done); err == nil || !strings.Contains(err.Error(), "did not stop") {
		t.Errorf("got %v, want a complaint about the consumers", err)
	}
}

func TestFailures(t *testing.T) {
	boom := fault.New(fault.Unavailable, "store", "mất", "gone")
	for name, run := range map[string]func(context.Context) error{
		"fails":         func(context.Context) error { return boom },
		"ends too soon": func(context.Context) error { return nil },
	} {
		err := Serve(eventually.Context(t), Config{Unguarded: true, GRPCListen: "127.0.0.1:0"}, &stub{run: run})
		if err == nil || (name == "fails" && !errors.Is(err, boom)) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	err := Serve(eventually.Context(t), Config{Unguarded: true, GRPCListen: "127.0.0.1:0", Prepare: func(context.Context) error { return boom }}, &stub{})
	if !errors.Is(err, boom) {
		t.Errorf("what cannot be prepared: got %v", err)
	}
	srv := start(t, &stub{})
	if _, err := New(Config{Unguarded: true, GRPCListen: srv.GRPCAddr()}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("taken address: got %v", err)
	}
}
