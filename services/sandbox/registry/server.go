package registry

import (
	"context"
	"hash/maphash"
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
	// PersonByNumber gives the person of a number in force; false where it is nobody's.
	PersonByNumber(number student.IDNumber) (sandbox.Person, bool)
	// Cancelled reports a number that was cancelled when another was issued in its place.
	Cancelled(number student.IDNumber) bool
	// Another gives somebody whose number is not this one; false where there is nobody.
	Another(number student.IDNumber) (sandbox.Person, bool)
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

	register      *register
	keys          keyer
	ignoreAccents bool
	gate          *gate
}

// New makes a registry over the people.
func New(people People, cfg Config) *Server {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Server{
		register: newRegister(people), keys: keyer{maphash.MakeSeed()}, ignoreAccents: cfg.IgnoreAccents, gate: newGate(cfg.Behaviour, cfg.Now),
	}
}

// Register adds RegistryService, and SandboxService to control it.
func (s *Server) Register(r grpc.ServiceRegistrar) {
	registryv1.RegisterRegistryServiceServer(r, s)
	sandboxv1.RegisterSandboxServiceServer(r, controls{server: s})
}

// SetBehaviour changes how the registry behaves from now on.
func (s *Server) SetBehaviour(b Behaviour) { s.gate.set(b) }

// Behaviour tells how the registry behaves, and what it counted.
func (s *Server) Behaviour() (Behaviour, Counters) { return s.gate.get() }

// Reissue cancels a number in force: from now on its person has the one that is returned, which is nobody else's and has
// the same first six digits. Errors: NOT_FOUND for a number that is nobody's or already cancelled, RESOURCE_EXHAUSTED
// when no number is left.
func (s *Server) Reissue(number student.IDNumber) (student.IDNumber, error) {
	return s.register.reissue(number)
}

// Verify says of each claim whether such a person exists. Errors: UNAVAILABLE, RESOURCE_EXHAUSTED and INTERNAL as
// the behaviour has it, INVALID_ARGUMENT for more than 200 claims.
func (s *Server) Verify(ctx context.Context, r *registryv1.VerifyRequest) (*registryv1.VerifyResponse, error) {
	claims := r.GetClaims()
	if err := s.admit(ctx, false, len(claims)); err != nil {
		return nil, err
	}
	out := &registryv1.VerifyResponse{Exists: make([]bool, len(claims))}
	keys := make([]uint64, len(claims))
	for i, c := range claims {
		keys[i] = s.keys.claim(c)
		person, known, _ := s.register.find(student.IDNumber(c.GetIdNumber()))
		out.Exists[i] = known && s.sameName(person.FullName.Reveal(), c.GetFullName()) &&
			sameDate(person.BirthDate, wire.FromDate(c.GetDateOfBirth()))
	}
	if s.gate.answer(false, keys).short {
		out.Exists = out.Exists[1:]
	}
	return out, nil
}

// Lookup returns the person of each number, or nothing, and then tells whether the number was cancelled. Errors: those of
// Verify, and PERMISSION_DENIED where only Verify is granted.
func (s *Server) Lookup(ctx context.Context, r *registryv1.LookupRequest) (*registryv1.LookupResponse, error) {
	numbers := r.GetIdNumbers()
	if err := s.admit(ctx, true, len(numbers)); err != nil {
		return nil, err
	}
	out := &registryv1.LookupResponse{Answers: make([]*registryv1.LookupAnswer, len(numbers))}
	keys := make([]uint64, len(numbers))
	for i, number := range numbers {
		keys[i] = s.keys.number(number)
		person, known, cancelled := s.register.find(student.IDNumber(number))
		out.Answers[i] = &registryv1.LookupAnswer{Cancelled: cancelled}
		if known {
			out.Answers[i].Person = toPerson(person)
		}
	}
	how := s.gate.answer(true, keys)
	if how.other >= 0 {
		if person, ok := s.register.another(student.IDNumber(numbers[how.other])); ok {
			out.Answers[how.other] = &registryv1.LookupAnswer{Person: toPerson(person)}
		}
	}
	if how.short {
		out.Answers = out.Answers[1:]
	}
	return out, nil
}

func toPerson(p sandbox.Person) *registryv1.Person {
	w := wire.ToProfile(student.Profile{FullName: p.FullName, BirthDate: p.BirthDate, Gender: p.Gender, Residence: p.Residence})
	return &registryv1.Person{
		IdNumber: p.Number.Reveal(), FullName: w.GetFullName(), DateOfBirth: w.GetDateOfBirth(), Gender: w.GetGender(), Residence: w.GetResidence(),
	}
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
