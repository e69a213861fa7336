package server

import (
	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/reporting"
)

// conserved reports whether expected is the sum of the statuses.
func conserved(c *pb.Counts) bool {
	return c.GetExpected() == c.GetMissing()+c.GetRejected()+c.GetUnexplainedWarning()+c.GetDuplicate()+c.GetMismatched()+c.GetNeedsPerson()+
		c.GetWaiting()+c.GetAwaitingApproval()+c.GetVerified()
}

// add adds counts.
func add(to, c *pb.Counts) {
	to.Expected += c.GetExpected()
	to.Missing += c.GetMissing()
	to.Rejected += c.GetRejected()
	to.UnexplainedWarning += c.GetUnexplainedWarning()
	to.Duplicate += c.GetDuplicate()
	to.Mismatched += c.GetMismatched()
	to.NeedsPerson += c.GetNeedsPerson()
	to.Waiting += c.GetWaiting()
	to.AwaitingApproval += c.GetAwaitingApproval()
	to.Verified += c.GetVerified()
	to.Unexpected += c.GetUnexpected()
	to.Returned += c.GetReturned()
}

// countsOf is the message as facts.
func countsOf(c *pb.Counts) reporting.Counts {
	return reporting.Counts{Expected: c.GetExpected(), Unexpected: c.GetUnexpected(), Returned: c.GetReturned(), By: byStatus(c)}
}

// noCounts is a window without pupils, for each window of the drive.
func (s *Server) noCounts() []*pb.Counts {
	out := make([]*pb.Counts, len(s.drive.Windows))
	for i, w := range s.drive.Windows {
		out[i] = &pb.Counts{Window: w.ID}
	}
	return out
}

// sum adds the windows of a row to totals that noCounts made, and reports whether every window of the row adds up.
func sum(totals, windows []*pb.Counts) bool {
	well := true
	for _, c := range windows {
		well = well && conserved(c)
		for _, to := range totals {
			if to.GetWindow() == c.GetWindow() {
				add(to, c)
			}
		}
	}
	return well
}

// totals adds rows up and checks each of them, classes too, and the sum.
func (s *Server) totals(rows []*pb.SchoolProgress) ([]*pb.Counts, bool) {
	out, well := s.noCounts(), true
	for _, r := range rows {
		well = sum(out, r.GetWindows()) && well
		for _, class := range r.GetClasses() {
			for _, c := range class.GetWindows() {
				well = well && conserved(c)
			}
		}
	}
	for _, c := range out {
		well = well && conserved(c)
	}
	return out, well
}

// byProvince adds the schools of each province up, in the order of the rows. A row is as old as its oldest school.
func (s *Server) byProvince(rows []*pb.SchoolProgress) []*pb.SchoolProgress {
	var out []*pb.SchoolProgress
	of := map[string]*pb.SchoolProgress{}
	for _, r := range rows {
		to := of[r.GetProvince()]
		if to == nil {
			to = &pb.SchoolProgress{Province: r.GetProvince(), Windows: s.noCounts(), AsOf: r.GetAsOf()}
			if unit, ok := s.drive.Catalogue.Province(r.GetProvince()); ok {
				to.Name = unit.Full()
			}
			of[r.GetProvince()] = to
			out = append(out, to)
		}
		to.Declared += r.GetDeclared()
		sum(to.Windows, r.GetWindows())
		if r.GetAsOf() == nil || to.GetAsOf() == nil {
			to.AsOf = nil // one was never counted
		} else if r.GetAsOf().AsTime().Before(to.GetAsOf().AsTime()) {
			to.AsOf = r.GetAsOf()
		}
	}
	return out
}

// blank is the row of a school that was never counted.
func (s *Server) blank(sc drive.School) *pb.SchoolProgress {
	return &pb.SchoolProgress{Province: sc.Province, School: sc.Code, Name: sc.Name, Declared: int64(sc.Expected), Windows: s.noCounts()}
}

// withoutClasses is the row without its classes; the rest is shared.
func withoutClasses(r *pb.SchoolProgress) *pb.SchoolProgress {
	return &pb.SchoolProgress{
		Province: r.GetProvince(), School: r.GetSchool(), Name: r.GetName(), Declared: r.GetDeclared(), Windows: r.GetWindows(), Standing: r.GetStanding(),
		Unlocks: r.GetUnlocks(), AsOf: r.GetAsOf(),
	}
}
