package server

import (
	"cmp"
	"context"
	"slices"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

// pageOf gives the size of a page.
func pageOf(asked int32) int { return int(cmp.Or(asked, 200)) }

// ListAcknowledgements lists the acknowledged warnings of a province or a school, school by school and class by class. A page ends with a
// pupil, so that it may hold a few more than were asked for.
func (s *Server) ListAcknowledgements(ctx context.Context, req *pb.ListAcknowledgementsRequest) (*pb.ListAcknowledgementsResponse, error) {
	province, code, _ := strings.Cut(req.GetScope(), "/")
	from, after, _ := strings.Cut(req.GetPageToken(), "/")
	out := &pb.ListAcknowledgementsResponse{}
	known := false
	for _, sc := range s.drive.Schools {
		if sc.Province != province || code != "" && sc.Code != code {
			continue
		}
		known = true
		if sc.Code < from {
			continue
		}
		if sc.Code != from {
			after = ""
		}
		err := s.eachPupil(ctx, sc, after, func(p *pupil, at *reporting.EnrolmentFact, place string) bool {
			if at != nil {
				out.Acknowledgements = append(out.Acknowledgements, p.acknowledgements(req, at)...)
			}
			if len(out.Acknowledgements) >= pageOf(req.GetPageSize()) {
				out.NextPageToken = sc.Code + "/" + place
				return false
			}
			return true
		})
		if err != nil || out.NextPageToken != "" {
			return out, err
		}
	}
	if !known {
		return nil, noSuchScope("reporting.list_acknowledgements")
	}
	return out, nil
}

// acknowledgements gives those of a pupil: in force, and lapsed ones where they are asked for.
func (p *pupil) acknowledgements(req *pb.ListAcknowledgementsRequest, at *reporting.EnrolmentFact) []*pb.ListedAcknowledgement {
	present := map[string]*validationpb.Finding{}
	for _, part := range student.Parts[1:] {
		for _, f := range p.findings(part) {
			present[string(f.GetValues())] = f
		}
	}
	var out []*pb.ListedAcknowledgement
	for values, a := range p.acks {
		f := present[values]
		if a.GetReason() == "" || req.GetRule() != "" && a.GetFinding().GetRule() != req.GetRule() || f == nil && !req.GetLapsed() {
			continue
		}
		listed := proto.CloneOf(a)
		listed.Province, listed.School, listed.Class, listed.Lapsed = at.Province, at.School, at.Class, f == nil
		if f != nil {
			listed.Finding = f
		}
		out = append(out, listed)
	}
	slices.SortFunc(out, func(a, b *pb.ListedAcknowledgement) int {
		return cmp.Or(cmp.Compare(a.GetSequence(), b.GetSequence()), cmp.Compare(a.GetFinding().GetField(), b.GetFinding().GetField()))
	})
	return out
}

// ListRecords lists what is held of the pupils whom ListPupils shows for the school.
func (s *Server) ListRecords(ctx context.Context, req *pb.ListRecordsRequest) (*pb.ListRecordsResponse, error) {
	const op = "reporting.list_records"
	sc, err := s.school(op, req.GetScope())
	if err != nil {
		return nil, err
	}
	wanted := func(part student.Part) bool {
		return len(req.GetParts()) == 0 || slices.Contains(req.GetParts(), wire.ToPart(part))
	}
	out := &pb.ListRecordsResponse{}
	var failed error
	err = s.eachPupil(ctx, sc, req.GetPageToken(), func(p *pupil, at *reporting.EnrolmentFact, place string) bool {
		if req.GetClass() != "" && (at == nil || at.Class != req.GetClass()) {
			return true
		}
		held, err := p.held(sc.Province+"/"+sc.Code, wanted)
		if err != nil {
			failed = fault.Wrap(fault.Internal, op, err)
			return false
		}
		out.Pupils = append(out.Pupils, held)
		if len(out.Pupils) == pageOf(req.GetPageSize()) {
			out.NextPageToken = place
			return false
		}
		return true
	})
	if failed != nil {
		return nil, failed
	}
	return out, err
}

// held gives the newest revision of each part that is wanted; of the roster, the entry of the school.
func (p *pupil) held(school string, wanted func(student.Part) bool) (*pb.HeldPupil, error) {
	out := &pb.HeldPupil{Pupil: p.ref}
	for _, e := range p.enrolments {
		if wanted(student.Enrolment) && e.province+"/"+e.school == school {
			out.Records = append(out.Records, &pb.HeldRecord{Revision: e.revision, Personal: &studentpb.Record{
				Content: &studentpb.Record_Enrolment{Enrolment: e.entry},
			}})
		}
	}
	for _, part := range student.Parts[1:] {
		r, ok := p.parts[part]
		if !ok || !wanted(part) {
			continue
		}
		content, err := r.Content()
		if err != nil {
			return nil, err
		}
		out.Records = append(out.Records, &pb.HeldRecord{Revision: p.revisions[part], Personal: content})
	}
	return out, nil
}
