package server

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/student/wire"
)

// Approve approves schools, one decision each, bound to the content of each pupil as it was read. It fails with NotFound for a scope or a
// window that there is not and with Invalid where the drive asks for no approval; a school that cannot be approved is refused by itself.
// The time is no matter: what a school sent in time is approved when the province comes to it.
func (s *Server) Approve(ctx context.Context, req *pb.ApproveRequest) (*pb.ApproveResponse, error) {
	const op = "reporting.approve"
	if err := s.asksApproval(op); err != nil {
		return nil, err
	}
	w, err := s.window(op, req.GetWindow())
	if err != nil {
		return nil, err
	}
	schools := s.schoolsOf(req.GetScope())
	switch {
	case len(schools) == 0:
		return nil, noSuchScope(op)
	case len(req.GetSeen()) > 0 && !strings.Contains(req.GetScope(), "/"):
		return nil, fault.New(fault.Invalid, op, "Dấu trạng thái (seen) chỉ dùng khi duyệt một trường.", `"seen" goes with the approval of one school`)
	case req.GetException() != "" && !saysSomething(req.GetException()):
		return nil, fault.New(fault.Invalid, op, "Lý do ngoại lệ phải nêu bằng lời, ít nhất hai từ.", "the exception must be stated in words, two at the least")
	}
	out := &pb.ApproveResponse{}
	for _, sc := range schools {
		line, err := s.approveSchool(ctx, op, sc, w, req)
		if err != nil {
			return nil, err
		}
		out.Schools = append(out.Schools, line)
	}
	return out, nil
}

// schoolsOf returns the schools of a province, or one school, in order of code.
func (s *Server) schoolsOf(scope string) []drive.School {
	province, code, _ := strings.Cut(scope, "/")
	var out []drive.School
	for _, sc := range s.drive.Schools {
		if (province == "" || sc.Province == province) && (code == "" || sc.Code == code) {
			out = append(out, sc)
		}
	}
	slices.SortFunc(out, func(a, b drive.School) int { return cmp.Compare(a.Code, b.Code) })
	return out
}

// approveSchool approves what can be approved of one school.
func (s *Server) approveSchool(ctx context.Context, op string, sc drive.School, w drive.Window, req *pb.ApproveRequest) (*pb.SchoolApproval, error) {
	line := &pb.SchoolApproval{Province: sc.Province, School: sc.Code}
	t, err := s.tally(ctx, sc, w)
	if err != nil {
		return nil, err
	}
	if len(req.GetSeen()) > 0 && !bytes.Equal(req.GetSeen(), schoolSeen(t.seen)) {
		line.Refused = []*studentpb.Problem{refusal("APPROVE_SEEN",
			fault.Text{Vi: "Dữ liệu của trường đã thay đổi từ khi xem.", En: "What is held of the school has changed since it was looked at."},
			fault.Text{Vi: "Xem lại tiến độ của trường rồi duyệt.", En: "Look at the school's progress again, then approve."})}
		return line, nil
	}
	for _, h := range t.Hindrances() {
		if h.Always || req.GetException() == "" {
			line.Refused = append(line.Refused, refusal(h.Rule, h.Text, h.Remedy))
		}
	}
	if len(line.Refused) > 0 {
		return line, nil
	}
	line.Approved = int64(len(t.ready))
	if len(t.ready) == 0 || req.GetDryRun() {
		return line, nil
	}
	m, err := s.decide(ctx, op, "approve", sc, wire.TypeApproved, &pb.PupilsApproved{
		Drive: s.drive.ID, Province: sc.Province, School: sc.Code, Window: w.ID, Pupils: t.ready, Officer: access.Officer(ctx), PersonalException: req.GetException(),
	}, len(t.ready))
	line.Sequence = m.Sequence
	return line, err
}

// tally is a school as an approval looks at it.
type tally struct {
	reporting.School
	ready []*pb.ApprovedPupil
	seen  map[string][16]byte // of every pupil who counts there, by reference
}

func (s *Server) tally(ctx context.Context, sc drive.School, w drive.Window) (*tally, error) {
	t := &tally{School: reporting.School{Directory: sc.Expected}, seen: map[string][16]byte{}}
	docs, err := s.schools.Get(ctx, []string{s.drive.ID + "/" + sc.Province + "/" + sc.Code})
	if err != nil {
		return nil, err
	}
	if f, ok := docs[0].Facet(facetDeclared + w.ID); ok {
		t.Declared = len(f.Value) > 0
	}
	err = s.eachPupil(ctx, sc, "", func(p *pupil, at *reporting.EnrolmentFact, _ string) bool {
		if at == nil {
			t.Counts.Unexpected++
			return true
		}
		seen := p.seen(w.ID)
		t.seen[p.ref] = seen
		status := reporting.StatusOf(s.drive, p.facts, w.ID)
		t.Counts.Count(status)
		if status == reporting.NeedsPerson {
			t.Unsettled[p.unsettled()]++
		}
		switch {
		case p.facts.Returned(s.drive, w.ID):
			t.Returned++
		case p.facts.Ready(s.drive, w.ID):
			t.Ready++
			t.ready = append(t.ready, &pb.ApprovedPupil{Pupil: p.ref, Seen: seen[:]})
		}
		return true
	})
	return t, err
}
