package rpc

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/run"
	"github.com/rasoat/rasoat/services/internal/telemetry"
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/stats"
	"google.golang.org/grpc/test/bufconn"
)

// Service is what a server serves.
type Service interface {
	// Name is a short noun, "intake"; it is also the service's name in grpc.health.v1.
	Name() string
	// Register adds its gRPC services.
	Register(r grpc.ServiceRegistrar)
	// Gateway adds its REST doors, which call conn, or does nothing.
	Gateway(ctx context.Context, mux *runtime.ServeMux, conn *grpc.ClientConn) error
	// Run consumes until ctx ends; a service without consumers waits. Its error ends the server, and
	// ending before ctx does is an error.
	Run(ctx context.Context) error
}

// Config says where to listen, and whom to believe.
type Config struct {
	GRPCListen string               // "host:port", ":0" for any free port, "" for none
	HTTPListen string               // the same, for REST, metrics and probes
	Telemetry  *telemetry.Telemetry // may be nil: no /metrics, and slog's default log
	Drain      time.Duration        // how long calls and consumers may take to end; 10 s when zero
	Needs      []Need               // what readiness follows
	// Prepare is done after the server listens and before a call is answered or a service runs; nil for nothing. Its error ends the server.
	Prepare   func(ctx context.Context) error
	Access    *access.Verifier // checks the token of every call
	OnHold    bool             // answers operators alone, and tells everybody else that no service runs
	Unguarded bool             // lets everybody call everything, where Access is nil: of tests of single services only
}

const defaultDrain = 10 * time.Second

// Server serves some services on one gRPC and one HTTP address.
type Server struct {
	cfg      Config
	services []Service
	log      *slog.Logger
	ready    *readiness
	watches  watches

	grpc      *grpc.Server
	grpcPort  net.Listener // nil when off
	inProcess *bufconn.Listener

	http     *http.Server // nil when off
	httpPort net.Listener
	gateway  *grpc.ClientConn
}

// Serve makes a server and runs it.
func Serve(ctx context.Context, cfg Config, services ...Service) error {
	s, err := New(cfg, services...)
	if err != nil {
		return err
	}
	return s.Run(ctx)
}

// New binds the addresses and wires everything, so that GRPCAddr and HTTPAddr are known before Run; until
// then connections wait. Its errors are of kind Invalid (nothing checks the callers, or a wrong address),
// Unavailable (an address is taken) or Internal. Run or Close must follow.
func New(cfg Config, services ...Service) (*Server, error) {
	s := &Server{cfg: cfg, services: services, log: slog.Default()}
	if cfg.Telemetry != nil {
		s.log = cfg.Telemetry.Logger
	}
	if s.cfg.Drain <= 0 {
		s.cfg.Drain = defaultDrain
	}
	if cfg.Access == nil && !cfg.Unguarded {
		return nil, fault.New(fault.Invalid, "rpc.access", "Chưa cấu hình khoá để kiểm tra mã truy cập; dịch vụ không khởi động.",
			"there are no keys to check tokens with: the service does not start without")
	}
	if _, err := contractValidator(); err != nil {
		return nil, err
	}
	s.ready = newReadiness(services, cfg.Needs, s.log, cfg.Prepare != nil)
	s.ready.onHold = cfg.OnHold
	s.watches = newWatches()
	s.grpc = newGRPC(s.log, s.watches, s.ready, guard{cfg.Access})
	for _, svc := range services {
		svc.Register(s.grpc)
	}
	grpc_health_v1.RegisterHealthServer(s.grpc, s.ready)
	reflection.Register(s.grpc)
	s.inProcess = bufconn.Listen(1 << 20)
	if err := s.bind(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Server) bind() error {
	var err error
	if s.cfg.GRPCListen != "" {
		if s.grpcPort, err = run.Listen("grpc-listen", s.cfg.GRPCListen); err != nil {
			return err
		}
	}
	if s.cfg.HTTPListen == "" {
		return nil
	}
	if s.httpPort, err = run.Listen("http-listen", s.cfg.HTTPListen); err != nil {
		return err
	}
	s.gateway, err = grpc.NewClient("passthrough:///in-process", append(clientOptions(),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
			return s.inProcess.DialContext(ctx)
		}))...)
	if err != nil {
		return fault.Internalf("rpc.gateway", "connect in process: %w", err)
	}
	handler, err := s.httpHandler()
	if err != nil {
		return err
	}
	s.http = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	return nil
}

func newGRPC(log *slog.Logger, w watches, r *readiness, g guard) *grpc.Server {
	a := answers{log}
	return grpc.NewServer(append(r.unknown(),
		grpc.StatsHandler(otelgrpc.NewServerHandler(otelgrpc.WithFilter(worthATrace))),
		grpc.ChainUnaryInterceptor(a.unary, recoverUnary, r.unary, g.unary, validateUnary),
		grpc.ChainStreamInterceptor(a.stream, recoverStream, r.stream, g.stream, w.stream, validateStream),
		grpc.MaxRecvMsgSize(maxBytes),
		grpc.MaxSendMsgSize(maxBytes),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 10 * time.Second, PermitWithoutStream: true}),
		// Clients meet new copies of a service when they connect anew; calls under way are let finish.
		grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionAge: 30 * time.Minute, Time: time.Minute, Timeout: 20 * time.Second}),
	)...)
}

// worthATrace leaves out probes and reflection.
func worthATrace(info *stats.RPCTagInfo) bool {
	const probes = "/grpc."
	return len(info.FullMethodName) < len(probes) || info.FullMethodName[:len(probes)] != probes
}

// GRPCAddr is the bound address, "127.0.0.1:40123", or "" when gRPC is off.
func (s *Server) GRPCAddr() string { return addrOf(s.grpcPort) }

// HTTPAddr is the bound address, or "" when HTTP is off.
func (s *Server) HTTPAddr() string { return addrOf(s.httpPort) }

func addrOf(l net.Listener) string {
	if l == nil {
		return ""
	}
	return l.Addr().String()
}

// Close lets go of a server that was never run.
func (s *Server) Close() {
	for _, l := range []net.Listener{s.grpcPort, s.httpPort} {
		if l != nil {
			_ = l.Close()
		}
	}
	s.closeGateway()
	s.grpc.Stop()
	_ = s.inProcess.Close()
}

func (s *Server) closeGateway() {
	if s.gateway != nil {
		_ = s.gateway.Close()
	}
}

// ignoreClosed drops what a listener says when it was closed on purpose.
func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, grpc.ErrServerStopped) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
