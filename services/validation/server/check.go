package server

import (
	"context"
	"strconv"

	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"github.com/rasoat/rasoat/services/validation"
)

// maxChecked is how many records one call may hold: the pupils of a large class with every part.
const maxChecked = 1000

// ruleContract is the rule of a record that breaks the contract: a door would refuse it.
const ruleContract = "CONTRACT"

// Check judges records as a submission of them would be judged, and stores nothing. It fails with Invalid when there are too many.
func (s *Server) Check(_ context.Context, req *pb.CheckRequest) (*pb.CheckResponse, error) {
	if n := len(req.GetRecords()); n == 0 || n > maxChecked {
		return nil, fault.New(fault.Invalid, "validation.check",
			"Mỗi lần kiểm tra từ 1 đến "+strconv.Itoa(maxChecked)+" bản ghi.", "a check takes 1 to "+strconv.Itoa(maxChecked)+" records")
	}
	out := &pb.CheckResponse{DriveDigest: s.drive.Digest}
	var records []student.Record
	var index []int
	broken := map[int][]*pb.Finding{}
	for i, r := range req.GetRecords() {
		if problems := rpc.Validate(r, ""); len(problems) > 0 {
			broken[i] = contract(problems)
			continue
		}
		records = append(records, wire.FromRecord(r))
		index = append(index, i)
	}
	all := validation.CheckAll(s.drive, records)
	for at, i := range index {
		if len(all[at]) > 0 {
			broken[i] = s.findings("", records[at].Part, all[at])
		}
	}
	for i, r := range req.GetRecords() {
		if len(broken[i]) > 0 {
			out.Records = append(out.Records, &pb.CheckedRecord{Index: int32(i), Part: partOf(r), Findings: broken[i]})
		}
	}
	return out, nil
}

func partOf(r *studentpb.Record) studentpb.Part { return wire.ToPart(wire.FromRecord(r).Part) }

func contract(problems []fault.Field) []*pb.Finding {
	out := make([]*pb.Finding, len(problems))
	for i, p := range problems {
		out[i] = &pb.Finding{Rule: ruleContract, RuleVersion: 1, Severity: pb.Severity_SEVERITY_ERROR, Field: p.Path, Personal: &pb.FindingDetail{
			MessageVi: p.Text.Vi, MessageEn: p.Text.En, RemedyVi: p.Remedy.Vi, RemedyEn: p.Remedy.En,
		}}
	}
	return out
}
