package e2e

import (
	"context"
	"testing"

	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/standalone/node"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
)

// oneClass sends everything of the first class; the profile of its first pupil is what change makes of the truth.
func (s *system) oneClass(ctx context.Context, t *testing.T, change func(*student.Profile)) (sandbox.SchoolRange, int) {
	t.Helper()
	school, class := s.nation.Schools()[0], s.nation.Classes(0)[0]
	who := class.First
	for s.nation.TrueProfile(who).Identity.Kind != student.PersonalID || s.nation.TrueProfile(who).BirthDate.YearOnly() {
		who++
	}
	for _, sub := range s.classSubmissions(school, class, "") {
		for k, r := range sub.GetRecords() {
			if p := r.GetProfile(); p != nil && p.GetCode() == s.nation.TrueProfile(who).Code.Reveal() {
				sub.Records[k] = wire.ToRecord(profileRecord(s.changed(who, change)))
			}
		}
		s.send(ctx, t, sub)
	}
	s.settle(ctx, t)
	return school, who
}

func (s *system) changed(i int, change func(*student.Profile)) student.Profile {
	p := s.nation.TrueProfile(i)
	change(&p)
	return p
}

// review is the one review of a school's pupil; nil when there is none.
func (s *system) review(ctx context.Context, t *testing.T, school sandbox.SchoolRange, i int) *matchingpb.Review {
	t.Helper()
	resp, err := s.matching.ListReviews(ctx, &matchingpb.ListReviewsRequest{Scope: school.Province + "/" + school.Code, Outcomes: []matchingpb.Outcome{
		matchingpb.Outcome_OUTCOME_MISMATCHED, matchingpb.Outcome_OUTCOME_NOT_FOUND, matchingpb.Outcome_OUTCOME_SUPERSEDED,
		matchingpb.Outcome_OUTCOME_NEEDS_PERSON, matchingpb.Outcome_OUTCOME_DUPLICATE, matchingpb.Outcome_OUTCOME_SETTLED,
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range resp.GetReviews() {
		if r.GetJudgement().GetPupil() == s.ref(i) {
			return r
		}
	}
	return nil
}

// published is the record of a pupil; nil when there is none in force.
func (s *system) published(ctx context.Context, t *testing.T, i int) *reportingpb.VerifiedRecord {
	t.Helper()
	m, err := s.Log().Last(ctx, "record."+s.ref(i))
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return decodeRecord(t, m).GetVerified()
}

// TestSettlement has the registry refuse a pupil whose papers the officers have seen: it takes two of them, and holds while the facts are those that
// they saw, across a restart and a rebuild.
func TestSettlement(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	dir := t.TempDir()
	wrong := func(p *student.Profile) { p.FullName += "a" }
	s := start(t, options{dir: dir, seed: 61})
	school, who := s.oneClass(ctx, t, wrong)
	scope := school.Province + "/" + school.Code
	r := s.review(ctx, t, school, who)
	if r.GetOutcome() != matchingpb.Outcome_OUTCOME_MISMATCHED || r.GetOfficersNeeded() != 2 || s.published(ctx, t, who) != nil {
		t.Fatalf("got %s, %d officers needed", r.GetOutcome(), r.GetOfficersNeeded())
	}
	settle := func(officer string, withdraw bool) int32 {
		t.Helper()
		client := matchingpb.NewMatchingServiceClient(dialAs(t, s.GRPCAddr(), access.Caller{Subject: officer, Role: access.Province, Scopes: []string{school.Province}}))
		resp, err := client.Settle(ctx, &matchingpb.SettleRequest{
			Scope: scope, Pupil: s.ref(who), Seen: r.GetJudgement().GetSeen(), Evidence: matchingpb.Evidence_EVIDENCE_BIRTH_CERTIFICATE,
			Reason: "seen the certificate", Withdraw: withdraw,
		})
		if err != nil {
			t.Fatal(err)
		}
		s.settle(ctx, t)
		return resp.GetOfficersMissing()
	}
	if n := settle("lan", false); n != 1 || s.published(ctx, t, who) != nil {
		t.Errorf("after one officer %d are missing, and the pupil is published: %v", n, s.published(ctx, t, who) != nil)
	}
	if n := settle("lan", false); n != 1 || s.published(ctx, t, who) != nil {
		t.Errorf("the same officer twice: %d are missing", n)
	}
	if n := settle("minh", false); n != 0 || s.published(ctx, t, who).GetIdentity() != matchingpb.Outcome_OUTCOME_SETTLED {
		t.Errorf("after two officers %d are missing, the record says %s", n, s.published(ctx, t, who).GetIdentity())
	}
	if got := s.review(ctx, t, school, who); got.GetOutcome() != matchingpb.Outcome_OUTCOME_SETTLED || len(got.GetSettlements()) != 2 {
		t.Errorf("the review says %s with %d settlements", got.GetOutcome(), len(got.GetSettlements()))
	}
	settle("minh", true)
	if s.published(ctx, t, who) != nil {
		t.Error("a settlement that was taken back is in force")
	}
	settle("minh", false)

	// Other facts: the school writes another name. The settlement lapses; it comes back with the facts.
	s.send(ctx, t, s.submission(school, "other", student.KindProfile, profileRecord(s.changed(who, func(p *student.Profile) { p.FullName += "b" }))))
	s.settle(ctx, t)
	if s.published(ctx, t, who) != nil {
		t.Error("a settlement outlives the facts that it was about")
	}
	s.send(ctx, t, s.submission(school, "back", student.KindProfile, profileRecord(s.changed(who, wrong))))
	s.settle(ctx, t)
	if s.published(ctx, t, who) == nil {
		t.Error("the settlement does not come back with its facts")
	}
	records, asked := s.lastSequence(ctx, t, eventlog.Records), s.counters().Questions
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	again := start(t, options{dir: dir, seed: 61, change: func(c *node.Config) { c.Rebuild = []string{"matching", "reporting"} }})
	again.settle(ctx, t)
	if got := again.lastSequence(ctx, t, eventlog.Records); got != records {
		t.Errorf("a rebuild wrote %d records", got-records)
	}
	if n := again.counters().Questions; n != 0 {
		t.Errorf("a rebuild asked the registry %d questions (before it %d)", n, asked)
	}
	if got := again.review(ctx, t, school, who); got.GetOutcome() != matchingpb.Outcome_OUTCOME_SETTLED {
		t.Errorf("after a rebuild the review says %s", got.GetOutcome())
	}
}

// TestANumberIsReissued has the police cancel a confirmed pupil's number in mid-drive and issue another. The registry's notice is enough to find it
// out, the family is told, and the pupil remains the same pupil under the new number.
func TestANumberIsReissued(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := start(t, options{seed: 62})
	school, who := s.oneClass(ctx, t, func(*student.Profile) {})
	before := s.published(ctx, t, who)
	if before == nil {
		t.Fatal("the pupil is not verified to begin with")
	}
	old := s.nation.TrueProfile(who).Identity.Number
	number, err := s.registry.Reissue(old)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.matching.Recheck(ctx, &matchingpb.RecheckRequest{IdNumbers: []string{old.Reveal()}}); err != nil {
		t.Fatal(err)
	}
	s.settle(ctx, t)
	r := s.review(ctx, t, school, who)
	if r.GetOutcome() != matchingpb.Outcome_OUTCOME_SUPERSEDED || r.GetJudgement().GetActor() != matchingpb.Actor_ACTOR_FAMILY || s.published(ctx, t, who) != nil {
		t.Errorf("after the notice: %s, %s, published %v", r.GetOutcome(), r.GetJudgement().GetActor(), s.published(ctx, t, who) != nil)
	}
	s.send(ctx, t, s.submission(school, "new-number", student.KindProfile, profileRecord(s.changed(who, func(p *student.Profile) { p.Identity.Number = number }))))
	s.settle(ctx, t)
	after := s.published(ctx, t, who)
	if after.GetPersonal().GetProfile().GetIdentity().GetNumber() != number.Reveal() || s.review(ctx, t, school, who) != nil {
		t.Errorf("under the new number the pupil is published: %v, and for review: %v", after != nil, s.review(ctx, t, school, who) != nil)
	}
}

// TestVerifyOnly has a registry that says yes or no. Where the drive allows hypotheses, a swapped birth date becomes a proposal to the school and
// stays a mismatch; without them nobody knows the field.
func TestVerifyOnly(t *testing.T) {
	t.Parallel()
	for _, hypotheses := range []bool{false, true} {
		ctx := t.Context()
		s := start(t, options{seed: 63, change: func(c *node.Config) { c.Drive.Registry, c.Drive.Asking.Hypotheses = drive.RegistryVerify, hypotheses }})
		who := s.nation.Classes(0)[0].First
		for d := s.nation.TrueProfile(who).BirthDate; d.YearOnly() || d.Day > 12 || d.Day == d.Month || s.nation.TrueProfile(who).Identity.Kind != student.PersonalID; d = s.nation.TrueProfile(who).BirthDate {
			who++
		}
		school := s.nation.Schools()[0]
		truth := s.nation.TrueProfile(who)
		reported := s.changed(who, func(p *student.Profile) { p.BirthDate.Day, p.BirthDate.Month = p.BirthDate.Month, p.BirthDate.Day })
		s.send(ctx, t, s.submission(school, "swapped", student.KindProfile, profileRecord(reported), profileRecord(s.nation.TrueProfile(who+1))))
		s.settle(ctx, t)
		j := s.review(ctx, t, school, who).GetJudgement()
		want := ""
		if hypotheses {
			want = "date_of_birth/swapped"
		}
		if j.GetOutcome() != matchingpb.Outcome_OUTCOME_MISMATCHED || causesOf(j) != want || (j.GetProposal() != nil) != hypotheses {
			t.Errorf("hypotheses %v: got %s %q, proposal %v", hypotheses, j.GetOutcome(), causesOf(j), j.GetProposal() != nil)
		}
		if hypotheses && (j.GetProposal().GetPersonal().GetProposed() != truth.BirthDate.Reveal() || len(j.GetAsked()) != 2 || !j.GetAsked()[1].GetYes()) {
			t.Errorf("the proposal is not the true date, or %d questions were asked", len(j.GetAsked()))
		}
	}
}
