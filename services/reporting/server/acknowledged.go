package server

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/student"
	"google.golang.org/protobuf/proto"
)

// ListAcknowledgements lists the acknowledged warnings of a province or a school, school by school and class by class. It fails with
// NotFound for a scope that there is not, and with Invalid for a page token that is none.
func (s *Server) ListAcknowledgements(ctx context.Context, req *pb.ListAcknowledgementsRequest) (*pb.ListAcknowledgementsResponse, error) {
	from, err := readAckPlace(req.GetPageToken())
	if err != nil {
		return nil, err
	}
	province, code, _ := strings.Cut(req.GetScope(), "/")
	schools := slices.DeleteFunc(slices.Clone(s.drive.Schools), func(sc drive.School) bool {
		return sc.Province != province || code != "" && sc.Code != code
	})
	if len(schools) == 0 {
		return nil, noSuchScope("reporting.list_acknowledgements")
	}
	slices.SortFunc(schools, func(a, b drive.School) int { return cmp.Compare(a.Code, b.Code) })
	out := &pb.ListAcknowledgementsResponse{}
	limit := pageOf(req.GetPageSize())
	for _, sc := range schools {
		if sc.Code < from.school {
			continue
		}
		if sc.Code != from.school {
			from = ackPlace{school: sc.Code}
		}
		full := false
		err := s.eachPupil(ctx, sc, from.after, func(p *pupil, at *reporting.EnrolmentFact, place string) bool {
			all := p.acknowledgements(req, sc, at)
			given := 0
			if p.ref == from.pupil {
				given = min(from.given, len(all))
			}
			room := limit - len(out.Acknowledgements)
			if full = room < len(all)-given; full {
				out.Acknowledgements = append(out.Acknowledgements, all[given:given+room]...)
				out.NextPageToken = ackPlace{sc.Code, p.ref, given + room, from.after}.token()
				return false
			}
			out.Acknowledgements = append(out.Acknowledgements, all[given:]...)
			from.after = place
			return true
		})
		if err != nil || full {
			return out, err
		}
	}
	return out, nil
}

// ackPlace is where a list goes on: in a school after a place, at the pupil of whom some were given already.
type ackPlace struct {
	school, pupil string
	given         int
	after         string
}

func (a ackPlace) token() string {
	return a.school + "/" + a.pupil + "/" + strconv.Itoa(a.given) + "/" + a.after
}

// readAckPlace reads a page token; "" is the beginning.
func readAckPlace(token string) (ackPlace, error) {
	if token == "" {
		return ackPlace{}, nil
	}
	if f := strings.SplitN(token, "/", 4); len(f) == 4 {
		if given, err := strconv.Atoi(f[2]); err == nil && given >= 0 {
			return ackPlace{f[0], f[1], given, f[3]}, nil
		}
	}
	return ackPlace{}, fault.New(fault.Invalid, "reporting.list_acknowledgements",
		"Mã trang không đúng; dùng next_page_token của trang trước.", "this is no page token: use the next_page_token of the page before")
}

// acknowledgements gives those of a pupil as a school sees them, in the order in which they were made: in force, and lapsed ones
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
