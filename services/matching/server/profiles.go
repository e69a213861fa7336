package server

import (
	"context"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

// profiles projects profiles and claims, then says of every pupil of the batch, from the merged state, that the identity
// waits (or needs no question), and of every number that more than one pupil ever claimed, who claims it now.
func (s *Server) profiles(ctx context.Context, batch []eventlog.Message) error {
	var pupils, numbers []store.Patch
	ids, merged := make([][]string, len(batch)), make([][]store.Patch, len(batch))
	for i, m := range batch {
		p, n, touched, err := s.profilePatches(m)
		if err != nil {
			return err
		}
		ids[i], merged[i] = touched, p
		pupils, numbers = append(pupils, p...), append(numbers, n...)
	}
	// Claims first: whoever sees a profile then also finds its claim.
	if err := s.numbers.Merge(ctx, numbers); err != nil {
		return err
	}
	if err := s.pupils.Merge(ctx, pupils); err != nil {
		return err
	}
	var f follow
	for i, m := range batch {
		docs, err := store.GetAfter(ctx, s.pupils, ids[i], merged[i])
		if err != nil {
			return err
		}
		seen, err := views(docs)
		if err != nil {
			return err
		}
		province, school := m.Token(2), m.Token(3) // submission.profile.<province>.<school>.<id>
		out, questions, err := s.triageAll(seen, province, school, m.Delivered > 1 || m.Sequence <= s.replayed)
		if err != nil {
			return err
		}
		moved, more := s.movedHere(seen, m.Sequence, province, school)
		out.Judgements = append(out.Judgements, moved...)
		var claimants map[string]store.Doc
		if out.Shared, claimants, err = s.shared(ctx, docs); err != nil {
			return err
		}
		if err := f.add(m, out, questions, province, school); err != nil {
			return err
		}
		if err := f.ask(m, more, true, province, school); err != nil {
			return err
		}
		if err := s.recogniseShared(&f, m, out.Shared, claimants); err != nil {
			return err
		}
	}
	return f.append(ctx, s.log)
}

// profilePatches returns what a submission of profiles changes, and the documents of its pupils.
func (s *Server) profilePatches(m eventlog.Message) (pupils, numbers []store.Patch, ids []string, err error) {
	sub, err := wire.OpenBatch(m.Data, m.Stored)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, r := range sub.Records {
		rev := store.Revision{Major: m.Sequence}
		content, err := r.Content()
		if err != nil {
			return nil, nil, nil, err
		}
		id := sub.Drive + "/" + r.Pupil
		ids = append(ids, id)
		pupils = append(pupils, store.Patch{ID: id, Facet: facetProfile, Rev: rev, Value: r.Bytes})
		if hash := s.numberHash(wire.FromProfile(content.GetProfile())); hash != "" {
			pupils = append(pupils, store.Patch{ID: id, Facet: facetNumber + hash, Rev: rev})
			numbers = append(numbers, store.Patch{ID: sub.Drive + "/" + hash, Facet: r.Pupil, Rev: rev})
		}
	}
	return pupils, numbers, ids, nil
}

// follow gathers what follows from a batch.
type follow struct{ judged, questions []eventlog.Event }

func (f *follow) add(m eventlog.Message, out *pb.IdentitiesJudged, questions []*pb.QuestionOpened, province, school string) error {
	if len(out.Judgements)+len(out.Shared)+len(out.Decisions) > 0 {
		ev, err := identityEvent(m, out, province, school)
		if err != nil {
			return err
		}
		f.judged = append(f.judged, ev)
	}
	return f.ask(m, questions, false, province, school)
}

// ask adds questions, each for the first time or again.
func (f *follow) ask(m eventlog.Message, questions []*pb.QuestionOpened, again bool, province, school string) error {
	for _, q := range questions {
		ev, err := questionEvent(q, again, province, school)
		if err != nil {
			return err
		}
		ev.Trace = m.SpanContext()
		f.questions = append(f.questions, ev)
	}
	return nil
}

// append writes first the questions, then that the pupils wait for them: whoever waits has a question, wherever this ends. What comes after a crash
// cannot tell that it comes again, for a broker that is killed forgets how often it delivered a message. An answer that comes before the waiting
// stands, for the waiting never takes its place.
func (f *follow) append(ctx context.Context, l *eventlog.Log) error {
	if err := l.AppendBatch(ctx, f.questions); err != nil {
		return err
	}
	return l.AppendBatch(ctx, f.judged)
}

// triageAll returns the judgements that the present profiles of some pupils need before anybody is asked, and the questions. A pupil whose
// identity was judged already needs none (the log says so: the facet is projected from it); but one who waits, and whose message is older than a
// restore or a rebuild, may lack the question: a log that was put back may end before it.
func (s *Server) triageAll(pupils []view, province, school string, redelivered bool) (*pb.IdentitiesJudged, []*pb.QuestionOpened, error) {
	out := &pb.IdentitiesJudged{Drive: s.drive.ID}
	var questions []*pb.QuestionOpened
	for _, v := range pupils {
		if v.held == nil {
			continue
		}
		if v.judged() {
			if redelivered && v.known.GetOutcome() == pb.Outcome_OUTCOME_WAITING {
				questions = append(questions, s.questionOf(v.held))
			}
			continue
		}
		p, err := v.held.profile()
		if err != nil {
			return nil, nil, err
		}
		result, final := matching.Triage(p.Profile)
		out.Judgements = append(out.Judgements, s.judgement(p, outcome{Result: result}, province, school))
		if !final {
			questions = append(questions, s.questionOf(v.held))
		}
	}
	return out, questions, nil
}

// movedHere returns what is known of pupils whom another school sent before, under the school that sends them now: its officers see to them. Of one who
// waits the question is put behind the re-checks as well: the answer to the one that is open may be about the revision before, which this waiting
// replaces; where it is not, it answers both.
func (s *Server) movedHere(pupils []view, sequence uint64, province, school string) ([]*pb.Judgement, []*pb.QuestionOpened) {
	var out []*pb.Judgement
	var questions []*pb.QuestionOpened
	for _, v := range pupils {
		if !v.judged() || v.held.revision != sequence || v.known.GetProvince() == province && v.known.GetSchool() == school {
			continue
		}
		j := proto.CloneOf(v.known.Judgement)
		j.Revision, j.Province, j.School = v.held.revision, province, school
		out = append(out, j)
		if j.GetOutcome() == pb.Outcome_OUTCOME_WAITING {
			questions = append(questions, s.questionOf(v.held))
		}
	}
	return out, questions
}

// numberHash is the keyed hash under which a profile claims its number; "" for a number that is not claimed.
func (s *Server) numberHash(p student.Profile) string {
	if !matching.Askable(p.Identity) {
		return ""
	}
	return s.key.NumberHash(s.drive.ID, p.Identity.Number.Normal())
}
