package registry

import (
	"context"
	"time"

	registryv1 "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	sandboxv1 "github.com/rasoat/rasoat/proto/rasoat/sandbox/v1"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// maxQuestions is how many claims or numbers a call may have.
const maxQuestions = 200

// People is where the truth lives.
type People interface {
	PersonByNumber(number student.IDNumber) (sandbox.Person, bool)
}

var _ People = (*sandbox.Nation)(nil)

// Config says how a registry behaves from the start.
type Config struct {
	Behaviour Behaviour
	// IgnoreAccents compares names without their marks, as one client of the real service is seen to send them.
	IgnoreAccents bool
	// Now is the clock of the limit; nil means time.Now.
	Now func() time.Time
}

// Server is the registry. It is safe for concurrent use.
type Server struct {
	registryv1.UnimplementedRegistryServiceServer

	people        People
	ignoreAccents bool
	gate          *gate
}

// New makes a registry over the people.
func New(people People, cfg Config) *Server {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Server{people: people, ignoreAccents: cfg.IgnoreAccents, gate: newGate(cfg.Behaviour, cfg.Now)}
}

// Register adds RegistryService, and SandboxService to control it.
func (s *Server) Register(r grpc.ServiceRegistrar) {
	registryv1.RegisterRegistryServiceServer(r, s)
	sandboxv1.RegisterSandboxServiceServer(r, controls{gate: s.gate})
}

// SetBehaviour changes how the registry behaves from now on.
func (s *Server) SetBehaviour(b Behaviour) { s.gate.set(b) }

// Behaviour tells how the registry behaves, and what it counted.
func (s *Server) Behaviour() (Behaviour, Counters) { return s.gate.get() }

// Verify says of each claim whether such a person exists. Errors: UNAVAILABLE, RESOURCE_EXHAUSTED and INTERNAL as
// the behaviour has it, INVALID_ARGUMENT for more than 200 claims.
func (s *Server) Verify(ctx context.Context, r *registryv1.VerifyRequest) (*registryv1.VerifyResponse, error) {
	if err := s.admit(ctx, false, len(r.GetClaims())); err != nil {
		return nil, err
	}
	out := &registryv1.VerifyResponse{Exists: make([]bool, len(r.GetClaims()))}
	for i, c := range r.GetClaims() {
		person, ok := s.people.PersonByNumber(student.IDNumber(c.GetIdNumber()))
		out.Exists[i] = ok && s.sameName(person.FullName.Reveal(), c.GetFullName()) &&
			sameDate(person.BirthDate, wire.FromDate(c.GetDateOfBirth()))
	}
	return out, nil
}

// Lookup gives the person of each number, or nothing. Errors: those of Verify, and PERMISSION_DENIED where only
// Verify is granted.
func (s *Server) Lookup(ctx context.Context, r *registryv1.LookupRequest) (*registryv1.LookupResponse, error) {
	if err := s.admit(ctx, true, len(r.GetIdNumbers())); err != nil {
		return nil, err
	}
	out := &registryv1.LookupResponse{Answers: make([]*registryv1.LookupAnswer, len(r.GetIdNumbers()))}
	for i, number := range r.GetIdNumbers() {
		out.Answers[i] = &registryv1.LookupAnswer{}
		if p, ok := s.people.PersonByNumber(student.IDNumber(number)); ok {
			out.Answers[i].Person = &registryv1.Person{
				IdNumber: p.Number.Reveal(), FullName: p.FullName.Reveal(), DateOfBirth: wire.ToDate(p.BirthDate), Gender: wire.ToGender(p.Gender),
			}
		}
	}
	return out, nil
}

func (s *Server) admit(ctx context.Context, lookup bool, questions int) error {
	if questions > maxQuestions {
		return status.Errorf(codes.InvalidArgument, "a call has at most %d questions", maxQuestions)
	}
	return s.gate.enter(ctx, lookup, questions)
}

func (s *Server) sameName(a, b string) bool {
	a, b = student.FoldName(a), student.FoldName(b)
	if s.ignoreAccents {
		a, b = student.Unaccent(a), student.Unaccent(b)
	}
	return a == b
}

// sameDate compares birth dates; where the registry knows only the year, the year decides.
func sameDate(known, claimed student.Date) bool {
	if known.YearOnly() {
		return known.Year == claimed.Year
	}
	return known == claimed
}

// controls is SandboxService. It never misbehaves.
type controls struct {
	sandboxv1.UnimplementedSandboxServiceServer
	gate *gate
}

// SetBehaviour changes how the registry behaves from now on. Error: INVALID_ARGUMENT.
func (c controls) SetBehaviour(_ context.Context, r *sandboxv1.SetBehaviourRequest) (*sandboxv1.SetBehaviourResponse, error) {
	if r.GetBehaviour() == nil {
		return nil, status.Error(codes.InvalidArgument, "there is no behaviour")
	}
	b := fromBehaviour(r.GetBehaviour())
	if err := b.check(); err != nil {
		return nil, err
	}
	c.gate.set(b)
	return &sandboxv1.SetBehaviourResponse{}, nil
}

// GetBehaviour tells how the registry behaves, and what it counted.
func (c controls) GetBehaviour(context.Context, *sandboxv1.GetBehaviourRequest) (*sandboxv1.GetBehaviourResponse, error) {
	b, n := c.gate.get()
	return &sandboxv1.GetBehaviourResponse{
		Behaviour: toBehaviour(b), Calls: n.Calls, RefusedCalls: n.Refused, Questions: n.Questions,
	}, nil
}
