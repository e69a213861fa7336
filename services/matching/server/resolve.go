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
	rows := map[uint64]*rows{}
	for k, i := range need {
		out[i] = outcome{Result: l.weights.Judge(qs[i].Profile, answers[numbers[k]]), asked: []*pb.Asked{{Way: pb.Way_WAY_LOOKUP, Yes: answers[numbers[k]].Person != nil}}}
		if !out[i].MayBeAnothers() {
			continue
		}
		if err := l.misplaced(ctx, lane, qs[i], answers, rows, &out[i]); err != nil {
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

// misplaced looks for the pupil to whom a number belongs among those who were sent with the one who has it.
func (l *line) misplaced(ctx context.Context, lane matching.Lane, q *question, answers map[student.IDNumber]matching.Answer, known map[uint64]*rows, out *outcome) error {
	r, ok := known[q.revision]
	if !ok {
		var err error
		if r, err = l.sentTogether(ctx, q.revision); err != nil {
			return err
		}
		known[q.revision] = r
	}
	i, ok := r.position[q.Pupil]
	if !ok {
		return nil
	}
	person := matching.Prepare(*answers[q.Identity.Number.Normal()].Person)
	cause, j, found, err := matching.Misplaced(r.claims, i, &person, func(row int) (*matching.Prepared, error) {
		if !r.askable[row] {
			return nil, nil
		}
		number := r.claims[row].Number
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
	})
	if err != nil {
		return err
	}
	if found {
		out.Result = out.Belongs(cause)
		if j >= 0 {
			out.others = []string{r.refs[j]}
		}
		return nil
	}
	return l.claimed(ctx, q, &person, out)
}

// claimed looks for the person of a number among the other pupils of the school who claim it, however long ago they were sent.
func (l *line) claimed(ctx context.Context, q *question, person *matching.Prepared, out *outcome) error {
	docs, err := l.alsoClaim(ctx, q.present)
	if err != nil {
		return err
	}
	for _, d := range docs {
		other, school, err := l.claimant(d, q.Identity.Number.Normal())
		if err != nil {
			return err
		}
		if other == nil || school != q.province+"/"+q.school {
			continue
		}
		if p := matching.Prepare(matching.ParticularsOf(other.Profile)); matching.Is(&p, person) {
			out.Result, out.others = out.Belongs(matching.Cause{Field: matching.IDNumber, Kind: matching.NumberOtherPupil}), []string{other.Pupil}
			return nil
		}
	}
	if out.Causes[0].Kind == matching.NumberOtherPerson {
		out.person = l.personDigest(person)
	}
	return nil
}

// sentTogether reads the profiles of one submission, in the order in which the school sent them.
func (s *Server) sentTogether(ctx context.Context, revision uint64) (*rows, error) {
	m, err := s.log.Read(ctx, eventlog.Submissions, revision)
	if err != nil {
		return nil, err
	}
	batch, err := wire.OpenBatch(m.Data, m.Stored)
	if err != nil {
		return nil, err
	}
	r := &rows{position: map[string]int{}}
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
