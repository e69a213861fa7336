package server

import (
	"bytes"
	"context"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

const (
	facetProfile  = "profile"
	facetIdentity = "identity"
	facetNumber   = "number/" // + hash: a number that the pupil claims or has claimed
)

// profiles projects profiles and claims, then says of every pupil of the batch, from the merged state, that the identity
// waits (or needs no question), and of every number that more than one pupil ever claimed, who claims it now.
func (s *Server) profiles(ctx context.Context, batch []eventlog.Message) error {
	var pupils, numbers []store.Patch
	ids := make([][]string, len(batch))
	for i, m := range batch {
		sub, err := wire.OpenBatch(m.Data, m.Stored)
		if err != nil {
			return err
		}
		for _, r := range sub.Records {
			rev := store.Revision{Major: m.Sequence}
			content, err := r.Content()
			if err != nil {
				return err
			}
			id := sub.Drive + "/" + r.Pupil
			ids[i] = append(ids[i], id)
			pupils = append(pupils, store.Patch{ID: id, Facet: facetProfile, Rev: rev, Value: r.Bytes})
			if hash := s.numberHash(wire.FromProfile(content.GetProfile())); hash != "" {
				pupils = append(pupils, store.Patch{ID: id, Facet: facetNumber + hash, Rev: rev})
				numbers = append(numbers, store.Patch{ID: sub.Drive + "/" + hash, Facet: r.Pupil, Rev: rev})
			}
		}
	}
	// Claims first: whoever sees a profile then also finds its claim.
	if err := s.numbers.Merge(ctx, numbers); err != nil {
		return err
	}
	if err := s.pupils.Merge(ctx, pupils); err != nil {
		return err
	}
	events := make([]eventlog.Event, 0, len(batch))
	for i, m := range batch {
		docs, err := s.pupils.Get(ctx, ids[i])
		if err != nil {
			return err
		}
		out, err := s.triageAll(docs)
		if err != nil {
			return err
		}
		if out.Shared, err = s.shared(ctx, docs); err != nil {
			return err
		}
		if len(out.Judgements)+len(out.Shared) == 0 {
			continue
		}
		ev, err := identityEvent(m, out)
		if err != nil {
			return err
		}
		events = append(events, ev)
	}
	return s.log.AppendBatch(ctx, events)
}

// triage gives the judgement that a pupil's present profile needs before anybody is asked; nil when its identity was
// judged already (the log says so: the facet is projected from it) or there is no profile.
func (s *Server) triage(d store.Doc) (*pb.Judgement, error) {
	p, err := profileOf(d)
	if p == nil || err != nil {
		return nil, err
	}
	if known, err := identityOf(d); err != nil || (known != nil && bytes.Equal(known.GetIdentityHash(), p.IdentityHash)) {
		return nil, err
	}
	result, _ := matching.Triage(p.Profile)
	return judgement(p, result), nil
}

// shared looks at every number that the pupils of these documents ever claimed.
func (s *Server) shared(ctx context.Context, docs []store.Doc) ([]*pb.SharedNumber, error) {
	var ids []string
	seen := map[string]bool{}
	for _, d := range docs {
		for _, f := range d.Prefix(facetNumber) {
			id := s.drive.ID + "/" + strings.TrimPrefix(f.Name, facetNumber)
			if !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	claims, err := s.numbers.Get(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []*pb.SharedNumber
	for _, number := range claims {
		if len(number.Facets) < 2 {
			continue
		}
		hash := strings.TrimPrefix(number.ID, s.drive.ID+"/")
		pupils := make([]string, len(number.Facets))
		for i, f := range number.Facets {
			pupils[i] = s.drive.ID + "/" + f.Name
		}
		present, err := s.pupils.Get(ctx, pupils)
		if err != nil {
			return nil, err
		}
		claimants := make([]matching.Claimant, 0, len(present))
		for i, d := range present {
			p, err := profileOf(d)
			if err != nil {
				return nil, err
			}
			c := matching.Claimant{Pupil: number.Facets[i].Name}
			if p != nil {
				c.Revision, c.Now = p.revision, s.numberHash(p.Profile) == hash
			}
			claimants = append(claimants, c)
		}
		others, basis := matching.Sharing(claimants)
		for _, c := range claimants {
			out = append(out, &pb.SharedNumber{Pupil: c.Pupil, Number: hash, Basis: basis, Others: others[c.Pupil]})
		}
	}
	return out, nil
}

// numberHash is the keyed hash under which a profile claims its number; "" for a number that is not claimed.
func (s *Server) numberHash(p student.Profile) string {
	if !matching.Askable(p.Identity) {
		return ""
	}
	return s.key.NumberHash(s.drive.ID, p.Identity.Number.Normal())
}

// identities projects what was learned. A judgement that came late can be about an identity that the pupil no longer has
// and take the place of the one that fits again (h1, then h2, then h1 before h2 was projected): so the present profile is
// looked at once more, and waits anew if it is not the one that was judged.
func (s *Server) identities(ctx context.Context, batch []eventlog.Message) error {
	var patches []store.Patch
	ids := make([][]string, len(batch))
	for i, m := range batch {
		ev := new(pb.IdentitiesJudged)
		if err := proto.Unmarshal(m.Data, ev); err != nil {
			return fault.Wrap(fault.Invalid, "matching.identities", err)
		}
		for _, j := range ev.GetJudgements() {
			value, err := proto.Marshal(j)
			if err != nil {
				return fault.Wrap(fault.Internal, "matching.identities", err)
			}
			id := ev.GetDrive() + "/" + j.GetPupil()
			ids[i] = append(ids[i], id)
			rev := store.Revision{Major: j.GetRevision(), Minor: m.Sequence}
			if j.GetOutcome() == pb.Outcome_OUTCOME_WAITING {
				// A question never takes the place of an answer about the same revision, however late it was written: whoever
				// asks has seen the answer by then and would leave it open.
				rev.Minor = 0
			}
			patches = append(patches, store.Patch{ID: id, Facet: facetIdentity, Rev: rev, Value: value})
		}
	}
	if err := s.pupils.Merge(ctx, patches); err != nil {
		return err
	}
	var events []eventlog.Event
	for i, m := range batch {
		docs, err := s.pupils.Get(ctx, ids[i])
		if err != nil {
			return err
		}
		out, err := s.triageAll(docs)
		if err != nil {
			return err
		}
		if len(out.GetJudgements()) == 0 {
			continue
		}
		ev, err := identityEvent(m, out)
		if err != nil {
			return err
		}
		events = append(events, ev)
	}
	return s.log.AppendBatch(ctx, events)
}

// triageAll gives the judgements that the present profiles of some pupils need before anybody is asked.
func (s *Server) triageAll(docs []store.Doc) (*pb.IdentitiesJudged, error) {
	out := &pb.IdentitiesJudged{Drive: s.drive.ID}
	for _, d := range docs {
		j, err := s.triage(d)
		if err != nil {
			return nil, err
		}
		if j != nil {
			out.Judgements = append(out.Judgements, j)
		}
	}
	return out, nil
}

// present is the present profile of a pupil.
type present struct {
	wire.Accepted
	student.Profile
	revision uint64
}

// profileOf reads the present profile of a pupil; nil when there is none.
func profileOf(d store.Doc) (*present, error) {
	f, ok := d.Facet(facetProfile)
	if !ok {
		return nil, nil
	}
	a, err := wire.OpenAccepted(f.Value)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, "matching.profile", err)
	}
	content, err := a.Content()
	if err != nil {
		return nil, fault.Wrap(fault.Internal, "matching.profile", err)
	}
	return &present{a, wire.FromProfile(content.GetProfile()), f.Rev.Major}, nil
}

// identityOf reads what was last learned of a pupil; nil when nothing was.
func identityOf(d store.Doc) (*pb.Judgement, error) {
	f, ok := d.Facet(facetIdentity)
	if !ok {
		return nil, nil
	}
	j := new(pb.Judgement)
	if err := proto.Unmarshal(f.Value, j); err != nil {
		return nil, fault.Wrap(fault.Internal, "matching.identity", err)
	}
	return j, nil
}

// judgement writes a result in the contract.
func judgement(p *present, result matching.Result) *pb.Judgement {
	j := &pb.Judgement{
		Pupil: p.Pupil, Revision: p.revision, IdentityHash: p.IdentityHash, Outcome: outcomes[result.Outcome],
		MessageVi: result.Text.Vi, MessageEn: result.Text.En,
	}
	for _, f := range result.Fields {
		j.Fields = append(j.Fields, fields[f])
	}
	return j
}

// identityEvent makes the event that follows from a message; its subject names the school that sent the profile.
func identityEvent(m eventlog.Message, out *pb.IdentitiesJudged) (eventlog.Event, error) {
	data, err := proto.Marshal(out)
	if err != nil {
		return eventlog.Event{}, fault.Wrap(fault.Internal, "matching.event", err)
	}
	at := 1 // identity.<province>.<school>
	if m.Stream == eventlog.Submissions {
		at = 2 // submission.profile.<province>.<school>.<id>
	}
	return eventlog.Event{
		Subject: "identity." + m.Token(at) + "." + m.Token(at+1), Type: wire.TypeIdentities, Schema: "rasoat.matching.v1.IdentitiesJudged",
		Data: data, Records: len(out.Judgements) + len(out.Shared), Trace: m.SpanContext(),
	}, nil
}

var outcomes = map[matching.Outcome]pb.Outcome{
	matching.Waiting:       pb.Outcome_OUTCOME_WAITING,
	matching.Confirmed:     pb.Outcome_OUTCOME_CONFIRMED,
	matching.Mismatched:    pb.Outcome_OUTCOME_MISMATCHED,
	matching.NotFound:      pb.Outcome_OUTCOME_NOT_FOUND,
	matching.NotApplicable: pb.Outcome_OUTCOME_NOT_APPLICABLE,
	matching.NeedsPerson:   pb.Outcome_OUTCOME_NEEDS_PERSON,
}

var fields = map[matching.Field]pb.Field{
	matching.FullName:    pb.Field_FIELD_FULL_NAME,
	matching.DateOfBirth: pb.Field_FIELD_DATE_OF_BIRTH,
	matching.Gender:      pb.Field_FIELD_GENDER,
}
