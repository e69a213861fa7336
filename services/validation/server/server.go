// Package server runs validation on the log: it reads accepted records and appends verdicts.
//
// A verdict on one part follows from the message and the book (the drive and the rules), and needs
// no store. The service stores only the parts that concern each other: the two halves of grade 12,
// whose year marks follow from both, and the heads of the grades before it. A new book judges
// everything stored again (openBook).
package server

import (
	"context"
	"log/slog"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	pb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/operator"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/generation"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"github.com/rasoat/rasoat/services/validation"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
)

// Config is what an operator decides.
type Config struct {
	Drive *drive.Drive
	Key   student.Key // of the digests that acknowledgements bind to
}

// Deps is the seam to the outside: the log and this service's own database.
type Deps struct {
	Log    *eventlog.Log
	Store  store.DB
	Logger *slog.Logger
}

// Server is the validation service.
type Server struct {
	pb.UnimplementedValidationServiceServer
	drive  *drive.Drive
	key    student.Key
	log    *eventlog.Log
	db     *generation.DB
	pupils store.Collection
	logger *slog.Logger
}

// New wires the service.
func New(cfg Config, deps Deps) *Server {
	db := generation.New(deps.Store, pupilsName)
	return &Server{drive: cfg.Drive, key: cfg.Key, log: deps.Log, db: db, pupils: db.Collection(pupilsName), logger: deps.Logger}
}

// Name of the service in logs, health and dead letters.
func (s *Server) Name() string { return "validation" }

// Runs tells what the service runs on.
func (s *Server) Runs() operator.Runs {
	return operator.Runs{Log: s.log, DriveID: s.drive.ID, DriveDigest: s.drive.Digest}
}

// Register adds the gRPC service.
func (s *Server) Register(r grpc.ServiceRegistrar) { pb.RegisterValidationServiceServer(r, s) }

// Gateway adds the REST doors.
func (s *Server) Gateway(ctx context.Context, mux *runtime.ServeMux, conn *grpc.ClientConn) error {
	return pb.RegisterValidationServiceHandler(ctx, mux, conn)
}

// Ready reports whether the service's database answers.
func (s *Server) Ready(ctx context.Context) error { return s.db.Ping(ctx) }

// Run judges until ctx ends, by the book of its drive and rules. It fails with Invalid when a rule of the drive has the code of a
// rule of ours.
func (s *Server) Run(ctx context.Context) error {
	if err := validation.Fits(s.drive); err != nil {
		return err
	}
	var book uint64
	err := s.log.Patiently(ctx, func() (err error) {
		book, err = s.openBook(ctx)
		return err
	})
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { s.Plan().Tidy(ctx, s.logger); return nil })
	g.Go(func() error {
		return s.log.Consume(ctx, eventlog.Consumer{
			Stream: eventlog.Submissions, Durable: Durable(book), Types: []string{wire.TypeSubmission}, Handle: s.judge(book),
		})
	})
	return g.Wait()
}

// ListRules lists the rules under the drive, its own among them.
func (s *Server) ListRules(context.Context, *pb.ListRulesRequest) (*pb.ListRulesResponse, error) {
	out := &pb.ListRulesResponse{}
	for _, r := range validation.RulesIn(s.drive) {
		severity := r.SeverityIn(s.drive)
		off := severity == validation.Off
		if off {
			severity = r.Severity
		}
		out.Rules = append(out.Rules, &pb.Rule{
			Code: r.Code, Version: int32(r.Version), Severity: severities[severity], Kind: wire.ToKind(r.Part), Source: r.Source,
			MessageVi: r.Text.Vi, MessageEn: r.Text.En, RemedyVi: r.Remedy.Vi, RemedyEn: r.Remedy.En,
			OwnSeverity: severities[r.Severity], OfDrive: r.OfDrive, Off: off,
		})
	}
	return out, nil
}
