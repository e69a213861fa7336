package server

import (
	"bytes"
	"slices"
	"strings"

	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

// pupil is a document read once: the facets decoded and the facts that follow from them.
type pupil struct {
	id         string // document id, <drive>/<pupil>
	ref        string
	basis      store.Revision // stateOf the document
	enrolments []enrolment
	parts      map[student.Part]wire.Accepted
	revisions  map[student.Part]uint64
	verdicts   map[string]*validationpb.Verdict       // by the facet that was judged
	pairs      map[string]*validationpb.SharedVerdict // by name
	acks       map[string]*pb.ListedAcknowledgement   // by the digest of the values; one without a reason was taken back
	identity   *matchingpb.Judgement
	settled    *matchingpb.IdentityDecision
	sharedWith []string
	decisions  map[string]*pb.PupilDecision // what the province said last, by window
	claim      *pb.ClaimSettled             // at which school the pupil is
	drive      *drive.Drive
	facts      reporting.Facts
}

type enrolment struct {
	province, school string
	record           wire.Accepted
	entry            *studentpb.Enrolment
	revision         uint64
}

// readPupil decodes a document. It fails with Internal when a facet does not decode, which only a defect can bring about.
func readPupil(d store.Doc, dr *drive.Drive) (*pupil, error) {
	p := &pupil{
		id: d.ID, basis: stateOf(d), ref: d.ID[strings.LastIndexByte(d.ID, '/')+1:],
		parts: map[student.Part]wire.Accepted{}, revisions: map[student.Part]uint64{},
		verdicts: map[string]*validationpb.Verdict{}, pairs: map[string]*validationpb.SharedVerdict{}, acks: map[string]*pb.ListedAcknowledgement{},
		decisions: map[string]*pb.PupilDecision{}, drive: dr,
	}
	for _, f := range d.Facets {
		if err := p.read(f); err != nil {
			return nil, fault.Wrap(fault.Internal, "reporting.pupil", err)
		}
	}
	p.gather()
	return p, nil
}

func (p *pupil) read(f store.Facet) error {
	switch {
	case strings.HasPrefix(f.Name, facetEnrolment):
		a, err := wire.OpenAccepted(f.Value)
		if err != nil {
			return err
		}
		content, err := a.Content()
		province, school, _ := strings.Cut(strings.TrimPrefix(f.Name, facetEnrolment), "/")
		p.enrolments = append(p.enrolments, enrolment{province, school, a, content.GetEnrolment(), f.Rev.Major})
		return err
	case strings.HasPrefix(f.Name, facetVerdict):
		v := new(validationpb.Verdict)
		p.verdicts[strings.TrimPrefix(f.Name, facetVerdict)] = v
		return proto.Unmarshal(f.Value, v)
	case strings.HasPrefix(f.Name, facetShared):
		v := new(validationpb.SharedVerdict)
		p.pairs[strings.TrimPrefix(f.Name, facetShared)] = v
		return proto.Unmarshal(f.Value, v)
	case strings.HasPrefix(f.Name, facetAck):
		a := new(pb.ListedAcknowledgement)
		if err := proto.Unmarshal(f.Value, a); err != nil {
			return err
		}
		p.acks[string(a.GetFinding().GetValues())] = a
		return nil
	case strings.HasPrefix(f.Name, facetNumber):
		n := new(matchingpb.SharedNumber)
		if err := proto.Unmarshal(f.Value, n); err != nil {
			return err
		}
		p.sharedWith = append(p.sharedWith, n.GetOthers()...)
		return nil
	case strings.HasPrefix(f.Name, facetFrom):
		return nil // its name says it all
	case f.Name == facetIdentity:
		p.identity = new(matchingpb.Judgement)
		return proto.Unmarshal(f.Value, p.identity)
	case f.Name == facetSettled:
		p.settled = new(matchingpb.IdentityDecision)
		return proto.Unmarshal(f.Value, p.settled)
	case f.Name == facetClaim:
		p.claim = new(pb.ClaimSettled)
		return proto.Unmarshal(f.Value, p.claim)
	case strings.HasPrefix(f.Name, facetApproval):
		said := new(pb.PupilDecision)
		p.decisions[strings.TrimPrefix(f.Name, facetApproval)] = said
		return proto.Unmarshal(f.Value, said)
	}
	a, err := wire.OpenAccepted(f.Value)
	p.parts[student.Part(f.Name)], p.revisions[student.Part(f.Name)] = a, f.Rev.Major
	return err
}

// gather makes the facts out of what was read. Judgements and decisions bind to content and not to revisions: the same content sent
// again keeps them.
func (p *pupil) gather() {
	slices.Sort(p.sharedWith)
	p.sharedWith = slices.Compact(p.sharedWith)
	f := reporting.Facts{Parts: make(map[student.Part]reporting.PartFact, len(p.parts)), Pairs: map[string]reporting.Judgement{}}
	for _, e := range p.enrolments {
		f.Enrolments = append(f.Enrolments, reporting.EnrolmentFact{
			Province: e.province, School: e.school, Class: e.entry.GetClass(), Open: open(e), Overruled: p.overruled(e),
			Judgement: p.judgement(facetEnrolment+e.province+"/"+e.school, e.record),
		})
	}
	for part, r := range p.parts {
		f.Parts[part] = reporting.PartFact{Present: true, Judgement: p.judgement(string(part), r)}
	}
	for _, pair := range reporting.Pairs {
		first, ok1 := p.parts[pair.First]
		second, ok2 := p.parts[pair.Second]
		if v := p.pairs[pair.Name]; v != nil && ok1 && ok2 && len(v.GetContentHashes()) == 2 {
			j := p.count(v.GetFindings())
			j.Current = bytes.Equal(v.GetContentHashes()[0], first.ContentHash) && bytes.Equal(v.GetContentHashes()[1], second.ContentHash)
			f.Pairs[pair.Name] = j
		}
	}
	f.Identity = p.identityState()
	f.Shared = len(p.sharedWith) > 0 && !p.isSettled(p.seenShared())
	p.facts = f
	p.words()
}

func (p *pupil) judgement(facet string, r wire.Accepted) reporting.Judgement {
	v := p.verdicts[facet]
	if v == nil || !bytes.Equal(v.GetContentHash(), r.ContentHash) {
		return reporting.Judgement{}
	}
	j := p.count(v.GetFindings())
	j.Current = true
	return j
}

// count counts the errors, and the warnings that nobody has acknowledged.
func (p *pupil) count(findings []*validationpb.Finding) reporting.Judgement {
	var j reporting.Judgement
	for _, f := range findings {
		switch f.GetSeverity() {
		case validationpb.Severity_SEVERITY_ERROR:
			j.Errors++
		case validationpb.Severity_SEVERITY_WARNING:
			if p.explanation(f) == nil {
				j.Warnings++
			}
		}
	}
	return j
}

// explanation returns the acknowledgement of a warning that is in force: the one that saw the same values. Nothing else has one.
func (p *pupil) explanation(f *validationpb.Finding) *pb.ListedAcknowledgement {
	if f.GetSeverity() != validationpb.Severity_SEVERITY_WARNING || len(f.GetValues()) == 0 {
		return nil
	}
	if a := p.acks[string(f.GetValues())]; a.GetReason() != "" {
		return a
	}
	return nil
}

// findings returns what is found on a part as it stands: of the roster, on the entry of a school ("01/01000701"); what is found on a
// pair belongs to its second part.
func (p *pupil) findings(part student.Part, school string) []*validationpb.Finding {
	if part == student.Enrolment {
		for _, e := range p.facts.Enrolments {
			if e.Current && e.Province+"/"+e.School == school {
				return p.verdicts[facetEnrolment+school].GetFindings()
			}
		}
		return nil
	}
	var out []*validationpb.Finding
	if p.facts.Parts[part].Current {
		out = p.verdicts[string(part)].GetFindings()
	}
	for _, pair := range reporting.Pairs {
		if pair.Second == part && p.facts.Pairs[pair.Name].Current {
			out = append(slices.Clone(out), p.pairs[pair.Name].GetFindings()...)
		}
	}
	return out
}
