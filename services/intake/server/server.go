// Package server puts intake behind its doors: gRPC, REST through the gateway, and JetStream
// (PORTAL in, RECEIPTS out). Every door ends in one function, take.
//
// The one rule a reader must not miss: the broker itself takes the id of a submission once, on
// condition that no message is on submission.*.<province>.<school>.<id>. There is no time window,
// no cache and no projection that could be behind. A repeat is answered from the stored message.
package server

import (
	"context"
	"errors"
	"log/slog"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	pb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/operator"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// Config is what an operator decides.
type Config struct {
	Drive *drive.Drive
	Key   student.Key
}

// Deps is the seam to the outside: the log and this service's own database.
type Deps struct {
	Log    *eventlog.Log
	Store  store.DB
	Logger *slog.Logger
	// Correctable tells which parts of some pupils of a school ("01/01000701") may be corrected after their window has closed: those that came
	// in time and have an open finding (AskReporting). Only tests go without; nothing is correctable then.
	Correctable func(ctx context.Context, scope string, pupils []string) (map[string][]student.Part, error)
}

// Server is the intake service.
type Server struct {
	pb.UnimplementedIntakeServiceServer
	pb.UnimplementedWindowServiceServer
	cfg         Config
	log         *eventlog.Log
	db          store.DB
	submissions store.Collection
	logger      *slog.Logger
	ask         func(ctx context.Context, scope string, pupils []string) (map[string][]student.Part, error)
}

// New wires the service.
func New(cfg Config, deps Deps) *Server {
	return &Server{
		cfg: cfg, log: deps.Log, db: deps.Store, submissions: deps.Store.Collection(submissionsName), logger: deps.Logger, ask: deps.Correctable,
	}
}

// Name of the service in logs, health and dead letters.
func (s *Server) Name() string { return "intake" }

// Runs tells what the service runs on.
func (s *Server) Runs() operator.Runs {
	return operator.Runs{Log: s.log, DriveID: s.cfg.Drive.ID, DriveDigest: s.cfg.Drive.Digest}
}

// Register adds the gRPC services.
func (s *Server) Register(r grpc.ServiceRegistrar) {
	pb.RegisterIntakeServiceServer(r, s)
	pb.RegisterWindowServiceServer(r, s)
}

// Gateway adds the REST doors.
func (s *Server) Gateway(ctx context.Context, mux *runtime.ServeMux, conn *grpc.ClientConn) error {
	return errors.Join(pb.RegisterIntakeServiceHandler(ctx, mux, conn), pb.RegisterWindowServiceHandler(ctx, mux, conn))
}

// Ready reports whether the service's database answers.
func (s *Server) Ready(ctx context.Context) error { return s.db.Ping(ctx) }

// Rebuild throws away the list of submissions and has it made from the log anew; before Run.
func (s *Server) Rebuild(ctx context.Context) error {
	if err := s.log.Forget(ctx, eventlog.Submissions, durableList); err != nil {
		return err
	}
	return s.submissions.Drop(ctx)
}

// submissionsName is the collection of the list of submissions.
const submissionsName = "submissions"

// durableList is the name of the consumer that keeps the list of submissions.
const durableList = "intake-submissions"

// Run appends the drive's digest to the log and serves the JetStream door and the list of submissions until ctx ends.
func (s *Server) Run(ctx context.Context) error {
	if err := s.log.Patiently(ctx, func() error { return s.announce(ctx) }); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return s.log.Consume(ctx, eventlog.Consumer{
			Stream: eventlog.Portal, Durable: "intake-portal", Handle: s.portal,
		})
	})
	g.Go(func() error {
		return s.log.Consume(ctx, eventlog.Consumer{
			Stream: eventlog.Submissions, Durable: durableList, Types: []string{wire.TypeSubmission}, Handle: s.project,
		})
	})
	return g.Wait()
}

// announce says in the log under which book the drive is judged from here on; once for each digest.
func (s *Server) announce(ctx context.Context) error {
	subject, err := eventlog.Subject("decision", "drive", s.cfg.Drive.ID, s.cfg.Drive.Digest)
	if err != nil {
		return err
	}
	data, err := proto.Marshal(&pb.DriveLoaded{Drive: s.cfg.Drive.ID, Version: s.cfg.Drive.Version, Digest: s.cfg.Drive.Digest})
	if err != nil {
		return fault.Wrap(fault.Internal, "intake.announce", err)
	}
	_, err = s.log.Append(ctx, eventlog.Event{
		Subject: subject, Type: wire.TypeDriveLoaded, Data: data, ExpectLast: &eventlog.Expect{},
	})
	if fault.Is(err, fault.Conflict) {
		return nil
	}
	return err
}

// project keeps the places of each school's submissions in the log as a range of its own; the receipts themselves are made from
// the log whenever they are asked for.
func (s *Server) project(ctx context.Context, batch []eventlog.Message) error {
	patches := make([]store.Patch, 0, len(batch))
	for _, m := range batch {
		// submission.<kind>.<province>.<school>.<id>
		patches = append(patches, store.Patch{
			ID:    s.cfg.Drive.ID + "/" + m.Token(2) + "/" + m.Token(3) + "/" + m.Token(4),
			Facet: facetTaken, Rev: store.Revision{Major: m.Sequence},
		})
	}
	return s.submissions.Merge(ctx, patches)
}

// facetTaken has as its revision the sequence of the submission.
const facetTaken = "taken"
