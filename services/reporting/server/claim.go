package server

import (
	"context"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// SettleClaim decides at which school a pupil is whom several enrol: the others' enrolments do not count while they stay as they were seen. It
// fails with NotFound where the school does not enrol the pupil, with Invalid where no other does, and with Denied unless the
// caller may decide for every school concerned: within a province the province, across provinces the ministry.
func (s *Server) SettleClaim(ctx context.Context, req *pb.SettleClaimRequest) (*pb.SettleClaimResponse, error) {
	const op = "reporting.settle_claim"
	sc, err := s.school(op, req.GetScope())
	if err != nil {
		return nil, err
	}
	all, _, err := s.readPupils(ctx, sc, []string{req.GetPupil()})
	if err != nil {
		return nil, err
	}
	p := all[0]
	caller, _ := access.From(ctx)
	ev := &pb.ClaimSettled{
		Drive: s.drive.ID, Province: sc.Province, School: sc.Code, Pupil: req.GetPupil(), Officer: access.Officer(ctx), PersonalReason: req.GetReason(),
	}
	out := &pb.SettleClaimResponse{}
	enrolled, covered, settled := false, true, true
	for _, e := range p.enrolments {
		if !open(e) {
			continue
		}
		scope := e.province + "/" + e.school
		covered = covered && caller.Covers(scope)
		if scope == req.GetScope() {
			enrolled = true
			continue
		}
		settled = settled && p.overruled(e)
		ev.Overruled = append(ev.Overruled, &pb.OverruledEnrolment{Province: e.province, School: e.school, ContentHash: e.record.ContentHash})
		out.Overruled = append(out.Overruled, scope)
	}
	switch {
	case !enrolled:
		return nil, fault.New(fault.NotFound, op, "Trường này không ghi danh học sinh đó.", "this school does not enrol that pupil")
	case len(ev.Overruled) == 0:
		return nil, fault.New(fault.Invalid, op, "Không trường nào khác ghi danh học sinh này.", "no other school enrols this pupil: there is nothing to settle")
	case !covered:
		return nil, fault.New(fault.Denied, op, "Các trường liên quan thuộc nhiều tỉnh: Bộ quyết định.", "the schools concerned are not all yours: across provinces the ministry decides")
	case !saysSomething(req.GetReason()):
		return nil, fault.New(fault.Invalid, op, "Lý do phải nêu bằng lời, ít nhất hai từ.", "the reason must be given in words, two at the least")
	case settled && p.claim.GetProvince()+"/"+p.claim.GetSchool() == req.GetScope():
		return out, nil // it holds already
	}
	m, err := s.decide(ctx, op, "claim", sc, wire.TypeClaim, ev, 1)
	if err != nil {
		return nil, err
	}
	out.Sequence, out.StoredAt = m.Sequence, timestamppb.New(m.Stored)
	return out, nil
}
