package server

import (
	"context"
	"slices"
	"testing"

	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
)

// enrol sends a roster entry of the pupil a alone.
func (s *service) enrol(t *testing.T, school, class string, state studentpb.EnrolmentState) {
	t.Helper()
	const pupil = "a"
	r := record(pupil, roster, class)
	r.Personal.GetEnrolment().State = state
	r.ContentHash = append(r.ContentHash, byte(state))
	revision := s.put(t, "submission.roster."+school[:2]+"."+school[3:]+"."+pupil+class+state.String(), wire.TypeSubmission, submission(school, r))
	s.put(t, "verdict.roster."+school[:2]+"."+school[3:], wire.TypeVerdicts, &validationpb.RecordsJudged{
		Drive: testDrive.ID, Book: 1, Verdicts: []*validationpb.Verdict{verdict(pupil, roster, revision, string(r.ContentHash))},
	})
	s.settle(t)
}

func TestSettleClaim(t *testing.T) {
	const joined, left = studentpb.EnrolmentState_ENROLMENT_STATE_JOINED, studentpb.EnrolmentState_ENROLMENT_STATE_LEFT
	const duplicate, verified = pb.Status_STATUS_DUPLICATE, pb.Status_STATUS_VERIFIED
	const second, far = "01/01000702", "79/79000701"
	s := serve(t)
	s.pupil(t, testSchool, "a", "12A1", nil)
	s.settle(t)
	claim := func(ctx context.Context, scope string) (*pb.SettleClaimResponse, error) {
		t.Helper()
		resp, err := s.SettleClaim(ctx, &pb.SettleClaimRequest{Scope: scope, Pupil: "a", Reason: "đã đối chiếu học bạ"})
		s.settle(t)
		return resp, err
	}
	if _, err := claim(by("so01", "01"), testSchool); !fault.Is(err, fault.Invalid) {
		t.Errorf("nothing to settle: got %v", err)
	}
	s.enrol(t, second, "12A2", joined)
	if s.status(t, testSchool)["a"] != duplicate || s.status(t, second)["a"] != duplicate || s.standing(t, "a").GetWithdrawn() == nil {
		t.Fatalf("two schools: got %v, %v", s.status(t, testSchool), s.status(t, second))
	}
	for name, tt := range map[string]struct {
		ctx   context.Context
		scope string
		kind  fault.Kind
	}{
		"another province": {by("so79", "79"), testSchool, fault.Denied},
		"one school":       {by("school", testSchool), testSchool, fault.Denied},
		"nobody":           {context.Background(), testSchool, fault.Denied},
		"does not enrol":   {by("so01", "01"), "01/01000703", fault.NotFound},
	} {
		if _, err := claim(tt.ctx, tt.scope); !fault.Is(err, tt.kind) {
			t.Errorf("%s: got %v, want %v", name, err, tt.kind)
		}
	}
	resp, err := claim(by("so01", "01"), testSchool)
	if err != nil || !slices.Equal(resp.GetOverruled(), []string{second}) || resp.GetSequence() == 0 || resp.GetStoredAt().AsTime().IsZero() {
		t.Fatalf("got %v, %v", resp, err)
	}
	if s.status(t, testSchool)["a"] != verified || len(s.status(t, second)) != 0 || s.standing(t, "a").GetVerified().GetSchool() != "01000701" {
		t.Errorf("settled: got %v, %v, %v", s.status(t, testSchool), s.status(t, second), s.standing(t, "a"))
	}
	if again, err := claim(by("so01", "01"), testSchool); err != nil || again.GetSequence() != 0 || !slices.Equal(again.GetOverruled(), []string{second}) {
		t.Errorf("again: got %v, %v; want nothing appended", again, err)
	}
	// The other school says something else: it counts again, and it may be the one.
	s.enrol(t, second, "12A3", joined)
	if s.status(t, testSchool)["a"] != duplicate {
		t.Errorf("another enrolment: got %v", s.status(t, testSchool))
	}
	if _, err := claim(by("so01", "01"), second); err != nil || s.status(t, second)["a"] != verified || len(s.status(t, testSchool)) != 0 {
		t.Errorf("the other: got %v, %v, %v", err, s.status(t, testSchool), s.status(t, second))
	}
	// The chosen school lets the pupil go: what it overruled counts again.
	s.enrol(t, second, "12A3", left)
	if s.status(t, testSchool)["a"] != verified {
		t.Errorf("left the chosen school: got %v", s.status(t, testSchool))
	}
	// Across provinces it takes the ministry.
	s.enrol(t, far, "12A1", joined)
	if _, err := claim(by("so01", "01"), testSchool); !fault.Is(err, fault.Denied) {
		t.Errorf("across provinces: got %v", err)
	}
	if resp, err := claim(by("bo", "*"), far); err != nil || !slices.Equal(resp.GetOverruled(), []string{testSchool}) || s.status(t, far)["a"] != verified {
		t.Errorf("the ministry: got %v, %v, %v", resp, err, s.status(t, far))
	}
}

// TestWhoHasTheNumber: of two pupils with one number the one whose officers decided so is good, and the other remains a duplicate; a decision that did
// not see who shares the number decides nothing about that.
func TestWhoHasTheNumber(t *testing.T) {
	s := serve(t)
	say := func(ev *matchingpb.IdentitiesJudged) {
		t.Helper()
		ev.Drive = testDrive.ID
		s.put(t, "identity.01.01000701", wire.TypeIdentities, ev)
		s.settle(t)
	}
	seen := map[string][]byte{"a": []byte("what is seen of a"), "b": []byte("what is seen of b")}
	for id, outcome := range map[string]matchingpb.Outcome{"a": matchingpb.Outcome_OUTCOME_CONFIRMED, "b": matchingpb.Outcome_OUTCOME_MISMATCHED} {
		s.pupil(t, testSchool, id, "12A1", nil)
		say(&matchingpb.IdentitiesJudged{Judgements: []*matchingpb.Judgement{{Pupil: id, Revision: 1000, IdentityHash: []byte(id), Outcome: outcome, Seen: seen[id]}}})
	}
	const duplicate, verified = pb.Status_STATUS_DUPLICATE, pb.Status_STATUS_VERIFIED
	want := func(what string, a, b pb.Status) {
		t.Helper()
		if got := s.status(t, testSchool); got["a"] != a || got["b"] != b {
			t.Errorf("%s: got %v, want %v, %v", what, got, a, b)
		}
	}
	decide := func(pupil string, basis uint64, seen ...[]byte) {
		say(&matchingpb.IdentitiesJudged{Decisions: []*matchingpb.IdentityDecision{{Pupil: pupil, Basis: basis, Seen: seen}}})
	}
	want("before", verified, pb.Status_STATUS_MISMATCHED)
	say(&matchingpb.IdentitiesJudged{Shared: []*matchingpb.SharedNumber{
		{Pupil: "a", Number: "n", Basis: 1, Others: []string{"b"}}, {Pupil: "b", Number: "n", Basis: 1, Others: []string{"a"}},
	}})
	want("shared", duplicate, duplicate)
	decide("b", 1, seen["b"])
	want("without having seen who shares it", duplicate, duplicate)
	decide("a", 2, wire.SeenShared(seen["a"], []string{"b"}))
	want("decided", verified, duplicate)
	if s.standing(t, "a").GetVerified() == nil {
		t.Error("the owner is not published")
	}
	decide("a", 3)
	decide("b", 4, seen["b"], wire.SeenShared(seen["b"], []string{"a"}))
	want("the other way", duplicate, verified)
	say(&matchingpb.IdentitiesJudged{Shared: []*matchingpb.SharedNumber{
		{Pupil: "a", Number: "n", Basis: 2, Others: []string{"b", "c"}}, {Pupil: "b", Number: "n", Basis: 2, Others: []string{"c", "a"}},
	}})
	want("a third claims it", duplicate, duplicate)
	say(&matchingpb.IdentitiesJudged{Shared: []*matchingpb.SharedNumber{{Pupil: "a", Number: "n", Basis: 3}, {Pupil: "b", Number: "n", Basis: 3}}})
	want("nobody shares it", verified, verified)
	if got := s.standing(t, "b").GetVerified().GetIdentity(); got != matchingpb.Outcome_OUTCOME_SETTLED {
		t.Errorf("got %v, want SETTLED", got)
	}
}
