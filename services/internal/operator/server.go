package operator

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	pb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/grpc"
)

// Server is the operator's door of a process. It is served beside the services that it mends.
type Server struct {
	pb.UnimplementedOperatorServiceServer
	services map[string]Rebuilder
	runners  []Runner
	backups  backups
	dir      string
}

// New makes the door. Of the services given those are mended that are Rebuilders, and those tell how they are that are Runners, and what is kept by those
// that are Keepers can be backed up.
func New[S any](services ...S) *Server {
	s := &Server{services: map[string]Rebuilder{}, backups: backups{keepers: map[string]Keeper{}}}
	for _, one := range services {
		if r, ok := any(one).(Rebuilder); ok {
			s.services[r.Name()] = r
		}
		if r, ok := any(one).(Runner); ok {
			s.runners = append(s.runners, r)
		}
		if k, ok := any(one).(Keeper); ok {
			s.backups.keepers[k.Name()] = k
		}
	}
	return s
}

// On names the data folder of the process, whose disk is told of.
func (s *Server) On(dir string) *Server {
	s.dir = dir
	return s
}

// Held tells that the services do not run: collections may be put back into their stores.
func (s *Server) Held() *Server {
	s.backups.held = true
	return s
}

// Name of the service in logs and health.
func (s *Server) Name() string { return "operator" }

// Register adds the gRPC services.
func (s *Server) Register(r grpc.ServiceRegistrar) {
	pb.RegisterOperatorServiceServer(r, s)
	pb.RegisterBackupServiceServer(r, s.backups)
	pb.RegisterDiagnosisServiceServer(r, diagnosis{runners: s.runners, dir: s.dir})
	if len(s.runners) > 0 {
		pb.RegisterDeadLetterServiceServer(r, newLetters(s.runners))
	}
}

// Gateway adds nothing: the door is gRPC only.
func (s *Server) Gateway(context.Context, *runtime.ServeMux, *grpc.ClientConn) error { return nil }

// Run waits until ctx ends.
func (s *Server) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// Rebuild implements pb.OperatorServiceServer. It fails with NotFound for a service that this process does not rebuild. A caller who goes away ends
// the rebuild, and nothing has changed.
func (s *Server) Rebuild(req *pb.RebuildRequest, stream grpc.ServerStreamingServer[pb.RebuildResponse]) error {
	r, ok := s.services[req.GetService()]
	if !ok {
		known := strings.Join(slices.Sorted(maps.Keys(s.services)), ", ")
		return fault.New(fault.NotFound, "operator.rebuild",
			"Tiến trình này không dựng lại được dịch vụ đó; dựng lại được: "+known, "this process does not rebuild that service; it rebuilds: "+known)
	}
	return r.Plan().Rebuild(stream.Context(), req.GetForce(), stream.Send)
}
