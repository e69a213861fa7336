package e2e

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/standalone/node"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"github.com/rasoat/rasoat/services/validation"
	"golang.org/x/sync/errgroup"
)

// TestCopies lets eight copies of every service share the work, disturbed at random, while pupils change between good and
// bad: marks, names, exchanged numbers, roster entries. When it is quiet, every record is what a fresh derivation
// from the log says.
func TestCopies(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := start(t, options{seed: 11, pupils: 60, change: func(c *node.Config) {
		c.Copies = 8
		c.WrapStore = func(db store.DB) store.DB { return slowDB{db} }
	}})
	s.eachSubmission("first-", func(sub *submission) { s.send(ctx, t, sub) })

	const clients, rounds = 6, 30
	g, gctx := errgroup.WithContext(ctx)
	for client := range clients {
		g.Go(func() error {
			r := rand.New(rand.NewPCG(uint64(client), 5))
			for round := range rounds {
				if _, err := s.intake.Submit(gctx, &submitRequest{Submission: s.disturbance(r, id("c", client, round))}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	s.settle(ctx, t)
	s.compareWithLog(ctx, t)
}

// disturbance is one change of one pupil, good or bad.
func (s *system) disturbance(r *rand.Rand, id string) *submission {
	schools := s.nation.Schools()
	i := r.IntN(s.nation.Pupils())
	home := schools[slices.IndexFunc(schools, func(c sandbox.SchoolRange) bool { return i >= c.First && i < c.End })]
	p := s.nation.Pupil(i)
	switch r.IntN(6) {
	case 0: // a mark that the semesters do not give, in either half of grade 12 or in grade 11
		v := p.Results[1+r.IntN(3)]
		v.Subjects = slices.Clone(v.Subjects)
		wrong := student.Mark(r.IntN(101))
		if v.Part == student.Results121 {
			v.Subjects[0].Semester1.Mark = &wrong
		} else {
			v.Subjects[0].Year.Mark = &wrong
		}
		return s.submission(home, id, student.KindResults, student.Record{Part: v.Part, Results: &v})
	case 1: // all results as they are
		var all []student.Record
		for _, v := range p.Results {
			all = append(all, student.Record{Part: v.Part, Results: &v})
		}
		return s.submission(home, id, student.KindResults, all...)
	case 2: // a name that the registry does not know, or a number that a neighbour claims
		q := p.Profile
		if r.IntN(2) == 0 {
			q.FullName += " Sai"
		} else {
			q.Identity = s.nation.Pupil((i + 1) % s.nation.Pupils()).Profile.Identity
		}
		return s.submission(home, id, student.KindProfile, profileRecord(q))
	case 3: // left, at one of two schools
		e := p.Enrolment
		e.State, e.Reason = student.Left, "thôi học"
		return s.submission(schools[r.IntN(2)%len(schools)], id, student.KindRoster, student.Record{Part: student.Enrolment, Enrolled: &e})
	case 4: // joined, at one of two schools
		e := p.Enrolment
		return s.submission(schools[r.IntN(2)%len(schools)], id, student.KindRoster, student.Record{Part: student.Enrolment, Enrolled: &e})
	}
	return s.submission(home, id, student.KindProfile, profileRecord(p.Profile))
}

// derived is what the log says of one pupil.
type derived struct {
	enrolments map[string]student.Record // by school
	parts      map[student.Part]student.Record
}

// compareWithLog derives every pupil anew from SUBMISSIONS alone, with the pure functions and the truth of the registry, and
// compares with what stands in RECORDS.
func (s *system) compareWithLog(ctx context.Context, t *testing.T) {
	t.Helper()
	pupils := map[string]*derived{}
	homes := map[string]string{} // school to province
	for _, m := range s.messages(ctx, t, eventlog.Submissions) {
		ev, err := wire.Submission(m.Data)
		if err != nil {
			t.Fatal(err)
		}
		homes[ev.GetSchool()] = ev.GetProvince()
		for _, r := range ev.GetRecords() {
			d := pupils[r.GetPupil()]
			if d == nil {
				d = &derived{map[string]student.Record{}, map[student.Part]student.Record{}}
				pupils[r.GetPupil()] = d
			}
			rec := wire.FromRecord(r.GetPersonal())
			if rec.Enrolled != nil {
				d.enrolments[ev.GetSchool()] = rec
			} else {
				d.parts[rec.Part] = rec
			}
		}
	}
	claims := map[student.IDNumber]int{}
	for _, d := range pupils {
		if p := d.parts[student.ProfilePart].Profile; p != nil && matching.Askable(p.Identity) {
			claims[p.Identity.Number.Normal()]++
		}
	}
	records := s.records(ctx, t)
	verified := 0
	for ref, d := range pupils {
		want := reporting.Decide(s.drive, s.facts(d, homes, claims))
		got := records[ref].GetVerified()
		if (want.Action == reporting.Publish) != (got != nil) {
			t.Errorf("pupil %s: derived %+v, RECORDS has %v", ref, want, summary(records[ref]))
			continue
		}
		if got == nil {
			continue
		}
		verified++
		if !slices.Equal(got.GetWindows(), want.Windows) {
			t.Errorf("pupil %s: windows %v, derived %v", ref, got.GetWindows(), want.Windows)
		}
		profile := *d.parts[student.ProfilePart].Profile
		profile.FullName = student.Name(student.Clean(profile.FullName.Reveal()))
		if content := wire.ToProfile(profile); !equal(got.GetPersonal().GetProfile(), content) {
			t.Errorf("pupil %s: an old profile stands in RECORDS", ref)
		}
		for _, v := range got.GetPersonal().GetResults() {
			if !equal(v, wire.ToResults(*d.parts[wire.FromPart(v.GetPart())].Results)) {
				t.Errorf("pupil %s: old results of %v stand in RECORDS", ref, v.GetPart())
			}
		}
	}
	if verified == 0 || verified == len(pupils) {
		t.Errorf("%d of %d pupils verified: the test disturbs nothing or everything", verified, len(pupils))
	}
	t.Logf("%d pupils, %d verified", len(pupils), verified)
}

// facts of a pupil by the pure functions: what all services together should have found.
func (s *system) facts(d *derived, homes map[string]string, claims map[student.IDNumber]int) reporting.Facts {
	judge := func(found []validation.Finding) reporting.Judgement {
		j := reporting.Judgement{Current: true}
		for _, f := range found {
			switch f.Severity {
			case validation.Error:
				j.Errors++
			case validation.Warning:
				j.Warnings++
			}
		}
		return j
	}
	f := reporting.Facts{Parts: map[student.Part]reporting.PartFact{}, Pairs: map[string]reporting.Judgement{}}
	for school, e := range d.enrolments {
		f.Enrolments = append(f.Enrolments, reporting.EnrolmentFact{
			Province: homes[school], School: school, Class: e.Enrolled.Class, Open: e.Enrolled.Open(), Judgement: judge(validation.Check(s.drive, e)),
		})
	}
	for part, r := range d.parts {
		f.Parts[part] = reporting.PartFact{Present: true, Judgement: judge(validation.Check(s.drive, r))}
	}
	if a, b := d.parts[student.Results121].Results, d.parts[student.Results122].Results; a != nil && b != nil {
		f.Pairs["year12"] = judge(validation.CheckYear12(s.drive, *a, *b))
	}
	if a, b := d.parts[student.Results10].Results, d.parts[student.Results11].Results; a != nil && b != nil {
		f.Pairs["history"] = judge(validation.CheckHistory(s.drive, *a, *b))
	}
	if p := d.parts[student.ProfilePart].Profile; p != nil {
		result, final := matching.Triage(*p)
		if !final {
			a := matching.Answer{Cancelled: s.nation.Cancelled(p.Identity.Number)}
			if q, ok := s.nation.PersonByNumber(p.Identity.Number); ok {
				a.Person = &matching.Particulars{Number: q.Number, FullName: q.FullName, BirthDate: q.BirthDate, Gender: q.Gender}
			}
			result = matching.DefaultWeights().Judge(*p, a)
		}
		f.Identity = map[matching.Outcome]reporting.IdentityState{
			matching.Confirmed: reporting.IdentityGood, matching.NotApplicable: reporting.IdentityGood,
			matching.Mismatched: reporting.IdentityDiffers, matching.NotFound: reporting.IdentityDiffers, matching.NeedsPerson: reporting.IdentityUnsettled,
			matching.Superseded: reporting.IdentityDiffers,
		}[result.Outcome]
		f.Shared = claims[p.Identity.Number.Normal()] > 1
	}
	return f
}

func summary(r *reportingpb.RecordState) string {
	switch {
	case r.GetVerified() != nil:
		return "a verified record"
	case r.GetWithdrawn() != nil:
		return "a withdrawal for " + r.GetWithdrawn().GetReason().String()
	}
	return "nothing"
}

// slowDB delays every call of a store by a few random milliseconds, before or after, so that copies interleave.
type slowDB struct{ store.DB }

func (d slowDB) Collection(name string) store.Collection { return slow{d.DB.Collection(name)} }

type slow struct{ store.Collection }

func pause(ctx context.Context) {
	timer := time.NewTimer(time.Duration(rand.IntN(4000)) * time.Microsecond)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

func (c slow) Merge(ctx context.Context, p []store.Patch) error {
	pause(ctx)
	defer pause(ctx)
	return c.Collection.Merge(ctx, p)
}

func (c slow) Get(ctx context.Context, ids []string) ([]store.Doc, error) {
	defer pause(ctx)
	return c.Collection.Get(ctx, ids)
}
