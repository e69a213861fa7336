// Package server runs reporting on the log. It gathers what the other services found, answers
// officers and portals, and maintains RECORDS, the table that exam registration reads.
//
// The one rule a reader must not miss: a record is published on condition of the last sequence of
// its subject, and only when it was derived from something newer than what is there. After
// publishing, the pupil is derived once more. Any number of copies may do this at once.
package server

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/operator"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/generation"
	"github.com/rasoat/rasoat/services/student/wire"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
)

// Config is what an operator decides.
type Config struct {
	Drive     *drive.Drive
	NoteEvery time.Duration // how often progress is noted for the history; default 1 h
	Webhooks  []Webhook     // where reminders go besides the log
}

// Deps is the seam to the outside: the log and this service's own database.
type Deps struct {
	Log    *eventlog.Log
	Store  store.DB
	Logger *slog.Logger
	Peers  Peers // the other services, for timelines
}

// Server is the reporting service.
type Server struct {
	pb.UnimplementedReportingServiceServer
	pb.UnimplementedApprovalServiceServer
	pb.UnimplementedProgressServiceServer
	pb.UnimplementedFeedServiceServer
	drive   *drive.Drive
	log     *eventlog.Log
	db      *generation.DB
	pupils  store.Collection // <drive>/<pupil>: every fact of a pupil
	roster  store.Collection // <drive>/<province>/<school>/<class>/<pupil>: makes a school's pupils a range
	schools store.Collection // <drive>/<province>/<school>: what was decided about a school
	logger  *slog.Logger
	peers   Peers
	*progress
}

// New wires the service.
func New(cfg Config, deps Deps) *Server {
	db := generation.New(deps.Store, pupilsName, rosterName, schoolsName)
	return &Server{
		drive: cfg.Drive, log: deps.Log, db: db, logger: deps.Logger, peers: deps.Peers,
		progress: newProgress(cfg, deps.Store),
		pupils:   db.Collection(pupilsName), roster: db.Collection(rosterName), schools: db.Collection(schoolsName),
	}
}

// Name of the service in logs, health and dead letters.
func (s *Server) Name() string { return "reporting" }

// Runs tells what the service runs on.
func (s *Server) Runs() operator.Runs {
	return operator.Runs{Log: s.log, DriveID: s.drive.ID, DriveDigest: s.drive.Digest}
}

// Register adds the gRPC services.
func (s *Server) Register(r grpc.ServiceRegistrar) {
	pb.RegisterReportingServiceServer(r, s)
	pb.RegisterApprovalServiceServer(r, s)
	pb.RegisterProgressServiceServer(r, s)
	pb.RegisterFeedServiceServer(r, s)
}

// Gateway adds the REST doors.
func (s *Server) Gateway(ctx context.Context, mux *runtime.ServeMux, conn *grpc.ClientConn) error {
	return errors.Join(
		pb.RegisterReportingServiceHandler(ctx, mux, conn), pb.RegisterApprovalServiceHandler(ctx, mux, conn),
		pb.RegisterProgressServiceHandler(ctx, mux, conn), pb.RegisterFeedServiceHandler(ctx, mux, conn))
}

// Ready reports whether the service's database answers.
func (s *Server) Ready(ctx context.Context) error { return s.db.Ping(ctx) }

// Run gathers and publishes until ctx ends.
func (s *Server) Run(ctx context.Context) error {
	stop, err := s.watchCounts()
	if err != nil {
		return err
	}
	defer stop()
	g, ctx := errgroup.WithContext(ctx)
	for _, c := range s.consumers() {
		g.Go(func() error { return s.log.Consume(ctx, c) })
	}
	g.Go(func() error { s.Plan().Tidy(ctx, s.logger); return nil })
	s.runProgress(ctx, g)
	return g.Wait()
}

// reader reads a message into a projection.
type reader func(*projection, eventlog.Message) error

// source is a stream that the service gathers from, and how its messages are read.
type source struct {
	stream, durable string
	subjects        []string          // the filters of what is read
	readers         map[string]reader // by ce-type
}

func (s *Server) sources() []source {
	return []source{
		{eventlog.Submissions, "reporting-submissions", []string{"submission.*.*.*.*"}, map[string]reader{wire.TypeSubmission: s.submission}},
		{eventlog.Verdicts, "reporting-verdicts", []string{"verdict.*.*.*"}, map[string]reader{wire.TypeVerdicts: s.verdicts}},
		{eventlog.Identities, "reporting-identities", []string{"identity.*.*"}, map[string]reader{wire.TypeIdentities: s.identities}},
		{eventlog.Decisions, "reporting-decisions", []string{
			"decision.acknowledge.*.*", "decision.declare.*.*", "decision.approve.*.*", "decision.return.*.*", "decision.claim.*.*", "decision.sample.*.*", "decision.unlocks.*.*",
		}, map[string]reader{
			wire.TypeAcknowledged: s.acknowledged, wire.TypeDeclared: s.declared, wire.TypeApproved: s.approved, wire.TypeReturned: s.returned,
			wire.TypeClaim: s.claimed, wire.TypeSample: s.sampled, wire.TypeUnlocks: s.unlocked,
		}},
	}
}

func (s *Server) consumers() []eventlog.Consumer {
	var out []eventlog.Consumer
	for _, from := range s.sources() {
		c := eventlog.Consumer{Stream: from.stream, Durable: from.durable, Types: slices.Sorted(maps.Keys(from.readers)), Handle: s.handle(from)}
		if from.stream == eventlog.Decisions { // many kinds of decisions share it
			c.Filter = from.subjects
		}
		out = append(out, c)
	}
	return out
}
