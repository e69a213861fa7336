package server

import (
	"context"
	"slices"
	"strconv"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Return sends pupils back to their school, each with a reason and bound to what was held of the pupil, or takes returns back. It fails with NotFound for
// a school or a window that there is not and with Invalid where the drive asks for no approval; what cannot be returned is refused by itself.
func (s *Server) Return(ctx context.Context, req *pb.ReturnRequest) (*pb.ReturnResponse, error) {
	const op = "reporting.return"
	if err := s.asksApproval(op); err != nil {
		return nil, err
	}
	sc, w, err := s.place(op, req.GetScope(), req.GetWindow())
	if err != nil {
		return nil, err
	}
	refs := make([]string, len(req.GetPupils()))
	for i, r := range req.GetPupils() {
		refs[i] = r.GetPupil()
	}
	pupils, err := s.pupilsOf(ctx, sc, refs)
	if err != nil {
		return nil, err
	}
	out := &pb.ReturnResponse{}
	ev := &pb.PupilsReturned{Drive: s.drive.ID, Province: sc.Province, School: sc.Code, Window: w.ID, Officer: access.Officer(ctx)}
	said := map[string]*pb.Returned{}
	for i, r := range req.GetPupils() {
		one, problem := pupils[i].giveBack(s.drive, w, r)
		switch before := said[r.GetPupil()]; {
		case problem != nil:
		case before == nil:
			said[r.GetPupil()] = r
		case proto.Equal(before, r):
			one = nil
		default:
			problem = refusal("RETURN_TWICE", fault.Text{Vi: "Học sinh này đã có trong cùng yêu cầu.", En: "This pupil stands in the same request already."},
				fault.Text{Vi: "Gộp các lý do vào một dòng; dòng đầu đã được nhận.", En: "Put the reasons into one line; the first was taken."})
		}
		if problem != nil {
			problem.Path = "pupils[" + strconv.Itoa(i) + "]"
			out.Refused = append(out.Refused, problem)
			continue
		}
		out.Returned++
		if one != nil {
			ev.Pupils = append(ev.Pupils, one)
		}
	}
	if len(ev.Pupils) == 0 {
		return out, nil
	}
	m, err := s.decide(ctx, op, "return", sc, wire.TypeReturned, ev, len(ev.Pupils))
	if err != nil {
		return nil, err
	}
	out.Sequence, out.StoredAt = m.Sequence, timestamppb.New(m.Stored)
	return out, nil
}

// giveBack makes the decision about one pupil; nil where it holds already, and a problem where there is nothing to return. The pupil is
// nil when the school has no such pupil.
func (p *pupil) giveBack(d *drive.Drive, w drive.Window, r *pb.Returned) (*pb.ReturnedOne, *studentpb.Problem) {
	if p == nil {
		return nil, refusal("RETURN_UNKNOWN_PUPIL", fault.Text{Vi: "Trường không có học sinh này.", En: "The school has no such pupil."},
			fault.Text{Vi: "Xem lại danh sách học sinh của trường.", En: "Look at the list of the school's pupils again."})
	}
	if !saysSomething(r.GetReason()) {
		return nil, refusal("RETURN_REASON", fault.Text{Vi: "Lý do phải nêu bằng lời, ít nhất hai từ.", En: "The reason must be given in words, two at the least."},
			fault.Text{Vi: "Nêu điều trường phải sửa, ví dụ: điểm khác học bạ.", En: "Say what the school has to mend, for example: the mark differs from the school report."})
	}
	required := d.Required(w.ID)
	for _, part := range r.GetParts() {
		if !slices.Contains(required, wire.FromPart(part)) {
			return nil, refusal("RETURN_PART", fault.Text{Vi: "Cửa sổ này không yêu cầu phần dữ liệu đó.", En: "The window does not require that part."},
				fault.Text{Vi: "Bỏ phần đó, hoặc trả lại trong cửa sổ của nó.", En: "Leave the part out, or return it in its own window."})
		}
	}
	standing := p.facts.Words[w.ID] == reporting.Returned
	before := p.decisions[w.ID]
	switch {
	case r.GetWithdraw() && !standing:
		if before.GetWithdrawn() {
			return nil, nil
		}
		return nil, refusal("RETURN_NOT_RETURNED", fault.Text{Vi: "Học sinh này không ở trạng thái bị trả lại.", En: "This pupil was not given back, or has changed since."},
			fault.Text{Vi: "Xem lại danh sách đã trả lại.", En: "Look at the list of what was given back again."})
	case !r.GetWithdraw() && standing && before.GetPersonalReason() == r.GetReason() && slices.Equal(before.GetParts(), r.GetParts()):
		return nil, nil
	}
	seen := p.seen(w.ID)
	return &pb.ReturnedOne{Pupil: r.GetPupil(), Seen: seen[:], Parts: r.GetParts(), PersonalReason: r.GetReason(), Withdrawn: r.GetWithdraw()}, nil
}

// ListReturned lists what was given back of a province or a school and has not changed since, school by school and class by class. It fails
// with NotFound for a scope that there is not, and with Invalid for a page token that is none.
func (s *Server) ListReturned(ctx context.Context, req *pb.ListReturnedRequest) (*pb.ListReturnedResponse, error) {
	out := &pb.ListReturnedResponse{}
	var err error
	out.Pupils, out.NextPageToken, err = listed(ctx, s, "reporting.list_returned", req, func(p *pupil, sc drive.School, at *reporting.EnrolmentFact) []*pb.ReturnedPupil {
		var all []*pb.ReturnedPupil
		for _, r := range p.returns() {
			one := &pb.ReturnedPupil{
				Province: sc.Province, School: sc.Code, Pupil: p.ref, Window: r.GetWindow(), Parts: r.GetParts(), Reason: r.GetReason(),
				Officer: r.GetOfficer(), StoredAt: r.GetStoredAt(),
			}
			if at != nil {
				one.Class = at.Class
			}
			all = append(all, one)
		}
		return all
	})
	return out, err
}
