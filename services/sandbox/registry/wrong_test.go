package registry

import (
	"testing"
	"time"

	registryv1 "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	sandboxv1 "github.com/rasoat/rasoat/proto/rasoat/sandbox/v1"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/student"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

const girl, boy = "001305000001", "040204000002"

func lookup(t *testing.T, s *Server, numbers ...string) []*registryv1.LookupAnswer {
	t.Helper()
	r, err := s.Lookup(t.Context(), &registryv1.LookupRequest{IdNumbers: numbers})
	if err != nil {
		t.Fatal(err)
	}
	return r.Answers
}

func TestLookupTellsResidenceAndCancelledNumbers(t *testing.T) {
	got := lookup(t, New(people, Config{}), girl, oldNumber, boy, "1")
	if r := got[0].GetPerson().GetResidence(); r.GetProvince() != "01" || r.GetDistrict() != "001" || r.GetCommune() != "00001" {
		t.Errorf("residence: got %v", r)
	}
	if got[2].GetPerson().GetResidence() != nil {
		t.Error("a person without a residence has one")
	}
	for i, want := range []bool{false, true, false, false} {
		if got[i].GetCancelled() != want || want && got[i].Person != nil {
			t.Errorf("answer %d: cancelled %v, want %v", i, got[i].GetCancelled(), want)
		}
	}
}

func TestQuestionsAreLimitedByTheSecond(t *testing.T) {
	now := time.Unix(100, 0)
	s := New(people, Config{Behaviour: Behaviour{QuestionsPerSecond: 10}, Now: func() time.Time { return now }})
	for second := range 3 {
		for i, want := range []codes.Code{codes.OK, codes.OK, codes.ResourceExhausted, codes.OK, codes.ResourceExhausted} {
			questions := []int{4, 4, 4, 2, 1}[i]
			_, err := s.Lookup(t.Context(), &registryv1.LookupRequest{IdNumbers: make([]string, questions)})
			if got := status.Code(err); got != want {
				t.Errorf("second %d, call %d of %d questions: got %v, want %v", second, i, questions, got, want)
			}
		}
		now = now.Add(time.Second)
	}
	if _, err := s.Lookup(t.Context(), &registryv1.LookupRequest{IdNumbers: make([]string, 11)}); status.Code(err) != codes.ResourceExhausted {
		t.Errorf("more questions than a second has: got %v", err)
	}
	if _, n := s.Behaviour(); n.OverLimit != 7 || n.Refused != 7 || n.Questions != 30 {
		t.Errorf("counted %+v", n)
	}
}

func TestMalformedAnswersHaveTheirShare(t *testing.T) {
	s := New(people, Config{Behaviour: Behaviour{MalformedPerMille: 50}})
	short := 0
	for range 1000 {
		if len(lookup(t, s, girl, boy)) == 1 {
			short++
		}
		r, err := s.Verify(t.Context(), &registryv1.VerifyRequest{Claims: []*registryv1.Claim{{}}})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Exists) == 0 {
			short++
		}
		lookup(t, s) // has no answer to lose
	}
	if short != 100 {
		t.Errorf("%d of 2000 answers lack one, want 100", short)
	}
}

func TestOtherPersonsHaveTheirShare(t *testing.T) {
	s := New(people, Config{Behaviour: Behaviour{OtherPersonPerMille: 20}})
	wrong := [2]int{}
	for range 1000 {
		for i, a := range lookup(t, s, girl, boy) {
			person := a.GetPerson()
			if person.GetIdNumber() == []string{girl, boy}[i] {
				continue
			}
			wrong[i]++
			if known, ok := people[student.IDNumber(person.GetIdNumber())]; !ok || known.FullName.Reveal() != person.GetFullName() {
				t.Errorf("answer %d is nobody's record", i)
			}
		}
		if _, err := s.Verify(t.Context(), &registryv1.VerifyRequest{Claims: []*registryv1.Claim{{}}}); err != nil {
			t.Fatal(err)
		}
	}
	if wrong[0]+wrong[1] != 20 {
		t.Errorf("answers about others: %v, want 20 together", wrong)
	}
}

func TestRepeatedQuestionsAreCounted(t *testing.T) {
	s := New(people, Config{})
	repeated := func() int64 {
		_, n := s.Behaviour()
		return n.Repeated
	}
	verify := func(c *registryv1.Claim) {
		t.Helper()
		if _, err := s.Verify(t.Context(), &registryv1.VerifyRequest{Claims: []*registryv1.Claim{c}}); err != nil {
			t.Fatal(err)
		}
	}
	for i, step := range []struct {
		ask  func()
		want int64
	}{
		{func() { lookup(t, s, girl, boy) }, 0},
		{func() { lookup(t, s, boy, "1") }, 1},
		{func() { verify(claim(girl, "Đỗ Thị Hòa", 2005, 2, 28)) }, 1},
		{func() { verify(claim(girl, "Đỗ Thị Hoà", 2005, 2, 28)) }, 1},
		{func() { verify(claim(girl, "Đỗ Thị Hòa", 2005, 2, 27)) }, 1},
		{func() { verify(claim(girl, "Đỗ Thị Hòa", 2005, 2, 28)) }, 2},
		{func() { s.SetBehaviour(Behaviour{MalformedPerMille: 1000}); lookup(t, s, "2", "3") }, 2},
		{func() { s.SetBehaviour(Behaviour{OtherPersonPerMille: 1000}); lookup(t, s, "2") }, 2},
		{func() { s.SetBehaviour(Behaviour{}); lookup(t, s, "2", "3") }, 2}, // were never answered well
		{func() { lookup(t, s, "3", "2") }, 4},
	} {
		if step.ask(); repeated() != step.want {
			t.Errorf("step %d: repeated %d, want %d", i, repeated(), step.want)
		}
	}
}

func TestReissuedNumbers(t *testing.T) {
	s := New(people, Config{})
	before := lookup(t, s, girl)[0].Person
	seen := map[student.IDNumber]bool{girl: true}
	number := student.IDNumber(girl)
	for range 3 {
		fresh, err := s.Reissue(number)
		if err != nil || seen[fresh] || fresh == boy || fresh == oldNumber || len(fresh) != 12 || fresh[:6] != number[:6] {
			t.Fatalf("reissue: of shape %v, %v", student.ShapeOf(fresh), err)
		}
		seen[fresh] = true
		got := lookup(t, s, number.Reveal(), fresh.Reveal())
		if got[0].Person != nil || !got[0].Cancelled || got[1].Cancelled {
			t.Errorf("old number cancelled %v, new one %v", got[0].GetCancelled(), got[1].GetCancelled())
		}
		want := proto.CloneOf(before)
		want.IdNumber = fresh.Reveal()
		if !proto.Equal(got[1].Person, want) {
			t.Error("the new number leads to another person")
		}
		r, err := s.Verify(t.Context(), &registryv1.VerifyRequest{Claims: []*registryv1.Claim{
			claim(number.Reveal(), "Đỗ Thị Hòa", 2005, 2, 28), claim(fresh.Reveal(), "Đỗ Thị Hòa", 2005, 2, 28),
		}})
		if err != nil || r.Exists[0] || !r.Exists[1] {
			t.Errorf("verify: got %v, %v", r.GetExists(), err)
		}
		if _, err := s.Reissue(number); status.Code(err) != codes.NotFound {
			t.Errorf("a cancelled number again: got %v", err)
		}
		number = fresh
	}
	s.SetBehaviour(Behaviour{OtherPersonPerMille: 1000})
	if got := lookup(t, s, boy)[0].Person; got.GetIdNumber() != number.Reveal() {
		t.Error("another person is told with a number that is cancelled")
	}
	for _, unknown := range []student.IDNumber{"", "1", "001305000009", oldNumber} {
		if _, err := s.Reissue(unknown); status.Code(err) != codes.NotFound {
			t.Errorf("unknown number: got %v", err)
		}
	}
}

func reissueOverTheWire(t *testing.T, controls sandboxv1.SandboxServiceClient, nation *sandbox.Nation) {
	t.Helper()
	p, ok := nation.Person(0)
	if !ok {
		p, _ = nation.Person(1)
	}
	r, err := controls.Reissue(t.Context(), &sandboxv1.ReissueRequest{IdNumber: p.Number.Reveal()})
	if err != nil || len(r.GetIdNumber()) != 12 || r.GetIdNumber() == p.Number.Reveal() {
		t.Errorf("reissue: a number of %d digits, %v", len(r.GetIdNumber()), err)
	}
	if _, err := controls.Reissue(t.Context(), &sandboxv1.ReissueRequest{IdNumber: p.Number.Reveal()}); status.Code(err) != codes.NotFound {
		t.Errorf("reissue again: got %v", err)
	}
}
