// Package server runs matching on the log.
//
// Three loops share the work. One projects profiles and the numbers they claim, and says of each pupil whose identity
// changed that it waits. One projects what was learned. One asks: it reads "waiting" from the log itself, so that a
// question survives any crash, and an absent registry merely stops this loop, visibly, until it is back; nothing else
// waits for it. What the registry answers is appended first and projected second, so that a rebuild asks nobody.
package server

import (
	"context"
	"log/slog"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	registrypb "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
)

// Config is what an operator decides.
type Config struct {
	Drive *drive.Drive
	Key   student.Key
}

// Deps is the seam to the outside: the log, this service's own database, and the population registry.
type Deps struct {
	Log      *eventlog.Log
	Store    store.DB
	Registry registrypb.RegistryServiceClient
	Logger   *slog.Logger
}

// Server is the matching service.
type Server struct {
	drive    *drive.Drive
	key      student.Key
	log      *eventlog.Log
	db       store.DB
	pupils   store.Collection // <drive>/<pupil>: profile, identity, number/<hash>
	numbers  store.Collection // <drive>/<hash of number>: a facet for each pupil who ever claimed it
	registry registrypb.RegistryServiceClient
	logger   *slog.Logger
}

// New wires the service.
func New(cfg Config, deps Deps) *Server {
	return &Server{
		drive: cfg.Drive, key: cfg.Key, log: deps.Log, db: deps.Store, registry: deps.Registry, logger: deps.Logger,
		pupils: deps.Store.Collection("pupils"), numbers: deps.Store.Collection("numbers"),
	}
}

// Name of the service in logs, health and dead letters.
func (s *Server) Name() string { return "matching" }

// Register adds nothing yet: matching has no RPC of its own.
func (s *Server) Register(grpc.ServiceRegistrar) {}

// Gateway adds nothing yet.
func (s *Server) Gateway(context.Context, *runtime.ServeMux, *grpc.ClientConn) error { return nil }

// Ready reports whether the service can work. An absent registry is no reason to restart it.
func (s *Server) Ready(ctx context.Context) error { return s.db.Ping(ctx) }

// Run matches until ctx ends.
func (s *Server) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, c := range []eventlog.Consumer{
		{Stream: eventlog.Submissions, Filter: []string{"submission.profile.>"}, Durable: "matching-profiles", Types: []string{wire.TypeSubmission}, Handle: s.profiles},
		{Stream: eventlog.Identities, Durable: "matching-identities", Types: []string{wire.TypeIdentities}, Handle: s.identities},
		{Stream: eventlog.Identities, Durable: "matching-ask", Types: []string{wire.TypeIdentities}, Handle: s.ask},
	} {
		g.Go(func() error { return s.log.Consume(ctx, c) })
	}
	return g.Wait()
}
