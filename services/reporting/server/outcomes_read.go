package server

import (
	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// foundOutcomes reads verdicts. Every verdict is news, also one that finds nothing: whether it clears an earlier one is known to whoever
// saw that. Information needs nobody and is left out.
func (s *Server) foundOutcomes(m eventlog.Message) ([]*pb.WatchOutcomesResponse, error) {
	ev := new(validationpb.RecordsJudged)
	if err := proto.Unmarshal(m.Data, ev); err != nil || ev.GetDrive() != s.drive.ID {
		return nil, fault.Wrap(fault.Invalid, "reporting.outcomes", err)
	}
	var out []*pb.WatchOutcomesResponse
	add := func(o *pb.FoundOutcome) {
		out = append(out, &pb.WatchOutcomesResponse{News: &pb.WatchOutcomesResponse_Found{Found: o}})
	}
	for _, v := range ev.GetVerdicts() {
		add(&pb.FoundOutcome{Pupil: v.GetPupil(), Part: v.GetPart(), Revision: v.GetRevision(), Findings: needing(v.GetFindings())})
	}
	for _, v := range ev.GetShared() {
		add(&pb.FoundOutcome{Pupil: v.GetPupil(), Part: secondOf(v.GetName()), Revision: v.GetBasis(), Findings: needing(v.GetFindings()), Pair: v.GetName()})
	}
	return out, nil
}

// needing returns the findings that need somebody.
func needing(findings []*validationpb.Finding) []*validationpb.Finding {
	var out []*validationpb.Finding
	for _, f := range findings {
		if f.GetSeverity() >= validationpb.Severity_SEVERITY_WARNING {
			out = append(out, f)
		}
	}
	return out
}

// secondOf returns the part to which the findings of a pair belong.
func secondOf(name string) studentpb.Part {
	for _, p := range reporting.Pairs {
		if p.Name == name {
			return wire.ToPart(p.Second)
		}
	}
	return studentpb.Part_PART_UNSPECIFIED
}

// identityOutcomes reads what matching learned. That an identity waits is no outcome.
func (s *Server) identityOutcomes(m eventlog.Message) ([]*pb.WatchOutcomesResponse, error) {
	ev := new(matchingpb.IdentitiesJudged)
	if err := proto.Unmarshal(m.Data, ev); err != nil || ev.GetDrive() != s.drive.ID {
		return nil, fault.Wrap(fault.Invalid, "reporting.outcomes", err)
	}
	var out []*pb.WatchOutcomesResponse
	add := func(j *matchingpb.Judgement) {
		out = append(out, &pb.WatchOutcomesResponse{News: &pb.WatchOutcomesResponse_Identity{Identity: j}})
	}
	for _, j := range ev.GetJudgements() {
		if j.GetOutcome() != matchingpb.Outcome_OUTCOME_WAITING {
			add(j)
		}
	}
	for _, n := range ev.GetShared() {
		add(&matchingpb.Judgement{Pupil: n.GetPupil(), Outcome: matchingpb.Outcome_OUTCOME_DUPLICATE, Others: n.GetOthers()})
	}
	for _, d := range ev.GetDecisions() {
		for _, seen := range d.GetSeen() {
			add(&matchingpb.Judgement{Pupil: d.GetPupil(), Outcome: matchingpb.Outcome_OUTCOME_SETTLED, Seen: seen})
		}
	}
	return out, nil
}

// returnedOutcomes reads what a province gave back.
func (s *Server) returnedOutcomes(m eventlog.Message) ([]*pb.WatchOutcomesResponse, error) {
	ev := new(pb.PupilsReturned)
	if err := proto.Unmarshal(m.Data, ev); err != nil || ev.GetDrive() != s.drive.ID {
		return nil, fault.Wrap(fault.Invalid, "reporting.outcomes", err)
	}
	out := make([]*pb.WatchOutcomesResponse, len(ev.GetPupils()))
	for i, p := range ev.GetPupils() {
		out[i] = &pb.WatchOutcomesResponse{News: &pb.WatchOutcomesResponse_Returned{Returned: &pb.ReturnedPupil{
			Province: ev.GetProvince(), School: ev.GetSchool(), Pupil: p.GetPupil(), Window: ev.GetWindow(), Parts: p.GetParts(), Reason: p.GetPersonalReason(),
			Officer: ev.GetOfficer(), StoredAt: timestamppb.New(m.Stored),
		}}}
	}
	return out, nil
}
