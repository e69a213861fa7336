package server

import (
	"context"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
)

// outcome is a result with how it was come by.
type outcome struct {
	matching.Result
	asked  []*pb.Asked
	others []string // pupils to whom the number belongs
	person []byte   // of a number that is somebody else's: whose
}

// resolve has some questions answered in the way that the drive allows; an outcome for each, in order.
func (l *line) resolve(ctx context.Context, qs []*question) ([]outcome, error) {
	lane := l.lane
	lane.Deadline = deadline(qs)
	if l.drive.Registry == drive.RegistryVerify {
		return l.verifyAll(ctx, lane, qs)
	}
	return l.lookupAll(ctx, lane, qs)
}

// round is how often one of some questions was put back.
func round(qs []*question) int32 {
	most := int32(0)
	for _, q := range qs {
		most = max(most, q.ev.GetTries())
	}
	return most
}

// lookupAll compares with the registry's records.
func (l *line) lookupAll(ctx context.Context, lane matching.Lane, qs []*question) ([]outcome, error) {
	out := make([]outcome, len(qs))
	var need []int
	for i, q := range qs {
		// What is remembered may confirm, and never accuses: the registry may have been mended since.
		if a, ok := l.memory.get(q.Identity.Number.Normal()); ok && !lane.Again {
			if r := l.weights.Judge(q.Profile, a); r.Outcome == matching.Confirmed {
				out[i] = outcome{Result: r}
				continue
			}
		}
		need = append(need, i)
	}
	numbers := make([]student.IDNumber, len(need))
	for k, i := range need {
		numbers[k] = qs[i].Identity.Number.Normal()
	}
	answers, err := l.lookup(ctx, lane, round(qs), numbers)
	if err != nil {
		return nil, err
	}
	known := map[uint64]*rows{}
	for k, i := range need {
		a := answers[numbers[k]]
		out[i].asked = []*pb.Asked{{Way: pb.Way_WAY_LOOKUP, Yes: a.Person != nil}}
		if err := l.explain(ctx, lane, qs[i], answers, known, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// rows are the profiles that a school sent together.
type rows struct {
	refs     []string
	claims   []matching.Prepared
	askable  []bool
	position map[string]int // by pupil
}

// explain judges one pupil by what the registry answered and, where the number may be another's, by what else the school sent.
func (l *line) explain(ctx context.Context, lane matching.Lane, q *question, answers map[student.IDNumber]matching.Answer, known map[uint64]*rows, out *outcome) error {
	a := answers[q.Identity.Number.Normal()]
	var together *rows
	var claimants []string
	result, owner, err := l.weights.Explain(q.Profile, a, matching.Surroundings{
		Rows: func() ([]matching.Prepared, int, error) {
			var err error
			if together, err = l.sentTogether(ctx, q.revision, known); err != nil {
				return nil, 0, err
			}
			if i, ok := together.position[q.Pupil]; ok {
				return together.claims, i, nil
			}
			return together.claims, -1, nil
		},
		PersonOf: func(row int) (*matching.Prepared, error) {
			if !together.askable[row] {
				return nil, nil
			}
			return l.personOf(ctx, lane, q, together.claims[row].Number, answers)
		},
		Claimants: func() ([]matching.Prepared, error) {
			var prepared []matching.Prepared
			var err error
			claimants, prepared, err = l.othersOfSchool(ctx, q)
			return prepared, err
		},
	})
	if err != nil {
		return err
	}
	out.Result = result
	switch {
	case owner.Row >= 0:
		out.others = []string{together.refs[owner.Row]}
	case owner.Claimant >= 0:
		out.others = []string{claimants[owner.Claimant]}
	case len(result.Causes) > 0 && result.Causes[0].Kind == matching.NumberOtherPerson:
		person := matching.Prepare(*a.Person)
		out.person = l.personDigest(&person)
	}
	return nil
}

// personOf returns the registry's person of a number that another pupil of the school has; nil when there is none. What was answered for this call or
// a little earlier is not asked again.
func (l *line) personOf(ctx context.Context, lane matching.Lane, q *question, number student.IDNumber, answers map[student.IDNumber]matching.Answer) (*matching.Prepared, error) {
	a, ok := answers[number]
	if !ok {
		a, ok = l.memory.get(number)
	}
	if !ok {
		more, err := l.lookup(ctx, lane, q.ev.GetTries(), []student.IDNumber{number})
		if err != nil {
			return nil, err
		}
		a = more[number]
		answers[number] = a
	}
	if a.Person == nil {
		return nil, nil
	}
	p := matching.Prepare(*a.Person)
	return &p, nil
}

// othersOfSchool returns the other pupils of the school who claim a pupil's number now.
func (l *line) othersOfSchool(ctx context.Context, q *question) ([]string, []matching.Prepared, error) {
	docs, err := l.alsoClaim(ctx, q.present)
	if err != nil {
		return nil, nil, err
	}
	var refs []string
	var prepared []matching.Prepared
	for _, d := range docs {
		other, school, err := l.claimant(d, q.Identity.Number.Normal())
		if err != nil {
			return nil, nil, err
		}
		if other != nil && school == q.province+"/"+q.school {
			refs, prepared = append(refs, other.Pupil), append(prepared, matching.Prepare(matching.ParticularsOf(other.Profile)))
		}
	}
	return refs, prepared, nil
}

// sentTogether reads the profiles of one submission, in the order in which the school sent them; known has those that were read for this call.
func (s *Server) sentTogether(ctx context.Context, revision uint64, known map[uint64]*rows) (*rows, error) {
	if r, ok := known[revision]; ok {
		return r, nil
	}
	m, err := s.log.Read(ctx, eventlog.Submissions, revision)
	if err != nil {
		return nil, err
	}
	batch, err := wire.OpenBatch(m.Data, m.Stored)
	if err != nil {
		return nil, err
	}
	r := &rows{position: map[string]int{}}
	known[revision] = r
	for _, a := range batch.Records {
		content, err := a.Content()
		if err != nil {
			return nil, err
		}
		p := wire.FromProfile(content.GetProfile())
		r.position[a.Pupil] = len(r.refs)
		r.refs, r.askable = append(r.refs, a.Pupil), append(r.askable, matching.Askable(p.Identity))
		r.claims = append(r.claims, matching.Prepare(matching.ParticularsOf(p)))
	}
	return r, nil
}

// verifyAll asks for yes or no, then, where the drive allows it, tries the hypotheses of those who got a no, most likely first.
func (l *line) verifyAll(ctx context.Context, lane matching.Lane, qs []*question) ([]outcome, error) {
	out := make([]outcome, len(qs))
	hypotheses := make([][]matching.Hypothesis, len(qs))
	open := make([]int, len(qs))
	claims, tries := make([]claim, len(qs)), round(qs)
	for i, q := range qs {
		open[i] = i
		claims[i] = claim{q.Identity.Number.Normal(), q.FullName, q.BirthDate}
		if l.drive.Asking.Hypotheses {
			hypotheses[i] = matching.Hypotheses(q.Profile)
		}
	}
	for round := 0; len(open) > 0; round++ {
		yes, err := l.verify(ctx, lane, tries, claims)
		if err != nil {
			return nil, err
		}
		var next []int
		claims = claims[:0]
		for k, i := range open {
			asked := &pb.Asked{Way: pb.Way_WAY_VERIFY, Yes: yes[k]}
			if round > 0 {
				asked.Hypothesis = hypotheses[i][round-1].Kind
			}
			out[i].asked = append(out[i].asked, asked)
			switch {
			case round == 0:
				out[i].Result = matching.Verified(yes[k])
			case yes[k]:
				out[i].Result = hypotheses[i][round-1].Holds()
			}
			if !yes[k] && round < len(hypotheses[i]) {
				h := hypotheses[i][round]
				next = append(next, i)
				claims = append(claims, claim{qs[i].Identity.Number.Normal(), h.FullName, h.BirthDate})
			}
		}
		open = next
	}
	return out, nil
}
