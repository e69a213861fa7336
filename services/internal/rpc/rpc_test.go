package rpc

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"testing"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	intakev1 "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	reportingv1 "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentv1 "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/telemetry"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"google.golang.org/grpc"
)

// spans holds every span of the test process, and logs every line of its log.
var (
	spans   = tracetest.NewSpanRecorder()
	logs    lockedBuffer
	process *telemetry.Telemetry
)

func TestMain(m *testing.M) {
	var err error
	process, err = telemetry.Start(context.Background(), telemetry.Config{
		Service: "rpc-test", LogWriter: &logs, LogLevel: slog.LevelDebug,
		SpanProcessors: []telemetry.SpanProcessor{spans},
	})
	if err != nil {
		panic(err)
	}
	m.Run()
}

type lockedBuffer struct {
	mu   sync.Mutex
	text []byte
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text = append(b.text, p...)
	return len(p), nil
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return string(b.text)
}

// stub is a service whose answers a test chooses.
type stub struct {
	intakev1.UnimplementedIntakeServiceServer
	reportingv1.UnimplementedReportingServiceServer

	submit func(context.Context, *intakev1.SubmitRequest) (*intakev1.SubmitResponse, error)
	run    func(context.Context) error
}

func (s *stub) Name() string { return "stub" }

func (s *stub) Register(r grpc.ServiceRegistrar) {
	intakev1.RegisterIntakeServiceServer(r, s)
	reportingv1.RegisterReportingServiceServer(r, s)
}

func (s *stub) Gateway(ctx context.Context, mux *runtime.ServeMux, conn *grpc.ClientConn) error {
	return errors.Join(
		intakev1.RegisterIntakeServiceHandler(ctx, mux, conn),
		reportingv1.RegisterReportingServiceHandler(ctx, mux, conn))
}

func (s *stub) Run(ctx context.Context) error {
	if s.run != nil {
		return s.run(ctx)
	}
	<-ctx.Done()
	return ctx.Err()
}

func (s *stub) Submit(ctx context.Context, req *intakev1.SubmitRequest) (*intakev1.SubmitResponse, error) {
	if s.submit == nil {
		return &intakev1.SubmitResponse{Receipt: &intakev1.Receipt{
			SubmissionId: req.GetSubmission().GetId(), Sequence: 7, Accepted: int32(len(req.GetSubmission().GetRecords())),
		}}, nil
	}
	return s.submit(ctx, req)
}

// SubmitStream answers each batch, the bad ones too.
func (s *stub) SubmitStream(stream grpc.BidiStreamingServer[intakev1.SubmitStreamRequest, intakev1.SubmitStreamResponse]) error {
	for {
		req, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		resp := &intakev1.SubmitStreamResponse{SubmissionId: req.GetSubmission().GetId()}
		if len(Validate(req, "")) > 0 {
			resp.Answer = &intakev1.SubmitStreamResponse_Refusal{Refusal: &intakev1.Refusal{Code: string(fault.Invalid)}}
		}
		if req.GetSubmission().GetId() == "last" {
			return fault.New(fault.Denied, "stub.stream", "đã đóng", "closed")
		}
		if err := stream.Send(resp); err != nil {
			return err
		}
	}
}

func (s *stub) GetProgress(context.Context, *reportingv1.GetProgressRequest) (*reportingv1.GetProgressResponse, error) {
	return &reportingv1.GetProgressResponse{Conserved: true}, nil
}

// running is a server under test.
type running struct {
	*Server
	end  context.CancelFunc
	done chan error
}

// start runs a server on free ports; the test fails if it does not end well.
func start(t *testing.T, svc *stub) *running {
	t.Helper()
	return startWith(t, svc, Config{Unguarded: true})
}

func startWith(t *testing.T, svc *stub, cfg Config) *running {
	t.Helper()
	cfg.GRPCListen, cfg.HTTPListen, cfg.Telemetry, cfg.Drain = "127.0.0.1:0", "127.0.0.1:0", process, eventually.Patience
	s, err := New(cfg, svc)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{Server: s, end: cancel, done: make(chan error, 1)}
	go func() {
		defer close(r.done)
		r.done <- s.Run(ctx)
	}()
	t.Cleanup(func() {
		if err := r.stop(t); err != nil {
			t.Errorf("server: %v", err)
		}
	})
	return r
}

// stop ends the server and gives what Run returned; later calls give nil.
func (r *running) stop(t *testing.T) error {
	t.Helper()
	r.end()
	return eventually.Received(t, "the server stops", r.done)
}

func (r *running) intake(t *testing.T) intakev1.IntakeServiceClient {
	t.Helper()
	conn, err := Dial(r.GRPCAddr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return intakev1.NewIntakeServiceClient(conn)
}

func goodRequest() *intakev1.SubmitRequest {
	return &intakev1.SubmitRequest{Submission: &intakev1.Submission{
		Id: "a-1", Drive: "2022-2023-12", Province: "01", School: "01000701", Kind: studentv1.Kind_KIND_PROFILE,
	}}
}
