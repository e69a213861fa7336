package server

import (
	"bytes"
	"context"
	"errors"
	"log/slog"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	registrypb "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"
)

// perCall is how many questions go into one call of the registry.
const perCall = 200

// callsAtOnce is how many calls of one copy are under way at once.
const callsAtOnce = 4

// purpose is what every call says that it is for.
const purpose = "1246/BGDĐT-CNTT"

// ask answers the questions that the log holds open. When the registry is away it fails with Unavailable: the loop keeps
// the questions in hand and tries again by itself. Answers are appended call by call, so that what was learned before a
// failure is not asked twice once it is projected.
func (s *Server) ask(ctx context.Context, batch []eventlog.Message) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(callsAtOnce)
	var group []eventlog.Message
	open := map[uint64][]*present{}
	waiting := 0
	flush := func() {
		if waiting == 0 {
			return
		}
		group, open := group, open
		g.Go(func() error { return s.answer(gctx, group, open) })
	}
	for _, m := range batch {
		questions, err := s.questions(ctx, m)
		if err != nil {
			return errors.Join(err, g.Wait())
		}
		if len(questions) == 0 {
			continue
		}
		if waiting+len(questions) > perCall {
			flush()
			group, open, waiting = nil, map[uint64][]*present{}, 0
		}
		group = append(group, m)
		open[m.Sequence] = questions
		waiting += len(questions)
	}
	flush()
	return g.Wait()
}

// questions gives the pupils of a message who still wait: the profile is the one that the message is about, and nothing
// was learned of it since.
func (s *Server) questions(ctx context.Context, m eventlog.Message) ([]*present, error) {
	ev := new(pb.IdentitiesJudged)
	if err := proto.Unmarshal(m.Data, ev); err != nil {
		return nil, fault.Wrap(fault.Invalid, "matching.ask", err)
	}
	var ids []string
	hashes := map[string][]byte{}
	for _, j := range ev.GetJudgements() {
		if j.GetOutcome() != pb.Outcome_OUTCOME_WAITING {
			continue
		}
		id := ev.GetDrive() + "/" + j.GetPupil()
		ids = append(ids, id)
		hashes[id] = j.GetIdentityHash()
	}
	if len(ids) == 0 {
		return nil, nil
	}
	docs, err := s.pupils.Get(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []*present
	for _, d := range docs {
		p, err := profileOf(d)
		if err != nil {
			return nil, err
		}
		known, err := identityOf(d)
		if err != nil {
			return nil, err
		}
		if p == nil || !bytes.Equal(p.IdentityHash, hashes[d.ID]) {
			continue
		}
		if known != nil && known.GetOutcome() != pb.Outcome_OUTCOME_WAITING && bytes.Equal(known.GetIdentityHash(), p.IdentityHash) {
			continue
		}
		out = append(out, p)
	}
	return out, nil
}

// answer asks the registry about the questions of some messages and appends what it said, one event a message.
func (s *Server) answer(ctx context.Context, group []eventlog.Message, open map[uint64][]*present) error {
	var all []*present
	for _, m := range group {
		all = append(all, open[m.Sequence]...)
	}
	results, err := s.call(ctx, all)
	if err != nil {
		return err
	}
	events := make([]eventlog.Event, 0, len(group))
	for _, m := range group {
		out := &pb.IdentitiesJudged{Drive: s.drive.ID}
		for _, q := range open[m.Sequence] {
			out.Judgements = append(out.Judgements, judgement(q, results[0]))
			results = results[1:]
		}
		ev, err := identityEvent(m, out)
		if err != nil {
			return err
		}
		events = append(events, ev)
	}
	return s.log.AppendBatch(ctx, events)
}

// call asks the registry in the way that the drive allows; a result for each question, in order.
func (s *Server) call(ctx context.Context, all []*present) ([]matching.Result, error) {
	profiles := make([]student.Profile, len(all))
	for i, q := range all {
		profiles[i] = q.Profile
	}
	out := make([]matching.Result, 0, len(all))
	for len(profiles) > 0 {
		n := min(len(profiles), perCall)
		results, err := s.callSome(ctx, profiles[:n])
		if err != nil {
			return nil, err
		}
		out = append(out, results...)
		profiles = profiles[n:]
	}
	return out, nil
}

func (s *Server) callSome(ctx context.Context, profiles []student.Profile) ([]matching.Result, error) {
	const op = "matching.registry"
	out := make([]matching.Result, len(profiles))
	if s.drive.Registry == drive.RegistryVerify {
		req := &registrypb.VerifyRequest{Purpose: purpose}
		for _, p := range profiles {
			req.Claims = append(req.Claims, &registrypb.Claim{
				IdNumber: p.Identity.Number.Normal().Reveal(), FullName: p.FullName.Reveal(), DateOfBirth: wire.ToDate(p.BirthDate),
			})
		}
		resp, err := s.registry.Verify(ctx, req)
		if err == nil && len(resp.GetExists()) != len(profiles) {
			err = fault.Internalf(op, "%d answers to %d questions", len(resp.GetExists()), len(profiles))
		}
		if err != nil {
			return nil, s.away(ctx, err)
		}
		for i, exists := range resp.GetExists() {
			out[i] = matching.Verified(exists)
		}
		return out, nil
	}
	req := &registrypb.LookupRequest{Purpose: purpose}
	for _, p := range profiles {
		req.IdNumbers = append(req.IdNumbers, p.Identity.Number.Normal().Reveal())
	}
	resp, err := s.registry.Lookup(ctx, req)
	if err == nil && len(resp.GetAnswers()) != len(profiles) {
		err = fault.Internalf(op, "%d answers to %d questions", len(resp.GetAnswers()), len(profiles))
	}
	if err != nil {
		return nil, s.away(ctx, err)
	}
	for i, a := range resp.GetAnswers() {
		var person *matching.Person
		if p := a.GetPerson(); p != nil {
			if p.GetIdNumber() != profiles[i].Identity.Number.Normal().Reveal() {
				// An answer about somebody else is no answer: never compare with it.
				return nil, s.away(ctx, fault.Internalf(op, "answer %d is about another number", i))
			}
			person = &matching.Person{
				Number: student.IDNumber(p.GetIdNumber()), FullName: student.Name(p.GetFullName()),
				BirthDate: wire.FromDate(p.GetDateOfBirth()), Gender: wire.FromGender(p.GetGender()),
			}
		}
		out[i] = matching.Compare(profiles[i], person)
	}
	return out, nil
}

// away turns every failure of the registry into the one that means "try again": it is never the school's fault.
func (s *Server) away(ctx context.Context, err error) error {
	s.logger.WarnContext(ctx, "the population registry gives no answer", slog.Any("error", err))
	return &fault.Error{Kind: fault.Unavailable, Op: "matching.registry", Err: err, Text: fault.Text{
		Vi: "CSDL quốc gia về dân cư chưa trả lời; sẽ tự hỏi lại.", En: "the population registry gives no answer; it will be asked again",
	}}
}
