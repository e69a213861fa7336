package server

import (
	"context"
	"slices"
	"strings"

	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
)

// perPage is how many pupils of a school are read at once.
const perPage = 500

func noSuchScope(op string) error {
	return fault.New(fault.NotFound, op, "Không có tỉnh hoặc trường này trong danh mục của đợt.", "the drive's directory has no such province or school")
}

// eachPupil visits the pupils of a school in order of class: the expected ones with their enrolment there, the unexpected
// ones with nil. It starts after a place given by a former visit and stops when visit says so.
func (s *Server) eachPupil(ctx context.Context, sc drive.School, after string, visit func(p *pupil, at *reporting.EnrolmentFact, place string) bool) error {
	prefix := s.drive.ID + "/" + sc.Province + "/" + sc.Code + "/"
	if after != "" {
		after = prefix + after
	}
	for {
		entries, err := s.roster.Scan(ctx, prefix, after, perPage)
		if err != nil {
			return err
		}
		ids := make([]string, len(entries))
		var merged []store.Patch
		for i, e := range entries {
			ids[i] = s.drive.ID + "/" + e.ID[strings.LastIndexByte(e.ID, '/')+1:]
			merged = append(merged, standsFor(e, ids[i])...)
		}
		docs, err := store.GetAfter(ctx, s.pupils, ids, merged)
		if err != nil {
			return err
		}
		for i, d := range docs {
			p, err := readPupil(d, s.drive)
			if err != nil {
				return err
			}
			place := entries[i].ID[len(prefix):]
			at, counts := s.here(p, sc, place[:strings.LastIndexByte(place, '/')])
			if counts && !visit(p, at, place) {
				return nil
			}
		}
		if len(entries) < perPage {
			return nil
		}
		after = entries[len(entries)-1].ID
	}
}

// here reports whether an entry of the roster is the place where a pupil counts: in the class of the open enrolment, or, of a
// pupil whom no school enrols or ever enrolled, where the profile came from. A pupil counts once at a school.
func (s *Server) here(p *pupil, sc drive.School, class string) (*reporting.EnrolmentFact, bool) {
	for i, e := range p.facts.Enrolments {
		if e.Province == sc.Province && e.School == sc.Code && e.Counts() {
			return &p.facts.Enrolments[i], e.Class == class
		}
	}
	return nil, class == noClass && len(p.facts.Enrolments) == 0
}

// ListPupils pages through one school.
func (s *Server) ListPupils(ctx context.Context, req *pb.ListPupilsRequest) (*pb.ListPupilsResponse, error) {
	province, code, _ := strings.Cut(req.GetScope(), "/")
	sc, ok := s.drive.School(code)
	if !ok || sc.Province != province {
		return nil, noSuchScope("reporting.list_pupils")
	}
	limit := int(req.GetPageSize())
	if limit == 0 {
		limit = 200
	}
	out := &pb.ListPupilsResponse{}
	err := s.eachPupil(ctx, sc, req.GetPageToken(), func(p *pupil, at *reporting.EnrolmentFact, place string) bool {
		m := s.pupilMessage(p, at)
		last := m.Windows[len(m.Windows)-1].Status
		wanted := len(req.GetStatuses()) == 0 || slices.Contains(req.GetStatuses(), last) || req.GetReturned() && len(m.Returned) > 0
		if !wanted {
			return true
		}
		out.Pupils = append(out.Pupils, m)
		if len(out.Pupils) == limit {
			out.NextPageToken = place
			return false
		}
		return true
	})
	return out, err
}

// pupilMessage is a pupil as the officers of the school see it.
func (s *Server) pupilMessage(p *pupil, at *reporting.EnrolmentFact) *pb.Pupil {
	m := &pb.Pupil{Pupil: p.ref, Unexpected: at == nil, Identity: &pb.IdentityState{SharedWith: p.sharedWith}, Returned: p.returns()}
	for _, w := range s.drive.Windows {
		m.Windows = append(m.Windows, &pb.WindowStatus{
			Window: w.ID, Status: pb.Status(reporting.StatusOf(s.drive, p.facts, w.ID)), Returned: p.facts.Returned(s.drive, w.ID),
		})
	}
	if at != nil {
		m.Class = at.Class
		for _, e := range p.enrolments {
			if e.school == at.School && e.province == at.Province {
				m.Parts = append(m.Parts, p.partMessage(student.Enrolment, e.revision, at.Current, e.province+"/"+e.school))
			} else if open(e) && !p.overruled(e) {
				m.Identity.AlsoEnrolledAt = append(m.Identity.AlsoEnrolledAt, e.province+"/"+e.school)
			}
		}
	}
	for _, part := range student.Parts[1:] {
		m.Parts = append(m.Parts, p.partMessage(part, p.revisions[part], p.facts.Parts[part].Current, ""))
	}
	if j := p.identity; j != nil && p.facts.Identity != reporting.IdentityWaiting {
		m.Identity.Outcome, m.Identity.Fields, m.Identity.MessageVi, m.Identity.MessageEn = p.outcome(), j.GetFields(), j.GetMessageVi(), j.GetMessageEn()
		m.Identity.Explanation = j
	} else if _, came := p.parts[student.ProfilePart]; came {
		m.Identity.Outcome = matchingpb.Outcome_OUTCOME_WAITING
	}
	return m
}

func open(e enrolment) bool {
	return e.entry.GetState() == studentpb.EnrolmentState_ENROLMENT_STATE_JOINED
}

func (p *pupil) partMessage(part student.Part, revision uint64, judged bool, school string) *pb.PartState {
	m := &pb.PartState{Part: wire.ToPart(part), Revision: revision, Judged: judged, Findings: p.findings(part, school)}
	for _, f := range m.Findings {
		if a := p.explanation(f); a != nil {
			m.Explanations = append(m.Explanations, &pb.Explanation{Values: f.GetValues(), Reason: a.GetReason(), StoredAt: a.GetStoredAt()})
		}
	}
	return m
}

func countsMessage(window string, c reporting.Counts) *pb.Counts {
	return &pb.Counts{
		Window: window, Expected: c.Expected, Unexpected: c.Unexpected,
		Missing: c.By[reporting.Missing], Rejected: c.By[reporting.Rejected], UnexplainedWarning: c.By[reporting.UnexplainedWarning],
		Duplicate: c.By[reporting.Duplicate], Mismatched: c.By[reporting.Mismatched], NeedsPerson: c.By[reporting.NeedsPerson],
		Waiting: c.By[reporting.Waiting], AwaitingApproval: c.By[reporting.AwaitingApproval], Verified: c.By[reporting.Verified], Returned: c.Returned,
	}
}
