// Package server runs reporting on the log: it gathers what the others found, answers officers and portals, and keeps
// RECORDS, the table that exam registration lives on.
//
// The one rule that a reader must not miss: a record is published on condition of the last sequence of its subject,
// only when what it was derived from is newer than what stands there, and after publishing the pupil is derived once
// more. Any number of copies may do this at once.
package server

import (
	"context"
	"log/slog"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/student/wire"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
)

// Config is what an operator decides.
type Config struct {
	Drive *drive.Drive
}

// Deps is the seam to the outside: the log and this service's own database.
type Deps struct {
	Log    *eventlog.Log
	Store  store.DB
	Logger *slog.Logger
}

// Server is the reporting service.
type Server struct {
	pb.UnimplementedReportingServiceServer
	drive  *drive.Drive
	log    *eventlog.Log
	db     store.DB
	pupils store.Collection // <drive>/<pupil>: every fact of a pupil
	roster store.Collection // <drive>/<province>/<school>/<class>/<pupil>: makes a school's pupils a range
	logger *slog.Logger
}

// New wires the service.
func New(cfg Config, deps Deps) *Server {
	return &Server{
		drive: cfg.Drive, log: deps.Log, db: deps.Store, logger: deps.Logger,
		pupils: deps.Store.Collection("pupils"), roster: deps.Store.Collection("roster"),
	}
}

// Name of the service in logs, health and dead letters.
func (s *Server) Name() string { return "reporting" }

// Register adds the gRPC service.
func (s *Server) Register(r grpc.ServiceRegistrar) { pb.RegisterReportingServiceServer(r, s) }

// Gateway adds the REST doors.
func (s *Server) Gateway(ctx context.Context, mux *runtime.ServeMux, conn *grpc.ClientConn) error {
	return pb.RegisterReportingServiceHandler(ctx, mux, conn)
}

// Ready reports whether the service can answer.
func (s *Server) Ready(ctx context.Context) error { return s.db.Ping(ctx) }

// Rebuild throws away what the service keeps and has it gathered from the log anew; before Run. Nothing is published by that, unless
// something is missing in RECORDS.
func (s *Server) Rebuild(ctx context.Context) error {
	for _, c := range s.consumers() {
		if err := s.log.Forget(ctx, c.Stream, c.Durable); err != nil {
			return err
		}
	}
	if err := s.roster.Drop(ctx); err != nil {
		return err
	}
	return s.pupils.Drop(ctx)
}

// Run gathers and publishes until ctx ends.
func (s *Server) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, c := range s.consumers() {
		g.Go(func() error { return s.log.Consume(ctx, c) })
	}
	return g.Wait()
}

func (s *Server) consumers() []eventlog.Consumer {
	return []eventlog.Consumer{
		{Stream: eventlog.Submissions, Durable: "reporting-submissions", Types: []string{wire.TypeSubmission}, Handle: s.handle(s.submission)},
		{Stream: eventlog.Verdicts, Durable: "reporting-verdicts", Types: []string{wire.TypeVerdicts}, Handle: s.handle(s.verdicts)},
		{Stream: eventlog.Identities, Durable: "reporting-identities", Types: []string{wire.TypeIdentities}, Handle: s.handle(s.identities)},
		{
			Stream: eventlog.Decisions, Durable: "reporting-decisions", Filter: []string{"decision.acknowledge.*.*"},
			Types: []string{wire.TypeAcknowledged}, Handle: s.handle(s.decisions),
		},
	}
}
