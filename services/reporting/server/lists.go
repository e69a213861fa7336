package server

import (
	"cmp"
	"context"
	"slices"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

// pageOf returns the size of a page.
func pageOf(asked int32) int { return int(cmp.Or(asked, 200)) }

// fullPage is the size in bytes at which a page of records is full: one more pupil, and it can still be sent.
const fullPage = 4 << 20

// ListRecords lists what is held of the pupils whom ListPupils shows for the school. It fails with NotFound for a school that
// there is not.
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
	size := 0
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
		size += proto.Size(held)
		if len(out.Pupils) == pageOf(req.GetPageSize()) || size > fullPage {
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

// held returns the newest revision of each part that is wanted; of the roster, the entry of the school.
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
