package server

import (
	"bytes"
	"math"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// held is the outside of the present profile of a pupil.
type held struct {
	wire.Accepted
	revision uint64
}

// present is the present profile of a pupil.
type present struct {
	held
	student.Profile
}

// heldOf reads the outside of the present profile of a pupil; nil when there is none.
func heldOf(d store.Doc) (*held, error) {
	f, ok := d.Facet(facetProfile)
	if !ok {
		return nil, nil
	}
	a, err := wire.OpenAccepted(f.Value)
	return &held{a, f.Rev.Major}, fault.Wrap(fault.Internal, "matching.profile", err)
}

// profile reads what is inside.
func (h *held) profile() (*present, error) {
	content, err := h.Content()
	if err != nil {
		return nil, fault.Wrap(fault.Internal, "matching.profile", err)
	}
	return &present{*h, wire.FromProfile(content.GetProfile())}, nil
}

// profileOf reads the present profile of a pupil; nil when there is none.
func profileOf(d store.Doc) (*present, error) {
	h, err := heldOf(d)
	if h == nil || err != nil {
		return nil, err
	}
	return h.profile()
}

// view is what a handler looks at of a pupil, read once.
type view struct {
	store.Doc
	held  *held  // nil when no profile came
	known *known // nil when nothing is known
}

func views(docs []store.Doc) ([]view, error) {
	out := make([]view, len(docs))
	for i, d := range docs {
		h, err := heldOf(d)
		if err != nil {
			return nil, err
		}
		k, err := identityOf(d)
		if err != nil {
			return nil, err
		}
		out[i] = view{d, h, k}
	}
	return out, nil
}

// judged reports whether what is known is about the present identity.
func (v view) judged() bool {
	return v.known != nil && v.held != nil && bytes.Equal(v.known.GetIdentityHash(), v.held.IdentityHash)
}

// known is what was last learned of a pupil.
type known struct {
	*pb.Judgement
	at uint64 // its position in IDENTITIES; 0 of a question
}

// seen is the digest of the facts of the identity; nil of a pupil of whom nothing is known.
func (k *known) seen() []byte {
	if k == nil {
		return nil
	}
	return k.GetSeen()
}

// identityOf reads what was last learned of a pupil; nil when nothing was.
func identityOf(d store.Doc) (*known, error) {
	f, ok := d.Facet(facetIdentity)
	if !ok {
		return nil, nil
	}
	j := new(pb.Judgement)
	if err := proto.Unmarshal(f.Value, j); err != nil {
		return nil, fault.Wrap(fault.Internal, "matching.identity", err)
	}
	return &known{j, f.Rev.Minor}, nil
}

// judgement writes a result in the contract.
func (s *Server) judgement(p *present, o outcome, province, school string) *pb.Judgement {
	j := &pb.Judgement{
		Pupil: p.Pupil, Revision: p.revision, IdentityHash: p.IdentityHash, Outcome: outcomes[o.Outcome], MessageVi: o.Text.Vi, MessageEn: o.Text.En,
		Actor: actors[o.Actor], Asked: o.asked, Others: o.others, Province: province, School: school, Person: o.person,
	}
	seen := []string{"seen", string(p.IdentityHash), string(o.Outcome)}
	for _, f := range o.Fields() {
		j.Fields = append(j.Fields, fields[f])
	}
	for _, c := range o.Causes {
		j.Causes = append(j.Causes, &pb.Cause{Field: fields[c.Field], Kind: c.Kind})
		seen = append(seen, c.String())
	}
	for _, step := range o.Steps {
		j.Steps = append(j.Steps, &pb.Step{Field: fields[step.Field], Level: step.Level, Weight: int32(math.Round(100 * step.Bits))})
		j.WeightsVersion = int32(s.weights.Version)
	}
	if q := o.Proposal; q != nil {
		j.Proposal = &pb.Proposal{Field: fields[q.Field], Kind: q.Kind, Personal: &pb.PersonalProposal{Reported: q.Reported, Proposed: q.Proposed}}
	}
	j.Seen = s.key.Values(seen...)
	return j
}

// identityEvent makes the event that follows from a message, on the subject of a school.
func identityEvent(m eventlog.Message, out *pb.IdentitiesJudged, province, school string) (eventlog.Event, error) {
	data, err := proto.Marshal(out)
	if err != nil {
		return eventlog.Event{}, fault.Wrap(fault.Internal, "matching.event", err)
	}
	return eventlog.Event{
		Subject: "identity." + province + "." + school, Type: wire.TypeIdentities, Schema: "rasoat.matching.v1.IdentitiesJudged",
		Data: data, Records: len(out.Judgements) + len(out.Shared) + len(out.Decisions), Trace: m.SpanContext(),
	}, nil
}

// questionEvent opens a question to the registry.
func questionEvent(q *pb.QuestionOpened, again bool, province, school string) (eventlog.Event, error) {
	data, err := proto.Marshal(q)
	if err != nil {
		return eventlog.Event{}, fault.Wrap(fault.Internal, "matching.question", err)
	}
	return eventlog.Event{
		Subject: "question." + kindOf(again) + "." + province + "." + school, Type: wire.TypeQuestion, Schema: "rasoat.matching.v1.QuestionOpened", Data: data, Records: 1,
	}, nil
}

// questionOf asks about the present identity of a pupil.
func (s *Server) questionOf(p *held) *pb.QuestionOpened {
	q := &pb.QuestionOpened{Drive: s.drive.ID, Pupil: p.Pupil, IdentityHash: p.IdentityHash, Revision: p.revision}
	if !p.NotAfter.IsZero() {
		q.Deadline = timestamppb.New(p.NotAfter)
	}
	return q
}

var outcomes = map[matching.Outcome]pb.Outcome{
	matching.Waiting:       pb.Outcome_OUTCOME_WAITING,
	matching.Confirmed:     pb.Outcome_OUTCOME_CONFIRMED,
	matching.Mismatched:    pb.Outcome_OUTCOME_MISMATCHED,
	matching.NotFound:      pb.Outcome_OUTCOME_NOT_FOUND,
	matching.Superseded:    pb.Outcome_OUTCOME_SUPERSEDED,
	matching.NotApplicable: pb.Outcome_OUTCOME_NOT_APPLICABLE,
	matching.NeedsPerson:   pb.Outcome_OUTCOME_NEEDS_PERSON,
}

var fields = map[matching.Field]pb.Field{
	matching.FullName:    pb.Field_FIELD_FULL_NAME,
	matching.DateOfBirth: pb.Field_FIELD_DATE_OF_BIRTH,
	matching.Gender:      pb.Field_FIELD_GENDER,
	matching.IDNumber:    pb.Field_FIELD_ID_NUMBER,
	matching.Residence:   pb.Field_FIELD_RESIDENCE,
}

var actors = map[matching.Actor]pb.Actor{
	matching.Nobody:   pb.Actor_ACTOR_NOBODY,
	matching.School:   pb.Actor_ACTOR_SCHOOL,
	matching.Family:   pb.Actor_ACTOR_FAMILY,
	matching.Police:   pb.Actor_ACTOR_POLICE,
	matching.Province: pb.Actor_ACTOR_PROVINCE,
}
