package registry

import (
	"context"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	registryv1 "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	sandboxv1 "github.com/rasoat/rasoat/proto/rasoat/sandbox/v1"
	studentv1 "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/student"
	"golang.org/x/text/unicode/norm"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

// town is a few people.
type town map[student.IDNumber]sandbox.Person

func (t town) PersonByNumber(n student.IDNumber) (sandbox.Person, bool) {
	p, ok := t[n]
	return p, ok
}

func (t town) Cancelled(n student.IDNumber) bool { return n == oldNumber }

func (t town) Another(n student.IDNumber) (sandbox.Person, bool) {
	for _, number := range slices.Sorted(maps.Keys(t)) {
		if number != n {
			return t[number], true
		}
	}
	return sandbox.Person{}, false
}

const oldNumber = "001305000077"

var home = student.Residence{Province: "01", District: "001", Commune: "00001", CatalogueDate: "2023-04-10"}

var people = town{
	"001305000001": {Number: "001305000001", FullName: "Đỗ Thị Hòa", BirthDate: student.Date{Year: 2005, Month: 2, Day: 28}, Gender: student.Female, Residence: home},
	"040204000002": {Number: "040204000002", FullName: "Moong Văn Ôn", BirthDate: student.Date{Year: 2004}, Gender: student.Male},
}

func claim(number, name string, year, month, day int32) *registryv1.Claim {
	return &registryv1.Claim{IdNumber: number, FullName: name, DateOfBirth: &studentv1.Date{Year: year, Month: month, Day: day}}
}

func TestVerifyComparesAsOneNameTypedInDifferentWays(t *testing.T) {
	for _, c := range []struct {
		what          string
		claim         *registryv1.Claim
		want, without bool // without accents
	}{
		{"as it is", claim("001305000001", "Đỗ Thị Hòa", 2005, 2, 28), true, true},
		{"capitals", claim("001305000001", "ĐỖ THỊ HÒA", 2005, 2, 28), true, true},
		{"decomposed", claim("001305000001", norm.NFD.String("Đỗ Thị Hòa"), 2005, 2, 28), true, true},
		{"look-alike, old tone, spaces", claim("001305000001", " Ðỗ  Thị Hoà", 2005, 2, 28), true, true},
		{"no marks", claim("001305000001", "DO THI HOA", 2005, 2, 28), false, true},
		{"another name", claim("001305000001", "Đỗ Thị Hoàn", 2005, 2, 28), false, false},
		{"another day", claim("001305000001", "Đỗ Thị Hòa", 2005, 2, 27), false, false},
		{"nobody", claim("001305000009", "Đỗ Thị Hòa", 2005, 2, 28), false, false},
		{"the year is all that is known", claim("040204000002", "Moong Văn Ôn", 2004, 5, 6), true, true},
		{"another year", claim("040204000002", "Moong Văn Ôn", 2005, 0, 0), false, false},
		{"no date", &registryv1.Claim{IdNumber: "001305000001", FullName: "Đỗ Thị Hòa"}, false, false},
	} {
		for _, ignore := range []bool{false, true} {
			want := c.want
			if ignore {
				want = c.without
			}
			r, err := New(people, Config{IgnoreAccents: ignore}).Verify(t.Context(), &registryv1.VerifyRequest{Claims: []*registryv1.Claim{c.claim}})
			if err != nil || len(r.Exists) != 1 || r.Exists[0] != want {
				t.Errorf("%s, accents ignored %v: got %v, %v, want %v", c.what, ignore, r.GetExists(), err, want)
			}
		}
	}
}

func TestLookupAnswersInOrder(t *testing.T) {
	r, err := New(people, Config{}).Lookup(t.Context(), &registryv1.LookupRequest{IdNumbers: []string{"040204000002", "1", "001305000001"}})
	if err != nil || len(r.Answers) != 3 {
		t.Fatalf("got %v, %v", r, err)
	}
	first, none, last := r.Answers[0].Person, r.Answers[1].Person, r.Answers[2].Person
	if first.GetFullName() != "Moong Văn Ôn" || none != nil || last.GetGender() != studentv1.Gender_GENDER_FEMALE || last.GetDateOfBirth().GetDay() != 28 {
		t.Errorf("got %v", r)
	}
}

func TestBehaviours(t *testing.T) {
	for _, c := range []struct {
		what           string
		behaviour      Behaviour
		verify, lookup codes.Code
	}{
		{"well", Behaviour{}, codes.OK, codes.OK},
		{"away", Behaviour{Away: true}, codes.Unavailable, codes.Unavailable},
		{"verify only", Behaviour{VerifyOnly: true}, codes.OK, codes.PermissionDenied},
		{"failing", Behaviour{FailingPerMille: 1000}, codes.Internal, codes.Internal},
		{"one call a second", Behaviour{CallsPerSecond: 1}, codes.OK, codes.ResourceExhausted},
		{"two questions a second", Behaviour{QuestionsPerSecond: 2}, codes.OK, codes.ResourceExhausted},
	} {
		stopped := time.Unix(0, 0)
		s := New(people, Config{Behaviour: c.behaviour, Now: func() time.Time { return stopped }})
		_, err := s.Verify(t.Context(), &registryv1.VerifyRequest{Claims: []*registryv1.Claim{{}}})
		if got := status.Code(err); got != c.verify {
			t.Errorf("%s: verify is %v, want %v", c.what, got, c.verify)
		}
		_, err = s.Lookup(t.Context(), &registryv1.LookupRequest{IdNumbers: []string{"1", "2"}})
		if got := status.Code(err); got != c.lookup {
			t.Errorf("%s: lookup is %v, want %v", c.what, got, c.lookup)
		}
		_, n := s.Behaviour()
		want := Counters{Calls: 2, Asked: 3}
		want.add(c.verify, 1)
		want.add(c.lookup, 2)
		if n != want {
			t.Errorf("%s: counted %+v, want %+v", c.what, n, want)
		}
	}
}

func (c *Counters) add(code codes.Code, questions int64) {
	if code == codes.OK {
		c.Questions += questions
	} else {
		c.Refused++
	}
	if code == codes.ResourceExhausted {
		c.OverLimit++
	}
}

func TestLimitIsByTheSecond(t *testing.T) {
	now := time.Unix(100, 0)
	s := New(people, Config{Behaviour: Behaviour{CallsPerSecond: 5}, Now: func() time.Time { return now }})
	for second := range 3 {
		passed := 0
		for range 20 {
			if _, err := s.Verify(t.Context(), &registryv1.VerifyRequest{}); err == nil {
				passed++
			}
		}
		if passed != 5 {
			t.Errorf("second %d: %d calls passed, want 5", second, passed)
		}
		now = now.Add(time.Second)
	}
}

func TestFailuresHaveTheirShare(t *testing.T) {
	s := New(people, Config{Behaviour: Behaviour{FailingPerMille: 30}})
	failed := 0
	for range 1000 {
		if _, err := s.Verify(t.Context(), &registryv1.VerifyRequest{}); err != nil {
			failed++
		}
	}
	if failed != 30 {
		t.Errorf("%d of 1000 calls failed, want 30", failed)
	}
}

func TestDelayEndsWithTheCaller(t *testing.T) {
	s := New(people, Config{Behaviour: Behaviour{Delay: time.Hour}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Verify(ctx, &registryv1.VerifyRequest{}); status.Code(err) != codes.Canceled {
		t.Errorf("got %v, want cancelled", err)
	}
	if _, n := s.Behaviour(); n.Refused != 1 {
		t.Errorf("refused %d, want 1", n.Refused)
	}
}

func TestTooManyQuestions(t *testing.T) {
	s := New(people, Config{})
	_, err := s.Lookup(t.Context(), &registryv1.LookupRequest{IdNumbers: make([]string, maxQuestions+1)})
	if status.Code(err) != codes.InvalidArgument {
		t.Errorf("got %v", err)
	}
}

// TestServedAndControlledOverTheWire runs the server on a port, asks many things at once, and changes the behaviour
// meanwhile.
func TestServedAndControlledOverTheWire(t *testing.T) {
	nation := sandbox.New(sandbox.Config{Seed: 1, Pupils: 300})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- New(nation, Config{}).Serve(ctx, l) }()
	conn, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	registry, controls := registryv1.NewRegistryServiceClient(conn), sandboxv1.NewSandboxServiceClient(conn)
	var all sync.WaitGroup
	for from := range 6 {
		all.Go(func() { askAll(t, registry, nation, from*50, from*50+50) })
		all.Go(func() {
			b := &sandboxv1.Behaviour{DelayMs: int32(from), CallsPerSecond: 100_000}
			if _, err := controls.SetBehaviour(t.Context(), &sandboxv1.SetBehaviourRequest{Behaviour: b}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, bad := range []*sandboxv1.Behaviour{nil, {DelayMs: -1}, {CallsPerSecond: -1}, {FailingPerMille: 1001}, {QuestionsPerSecond: -1}, {MalformedPerMille: 1001}, {OtherPersonPerMille: -1}} {
		if _, err := controls.SetBehaviour(t.Context(), &sandboxv1.SetBehaviourRequest{Behaviour: bad}); status.Code(err) != codes.InvalidArgument {
			t.Errorf("behaviour %v: got %v", bad, err)
		}
	}
	want := &sandboxv1.Behaviour{
		Away: true, DelayMs: 5, CallsPerSecond: 7, FailingPerMille: 9, VerifyOnly: true, QuestionsPerSecond: 11, MalformedPerMille: 13, OtherPersonPerMille: 17,
	}
	if _, err := controls.SetBehaviour(t.Context(), &sandboxv1.SetBehaviourRequest{Behaviour: want}); err != nil {
		t.Fatal(err)
	}
	if _, err := registry.Verify(t.Context(), &registryv1.VerifyRequest{}); status.Code(err) != codes.Unavailable {
		t.Errorf("away: got %v", err)
	}
	got, err := controls.GetBehaviour(t.Context(), &sandboxv1.GetBehaviourRequest{})
	if err != nil || got.Behaviour.String() != want.String() || got.Calls != 301 || got.RefusedCalls != 1 || got.Questions == 0 {
		t.Errorf("got %v, %v", got, err)
	}
	reissueOverTheWire(t, controls, nation)
	_ = conn.Close()
	stop()
	if err := <-done; err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

// askAll looks up and verifies pupils one by one.
func askAll(t *testing.T, registry registryv1.RegistryServiceClient, nation *sandbox.Nation, from, end int) {
	for i := from; i < end; i++ {
		p, ok := nation.Person(i)
		name := strings.ToUpper(p.FullName.Reveal())
		r, err := registry.Verify(t.Context(), &registryv1.VerifyRequest{Claims: []*registryv1.Claim{
			claim(p.Number.Reveal(), name, int32(p.BirthDate.Year), int32(p.BirthDate.Month), int32(p.BirthDate.Day)),
			claim(p.Number.Reveal(), name, int32(p.BirthDate.Year)+1, 1, 1),
		}})
		if err != nil || r.Exists[0] != ok || r.Exists[1] {
			t.Errorf("pupil %d: got %v, %v, want %v and false", i, r.GetExists(), err, ok)
		}
	}
}
