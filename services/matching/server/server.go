// Package server runs matching on the log.
//
// Every copy runs three loops. The first projects profiles and the numbers that they claim. When
// the identity of a pupil has changed, it appends that the pupil waits, and opens a question. The
// second projects what was learned. The third projects what officers decided.
//
// Beside them one copy asks the registry: the holder of a lease. The questions are in the log, one
// message a pupil. They are taken province by province in turn, within the budget of the drive. So
// a question survives any crash, and an absent registry stops the asking, visibly, and nothing
// else. An answer of the registry is appended first and projected second, so that a rebuild asks
// nobody.
package server

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	registrypb "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/operator"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/generation"
	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
)

// Facets of a pupil's document.
const (
	facetProfile  = "profile"
	facetIdentity = "identity"
	facetNumber   = "number/" // + hash: a number that the pupil claims or has claimed
	facetShared   = "shared"  // there was another who claims the number
	facetSettled  = "settled/"
	facetReview   = "review" // of an entry in the index of reviews
)

// Config is what an operator decides.
type Config struct {
	Drive *drive.Drive
	Key   student.Key
	// Weights of the comparisons; nil for those that are built in.
	Weights *matching.Weights
	// LeaseTerm is after how long another copy asks in the place of one that fell silent; 0 for 5 s.
	LeaseTerm time.Duration
	// BreakerOpen is after how long one question tries a registry that failed; 0 for 5 s. The patience that the registry asks for starts at a
	// fifth of it and ends at six times of it.
	BreakerOpen time.Duration
}

// Deps is the seam to the outside: the log, this service's own database, and the population registry.
type Deps struct {
	Log      *eventlog.Log
	Store    store.DB
	Registry registrypb.RegistryServiceClient
	Logger   *slog.Logger
	Now      func() time.Time // time.Now when nil
}

// Server is the matching service.
type Server struct {
	pb.UnimplementedMatchingServiceServer
	drive     *drive.Drive
	key       student.Key
	weights   *matching.Weights
	leaseTerm time.Duration
	openFor   time.Duration
	provinces []string // of the directory
	log       *eventlog.Log
	db        *generation.DB
	pupils    store.Collection // <drive>/<pupil>: profile, identity, number/<hash>, settled/…
	numbers   store.Collection // <drive>/<hash of number>: a facet for each pupil who ever claimed it
	reviews   store.Collection // <drive>/<province>/<school>/<pupil>: those who ever waited for a person
	registry  registrypb.RegistryServiceClient
	logger    *slog.Logger
	now       func() time.Time
	metrics   *metrics
	replayed  uint64 // the last submission that a rebuild gathered
}

// New wires the service.
func New(cfg Config, deps Deps) *Server {
	db := generation.New(deps.Store, pupilsName, numbersName, reviewsName)
	s := &Server{
		drive: cfg.Drive, key: cfg.Key, weights: cfg.Weights, leaseTerm: cfg.LeaseTerm, openFor: cfg.BreakerOpen, provinces: Provinces(cfg.Drive), log: deps.Log, db: db,
		registry: deps.Registry, logger: deps.Logger, now: deps.Now, pupils: db.Collection(pupilsName), numbers: db.Collection(numbersName),
		reviews: db.Collection(reviewsName), metrics: newMetrics(),
	}
	if s.weights == nil {
		s.weights = matching.DefaultWeights()
	}
	if s.leaseTerm <= 0 {
		s.leaseTerm = leaseTerm
	}
	if s.openFor <= 0 {
		s.openFor = openFor
	}
	if s.now == nil {
		s.now = time.Now
	}
	return s
}

// Provinces gives the provinces of a drive's schools, each of which has a line to the registry.
func Provinces(d *drive.Drive) []string {
	var out []string
	for _, s := range d.Schools {
		if !slices.Contains(out, s.Province) {
			out = append(out, s.Province)
		}
	}
	slices.Sort(out)
	return out
}

// Name of the service in logs, health and dead letters.
func (s *Server) Name() string { return "matching" }

// Runs tells what the service runs on.
func (s *Server) Runs() operator.Runs {
	return operator.Runs{Log: s.log, DriveID: s.drive.ID, DriveDigest: s.drive.Digest}
}

// Register adds the gRPC service.
func (s *Server) Register(r grpc.ServiceRegistrar) { pb.RegisterMatchingServiceServer(r, s) }

// Gateway adds the REST doors.
func (s *Server) Gateway(ctx context.Context, mux *runtime.ServeMux, conn *grpc.ClientConn) error {
	return pb.RegisterMatchingServiceHandler(ctx, mux, conn)
}

// Ready reports whether the service's database answers.
func (s *Server) Ready(ctx context.Context) error { return s.db.Ping(ctx) }

const durableIdentities = "matching-identities"

// Run matches until ctx ends.
func (s *Server) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { s.Plan().Tidy(ctx, s.logger); return nil })
	for _, c := range []eventlog.Consumer{
		{Stream: eventlog.Submissions, Filter: []string{"submission.profile.>"}, Durable: durableProfiles, Types: []string{wire.TypeSubmission}, Handle: s.profiles},
		{Stream: eventlog.Identities, Durable: durableIdentities, Types: []string{wire.TypeIdentities}, Handle: s.identities},
		{Stream: eventlog.Decisions, Filter: []string{"decision.settle.>", "decision.recheck.>"}, Durable: durableDecisions,
			Types: []string{wire.TypeSettled, wire.TypeRecheck}, Handle: s.decisions},
	} {
		g.Go(func() error { return s.log.Consume(ctx, c) })
	}
	g.Go(func() error { return s.takePart(ctx) })
	return g.Wait()
}
