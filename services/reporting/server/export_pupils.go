package server

import (
	"bufio"
	"context"
	"strings"
	"time"

	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/timeline"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/reporting/export"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
)

// exportPupils writes the pupils of a province or a school, a line at a time.
func (s *Server) exportPupils(ctx context.Context, w *bufio.Writer, format export.Format, req *pb.ExportRequest, now time.Time) error {
	const op = "reporting.export"
	if req.GetScope() == "" {
		return fault.New(fault.Invalid, op, "Danh sách học sinh chỉ xuất theo tỉnh hoặc trường.", "the pupils are exported by province or school")
	}
	schools := s.schoolsOf(req.GetScope())
	if len(schools) == 0 {
		return noSuchScope(op)
	}
	table, err := export.NewPupils(w, format, s.head(req.GetScope(), now), s.exportWindows(), req.GetUnmasked())
	if err != nil {
		return err
	}
	for _, sc := range schools {
		var failed error
		err := s.eachPupil(ctx, sc, "", func(p *pupil, at *reporting.EnrolmentFact, _ string) bool {
			line, err := s.exported(p, at, sc)
			if err == nil {
				err = table.Add(line)
			}
			failed = err
			return err == nil
		})
		if failed != nil {
			return failed
		}
		if err != nil {
			return err
		}
	}
	return table.Close()
}

// exported is a pupil as a line of the table.
func (s *Server) exported(p *pupil, at *reporting.EnrolmentFact, sc drive.School) (export.Pupil, error) {
	line := export.Pupil{School: sc.Code, SchoolName: sc.Name, Reference: p.ref}
	if at != nil {
		line.Class = at.Class
	}
	if profile, ok := p.parts[student.ProfilePart]; ok {
		content, err := profile.Content()
		if err != nil {
			return line, fault.Wrap(fault.Internal, "reporting.export", err)
		}
		f := content.GetProfile()
		line.Name, line.Born = student.Name(f.GetFullName()), wire.FromDate(f.GetDateOfBirth())
		line.IDNumber = student.IDNumber(f.GetIdentity().GetNumber())
	}
	m := s.pupilMessage(p, at)
	for _, w := range m.GetWindows() {
		line.Standings = append(line.Standings, export.Standing{Status: reporting.Status(w.GetStatus()), Returned: w.GetReturned()})
	}
	line.Notes = notes(m)
	return line, nil
}

// notes says in words what is to be done about a pupil.
func notes(m *pb.Pupil) []string {
	var out []string
	for _, part := range m.GetParts() {
		name := timeline.Part(part.GetPart()).Vi
		if part.GetRevision() == 0 {
			out = append(out, "thiếu "+name)
		}
		explained := map[string]bool{}
		for _, e := range part.GetExplanations() {
			explained[string(e.GetValues())] = true
		}
		for _, f := range part.GetFindings() {
			if f.GetSeverity() < validationpb.Severity_SEVERITY_WARNING || explained[string(f.GetValues())] {
				continue
			}
			text := f.GetPersonal().GetMessageVi()
			if text == "" {
				text = f.GetRule() + " (" + f.GetField() + ")"
			}
			out = append(out, name+": "+strings.TrimSuffix(text, "."))
		}
	}
	id := m.GetIdentity()
	switch id.GetOutcome() {
	case matchingpb.Outcome_OUTCOME_MISMATCHED, matchingpb.Outcome_OUTCOME_NOT_FOUND, matchingpb.Outcome_OUTCOME_NEEDS_PERSON, matchingpb.Outcome_OUTCOME_SUPERSEDED:
		out = append(out, "danh tính: "+strings.TrimSuffix(id.GetMessageVi(), "."))
	}
	if len(id.GetSharedWith()) > 0 {
		out = append(out, "trùng số định danh với học sinh "+strings.Join(id.GetSharedWith(), ", "))
	}
	if len(id.GetAlsoEnrolledAt()) > 0 {
		out = append(out, "cũng được ghi danh ở trường "+strings.Join(id.GetAlsoEnrolledAt(), ", "))
	}
	for _, r := range m.GetReturned() {
		out = append(out, "tỉnh trả lại (đợt "+r.GetWindow()+"): "+r.GetReason())
	}
	return out
}
