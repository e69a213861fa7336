package server

import (
	"cmp"
	"context"
	"maps"
	"slices"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/student"
	"google.golang.org/protobuf/proto"
)

// ListAcknowledgements lists the acknowledged warnings of a province or a school, school by school and class by class. It fails with
// NotFound for a scope that there is not, and with Invalid for a page token that is none.
func (s *Server) ListAcknowledgements(ctx context.Context, req *pb.ListAcknowledgementsRequest) (*pb.ListAcknowledgementsResponse, error) {
	out := &pb.ListAcknowledgementsResponse{}
	var err error
	out.Acknowledgements, out.NextPageToken, err = listed(ctx, s, "reporting.list_acknowledgements", req,
		func(p *pupil, sc drive.School, at *reporting.EnrolmentFact) []*pb.ListedAcknowledgement {
			return p.acknowledgements(req, sc, at)
		})
	return out, err
}

// acknowledgements returns those of a pupil as a school sees them, in the order in which they were made: in force, and lapsed ones
// where they are asked for. What was answered about a roster belongs to the school whose roster it is.
func (p *pupil) acknowledgements(req *pb.ListAcknowledgementsRequest, sc drive.School, at *reporting.EnrolmentFact) []*pb.ListedAcknowledgement {
	present := map[string]*validationpb.Finding{}
	for _, part := range student.Parts {
		for _, f := range p.findings(part, sc.Province+"/"+sc.Code) {
			if p.explanation(f) != nil {
				present[string(f.GetValues())] = f
			}
		}
	}
	var out []*pb.ListedAcknowledgement
	for _, values := range slices.Sorted(maps.Keys(p.acks)) {
		a, f := p.acks[values], present[values]
		switch {
		case a.GetReason() == "", f == nil && !req.GetLapsed(), req.GetRule() != "" && a.GetFinding().GetRule() != req.GetRule():
			continue
		case a.GetPart() == studentpb.Part_PART_ENROLMENT && (a.GetProvince() != sc.Province || a.GetSchool() != sc.Code):
			continue
		}
		listed := proto.CloneOf(a)
		listed.Province, listed.School, listed.Lapsed = sc.Province, sc.Code, f == nil
		if at != nil {
			listed.Class = at.Class
		}
		if f != nil {
			listed.Finding = f
		} else {
			listed.Finding = &validationpb.Finding{Rule: a.GetFinding().GetRule(), RuleVersion: a.GetFinding().GetRuleVersion()}
		}
		out = append(out, listed)
	}
	slices.SortStableFunc(out, func(a, b *pb.ListedAcknowledgement) int {
		return cmp.Or(cmp.Compare(a.GetSequence(), b.GetSequence()), cmp.Compare(a.GetPart(), b.GetPart()))
	})
	return out
}
