package server

import (
	"bytes"
	"strings"

	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
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
	verdicts   map[string]*validationpb.Verdict // by the facet that was judged
	year12     *validationpb.SharedVerdict
	identity   *matchingpb.Judgement
	sharedWith []string
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
		verdicts: map[string]*validationpb.Verdict{},
	}
	for _, f := range d.Facets {
		if err := p.read(f); err != nil {
			return nil, fault.Wrap(fault.Internal, "reporting.pupil", err)
		}
	}
	p.gather(dr)
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
		p.year12 = new(validationpb.SharedVerdict)
		return proto.Unmarshal(f.Value, p.year12)
	case strings.HasPrefix(f.Name, facetNumber):
		n := new(matchingpb.SharedNumber)
		if err := proto.Unmarshal(f.Value, n); err != nil {
			return err
		}
		p.sharedWith = append(p.sharedWith, n.GetOthers()...)
		return nil
	case f.Name == facetIdentity:
		p.identity = new(matchingpb.Judgement)
		return proto.Unmarshal(f.Value, p.identity)
	}
	a, err := wire.OpenAccepted(f.Value)
	p.parts[student.Part(f.Name)], p.revisions[student.Part(f.Name)] = a, f.Rev.Major
	return err
}

// gather makes the facts out of what was read. Judgements bind to content and not to revisions: the same content sent
// again keeps its judgement. Until provinces can approve, a drive that asks for it has nobody approved.
func (p *pupil) gather(dr *drive.Drive) {
	f := reporting.Facts{Parts: make(map[student.Part]reporting.PartFact, len(p.parts)), Approved: !dr.ApprovalRequired}
	for _, e := range p.enrolments {
		f.Enrolments = append(f.Enrolments, reporting.EnrolmentFact{
			Province: e.province, School: e.school, Class: e.entry.GetClass(), Open: open(e),
			Judgement: p.judgement(facetEnrolment+e.province+"/"+e.school, e.record),
		})
	}
	for part, r := range p.parts {
		f.Parts[part] = reporting.PartFact{Present: true, Judgement: p.judgement(string(part), r)}
	}
	first, ok1 := p.parts[student.Results121]
	second, ok2 := p.parts[student.Results122]
	if v := p.year12; v != nil && ok1 && ok2 && len(v.GetContentHashes()) == 2 {
		f.Year12 = reporting.Judgement{
			Current: bytes.Equal(v.GetContentHashes()[0], first.ContentHash) && bytes.Equal(v.GetContentHashes()[1], second.ContentHash),
			Errors:  errorsIn(v.GetFindings()),
		}
	}
	f.Identity = p.identityState()
	f.Shared = len(p.sharedWith) > 0
	p.facts = f
}

func (p *pupil) judgement(facet string, r wire.Accepted) reporting.Judgement {
	v := p.verdicts[facet]
	if v == nil || !bytes.Equal(v.GetContentHash(), r.ContentHash) {
		return reporting.Judgement{}
	}
	return reporting.Judgement{Current: true, Errors: errorsIn(v.GetFindings())}
}

func (p *pupil) identityState() reporting.IdentityState {
	profile, ok := p.parts[student.ProfilePart]
	if p.identity == nil || !ok || !bytes.Equal(p.identity.GetIdentityHash(), profile.IdentityHash) {
		return reporting.IdentityWaiting
	}
	switch p.identity.GetOutcome() {
	case matchingpb.Outcome_OUTCOME_CONFIRMED, matchingpb.Outcome_OUTCOME_NOT_APPLICABLE:
		return reporting.IdentityGood
	case matchingpb.Outcome_OUTCOME_MISMATCHED, matchingpb.Outcome_OUTCOME_NOT_FOUND:
		return reporting.IdentityDiffers
	case matchingpb.Outcome_OUTCOME_NEEDS_PERSON:
		return reporting.IdentityUnsettled
	}
	return reporting.IdentityWaiting
}

func errorsIn(findings []*validationpb.Finding) int {
	n := 0
	for _, f := range findings {
		if f.GetSeverity() == validationpb.Severity_SEVERITY_ERROR {
			n++
		}
	}
	return n
}
