package server

import (
	"context"
	"encoding/base64"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// The facets of a pupil's document. A part's own facet is named like the part; its value is an AcceptedRecord.
const (
	facetEnrolment = "enrolment/" // + <province>/<school>: AcceptedRecord
	facetVerdict   = "verdict/"   // + the facet that was judged: Verdict
	facetIdentity  = "identity"   // Judgement
	facetSettled   = "settled"    // IdentityDecision
	facetNumber    = "number/"    // + hash: SharedNumber
	facetShared    = "shared/"    // + name: SharedVerdict
	facetAck       = "ack/"       // + digest of the values: ListedAcknowledgement
	facetApproval  = "approval/"  // + window: PupilDecision
	facetClaim     = "claim"      // ClaimSettled
	facetFrom      = "from/"      // + <province>/<school>: a profile came from there; no value
)

// projection is what a batch says: facets of pupils and of the roster, and the pupils to derive, each with the trace of
// the message that touched it last.
type projection struct {
	pupils  []store.Patch
	roster  []store.Patch
	schools []store.Patch
	touched map[string]trace.SpanContext // by document id
}

// set merges a facet and has the pupil derived.
func (p *projection) set(id, facet string, rev store.Revision, value []byte, cause eventlog.Message) {
	p.pupils = append(p.pupils, store.Patch{ID: id, Facet: facet, Rev: rev, Value: value})
	p.touched[id] = cause.SpanContext()
}

// handle makes the handler of a stream: read each message into facets, merge them, derive who was touched.
func (s *Server) handle(from source) eventlog.Handler {
	return func(ctx context.Context, batch []eventlog.Message) error {
		p := newProjection()
		for _, m := range batch {
			if err := from.readers[m.Type](p, m); err != nil {
				return err
			}
		}
		if err := s.merge(ctx, p); err != nil {
			return err
		}
		return s.deriveAndMark(ctx, p)
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
			p.set(id, facetFrom+school, rev, nil, m)
		}
		p.set(id, facet, rev, r.Bytes, m)
	}
	return nil
}

// facetIn is the one facet of an entry of the roster.
const facetIn = "in"

// noClass stands in the roster for the class of a pupil of whom a profile came; it sorts after every class.
const noClass = "~"

func rosterEntry(drive, school, class, pupil string, rev store.Revision) store.Patch {
	return store.Patch{ID: drive + "/" + school + "/" + class + "/" + pupil, Facet: facetIn, Rev: rev}
}

// standsFor returns what was merged into a pupil's document before an entry of the roster: the enrolment of the school, or that a profile came from
// there. An entry that is not there stands for nothing.
func standsFor(entry store.Doc, pupil string) []store.Patch {
	in, ok := entry.Facet(facetIn)
	at := strings.Split(entry.ID, "/") // <drive>/<province>/<school>/<class>/<pupil>, of which a class may be any text
	if !ok || len(at) < 5 {
		return nil
	}
	facet := facetEnrolment
	if strings.Join(at[3:len(at)-1], "/") == noClass {
		facet = facetFrom
	}
	return []store.Patch{{ID: pupil, Facet: facet + at[1] + "/" + at[2], Rev: in.Rev}}
}

// verdicts reads what validation found.
func (s *Server) verdicts(p *projection, m eventlog.Message) error {
	ev, err := wire.OpenVerdicts(m.Data)
	if err != nil {
		return err
	}
	for _, v := range ev.Each {
		facet := facetVerdict + string(v.Part)
		if v.Part == student.Enrolment {
			facet = facetVerdict + facetEnrolment + m.Token(2) + "/" + m.Token(3) // verdict.<kind>.<province>.<school>
		}
		p.set(ev.Drive+"/"+v.Pupil, facet, store.Revision{Major: v.Revision, Minor: byBook(ev.Book, m.Sequence)}, v.Bytes, m)
	}
	for _, v := range ev.Shared {
		p.set(ev.Drive+"/"+v.Pupil, facetShared+v.Name, store.Revision{Major: v.Revision, Minor: byBook(ev.Book, m.Sequence)}, v.Bytes, m)
	}
	return nil
}

// identities reads what matching learned.
func (s *Server) identities(p *projection, m eventlog.Message) error {
	ev, err := wire.OpenIdentities(m.Data)
	if err != nil {
		return err
	}
	for _, j := range ev.Each {
		if j.Waiting {
			// An identity that was not judged waits, with or without being told; and what stands is left to stand meanwhile.
			continue
		}
		p.set(ev.Drive+"/"+j.Pupil, facetIdentity, store.Revision{Major: j.Revision, Minor: m.Sequence}, j.Bytes, m)
	}
	for _, d := range ev.Decided {
		p.set(ev.Drive+"/"+d.Pupil, facetSettled, store.Revision{Major: d.Revision}, d.Bytes, m)
	}
	for _, n := range ev.Shared {
		p.set(ev.Drive+"/"+n.Pupil, facetNumber+n.Name, store.Revision{Major: n.Revision, Minor: m.Sequence}, n.Bytes, m)
	}
	return nil
}

// byBook orders the verdicts on one content: the one by the later book stands, and of one book the later one, whatever the order in
// which they arrive. A stream has no 2^48 messages. The sum over a pupil's facets (stateOf) must fit 64 bits as well: with
// verdicts on six parts and two pairs, and a dozen schools that have claimed the pupil, that leaves room for 3,000 books.
func byBook(book, sequence uint64) uint64 { return book<<48 | sequence }

// acknowledged reads what schools answered to warnings.
func (s *Server) acknowledged(p *projection, m eventlog.Message) error {
	ev := new(pb.WarningsAcknowledged)
	if err := proto.Unmarshal(m.Data, ev); err != nil {
		return fault.Wrap(fault.Invalid, "reporting.acknowledged", err)
	}
	for _, w := range ev.GetWarnings() {
		a := &pb.ListedAcknowledgement{
			Province: ev.GetProvince(), School: ev.GetSchool(), Pupil: w.GetPupil(), Part: w.GetPart(),
			Finding: &validationpb.Finding{Rule: w.GetRule(), RuleVersion: w.GetRuleVersion(), Field: w.GetField(), Values: w.GetValues()},
			Reason:  w.GetPersonalReason(), StoredAt: timestamppb.New(m.Stored), Sequence: m.Sequence,
		}
		if w.GetWithdrawn() {
			a.Reason = ""
		}
		value, err := proto.Marshal(a)
		if err != nil {
			return fault.Wrap(fault.Internal, "reporting.acknowledged", err)
		}
		p.set(ev.GetDrive()+"/"+w.GetPupil(), ackFacet(w.GetValues()), store.Revision{Major: m.Sequence}, value, m)
	}
	return nil
}

func ackFacet(values []byte) string { return facetAck + base64.RawURLEncoding.EncodeToString(values) }
