package server

import (
	"context"

	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/proto"
)

// The facets of a pupil's document. A part's own facet is named like the part; its value is an AcceptedRecord.
const (
	facetEnrolment = "enrolment/" // + <province>/<school>: AcceptedRecord
	facetVerdict   = "verdict/"   // + the facet that was judged: Verdict
	facetIdentity  = "identity"   // Judgement
	facetNumber    = "number/"    // + hash: SharedNumber
	facetShared    = "shared/"    // + name: SharedVerdict
)

// projection is what a batch says: facets of pupils and of the roster, and the pupils to derive, each with the trace of
// the message that touched it last.
type projection struct {
	pupils  []store.Patch
	roster  []store.Patch
	touched map[string]trace.SpanContext // by document id
}

func (p *projection) set(id, facet string, rev store.Revision, value []byte, cause eventlog.Message) {
	p.pupils = append(p.pupils, store.Patch{ID: id, Facet: facet, Rev: rev, Value: value})
	p.touched[id] = cause.SpanContext()
}

// setMessage is set with a message for its value.
func (p *projection) setMessage(id, facet string, rev store.Revision, value proto.Message, cause eventlog.Message) error {
	data, err := proto.Marshal(value)
	if err != nil {
		return fault.Wrap(fault.Internal, "reporting.project", err)
	}
	p.set(id, facet, rev, data, cause)
	return nil
}

// handle makes the handler of a stream: read each message into facets, merge them, derive who was touched.
func (s *Server) handle(read func(*projection, eventlog.Message) error) func(context.Context, []eventlog.Message) error {
	return func(ctx context.Context, batch []eventlog.Message) error {
		p := &projection{touched: map[string]trace.SpanContext{}}
		for _, m := range batch {
			if err := read(p, m); err != nil {
				return err
			}
		}
		if err := s.roster.Merge(ctx, p.roster); err != nil {
			return err
		}
		if err := s.pupils.Merge(ctx, p.pupils); err != nil {
			return err
		}
		return s.derive(ctx, p.touched)
	}
}

// submission reads an accepted submission.
func (s *Server) submission(p *projection, m eventlog.Message) error {
	sub, err := wire.OpenBatch(m.Data, m.Stored)
	if err != nil {
		return err
	}
	rev := store.Revision{Major: m.Sequence}
	school := sub.Province + "/" + sub.School
	for _, r := range sub.Records {
		id := sub.Drive + "/" + r.Pupil
		facet := string(r.Part)
		switch r.Part {
		case student.Enrolment:
			content, err := r.Content()
			if err != nil {
				return err
			}
			facet = facetEnrolment + school
			p.roster = append(p.roster, rosterEntry(sub.Drive, school, content.GetEnrolment().GetClass(), r.Pupil, rev))
		case student.ProfilePart:
			// Who sends a profile of a pupil that nobody enrols is found in the range of the school, too.
			p.roster = append(p.roster, rosterEntry(sub.Drive, school, noClass, r.Pupil, rev))
		}
		p.set(id, facet, rev, r.Bytes, m)
	}
	return nil
}

// noClass stands in the roster for the class of a pupil of whom a profile came; it sorts after every class.
const noClass = "~"

func rosterEntry(drive, school, class, pupil string, rev store.Revision) store.Patch {
	return store.Patch{ID: drive + "/" + school + "/" + class + "/" + pupil, Facet: "in", Rev: rev}
}

// verdicts reads what validation found.
func (s *Server) verdicts(p *projection, m eventlog.Message) error {
	ev := new(validationpb.RecordsJudged)
	if err := proto.Unmarshal(m.Data, ev); err != nil {
		return fault.Wrap(fault.Invalid, "reporting.verdicts", err)
	}
	for _, v := range ev.GetVerdicts() {
		facet := facetVerdict + string(wire.FromPart(v.GetPart()))
		if wire.FromPart(v.GetPart()) == student.Enrolment {
			facet = facetVerdict + facetEnrolment + m.Token(2) + "/" + m.Token(3) // verdict.<kind>.<province>.<school>
		}
		rev := store.Revision{Major: v.GetRevision(), Minor: m.Sequence}
		if err := p.setMessage(ev.GetDrive()+"/"+v.GetPupil(), facet, rev, v, m); err != nil {
			return err
		}
	}
	for _, v := range ev.GetShared() {
		rev := store.Revision{Major: v.GetBasis(), Minor: m.Sequence}
		if err := p.setMessage(ev.GetDrive()+"/"+v.GetPupil(), facetShared+v.GetName(), rev, v, m); err != nil {
			return err
		}
	}
	return nil
}

// identities reads what matching learned.
func (s *Server) identities(p *projection, m eventlog.Message) error {
	ev := new(matchingpb.IdentitiesJudged)
	if err := proto.Unmarshal(m.Data, ev); err != nil {
		return fault.Wrap(fault.Invalid, "reporting.identities", err)
	}
	for _, j := range ev.GetJudgements() {
		rev := store.Revision{Major: j.GetRevision(), Minor: m.Sequence}
		if err := p.setMessage(ev.GetDrive()+"/"+j.GetPupil(), facetIdentity, rev, j, m); err != nil {
			return err
		}
	}
	for _, n := range ev.GetShared() {
		rev := store.Revision{Major: n.GetBasis(), Minor: m.Sequence}
		if err := p.setMessage(ev.GetDrive()+"/"+n.GetPupil(), facetNumber+n.GetNumber(), rev, n, m); err != nil {
			return err
		}
	}
	return nil
}
