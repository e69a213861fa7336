package server

import (
	"context"
	"strconv"
	"strings"
	"unicode"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Acknowledge answers warnings of a school with reasons. What holds is one message in the log, bound to the values that were seen; the
// projection reads it like any other. It fails with NotFound for a school that there is not; what is no open warning
// is refused by itself.
func (s *Server) Acknowledge(ctx context.Context, req *pb.AcknowledgeRequest) (*pb.AcknowledgeResponse, error) {
	const op = "reporting.acknowledge"
	sc, err := s.school(op, req.GetScope())
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(req.GetAcknowledgements()))
	for i, a := range req.GetAcknowledgements() {
		ids[i] = s.drive.ID + "/" + a.GetPupil()
	}
	docs, err := s.pupils.Get(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := &pb.AcknowledgeResponse{}
	ev := &pb.WarningsAcknowledged{Drive: s.drive.ID, Province: sc.Province, School: sc.Code}
	for i, a := range req.GetAcknowledgements() {
		p, err := readPupil(docs[i], s.drive)
		if err != nil {
			return nil, err
		}
		w, problem := p.acknowledge(sc, a)
		if problem != nil {
			problem.Path = "acknowledgements[" + strconv.Itoa(i) + "]"
			out.Refused = append(out.Refused, problem)
			continue
		}
		out.Acknowledged++
		if w != nil {
			ev.Warnings = append(ev.Warnings, w)
		}
	}
	if len(ev.Warnings) == 0 {
		return out, nil
	}
	subject, err := eventlog.Subject("decision", "acknowledge", sc.Province, sc.Code)
	if err != nil {
		return nil, err
	}
	data, err := proto.Marshal(ev)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, op, err)
	}
	at, err := s.log.Append(ctx, eventlog.Event{
		Subject: subject, Type: wire.TypeAcknowledged, Schema: "rasoat.reporting.v1.WarningsAcknowledged", Data: data, Records: len(ev.Warnings),
	})
	if err != nil {
		return nil, fault.Wrap("", op, err)
	}
	m, err := s.log.Read(ctx, at.Stream, at.Sequence)
	if err != nil {
		return nil, fault.Wrap("", op, err)
	}
	out.Sequence, out.StoredAt = m.Sequence, timestamppb.New(m.Stored)
	return out, nil
}

// school gives the school of a scope.
func (s *Server) school(op, scope string) (drive.School, error) {
	province, code, _ := strings.Cut(scope, "/")
	sc, ok := s.drive.School(code)
	if !ok || sc.Province != province {
		return sc, noSuchScope(op)
	}
	return sc, nil
}

// acknowledge makes the decision of one answer; nil where it holds already, and a problem where there is nothing to answer.
func (p *pupil) acknowledge(sc drive.School, a *pb.Acknowledgement) (*pb.AcknowledgedWarning, *studentpb.Problem) {
	if !p.enrolledAt(sc) {
		return nil, problem("ACK_UNKNOWN_PUPIL", fault.Text{Vi: "Trường không có học sinh này.", En: "The school has no such pupil."},
			fault.Text{Vi: "Xem lại danh sách học sinh của trường.", En: "Look at the list of the school's pupils again."})
	}
	if !saysSomething(a.GetReason()) {
		return nil, problem("ACK_REASON", fault.Text{Vi: "Lý do phải nêu bằng lời, ít nhất hai từ.", En: "The reason must be given in words, two at the least."},
			fault.Text{Vi: "Nêu vì sao giá trị đúng, ví dụ: học bạ ghi như vậy.", En: "Say why the values are right, for example: the school report says so."})
	}
	var found *validationpb.Finding
	for _, f := range p.findings(wire.FromPart(a.GetPart())) {
		if f.GetRule() == a.GetRule() && string(f.GetValues()) == string(a.GetValues()) {
			found = f
		}
	}
	standing := p.acks[string(a.GetValues())]
	switch {
	case a.GetWithdraw() && standing.GetReason() != "":
		f := standing.GetFinding()
		return &pb.AcknowledgedWarning{
			Pupil: a.GetPupil(), Part: a.GetPart(), Rule: f.GetRule(), RuleVersion: f.GetRuleVersion(), Field: f.GetField(), Values: f.GetValues(),
			PersonalReason: a.GetReason(), Withdrawn: true,
		}, nil
	case a.GetWithdraw() || found == nil:
		return nil, problem("ACK_NO_SUCH_WARNING", fault.Text{Vi: "Không có cảnh báo này, hoặc giá trị đã thay đổi từ khi xem.", En: "There is no such warning, or a value has changed since it was seen."},
			fault.Text{Vi: "Xem lại các cảnh báo của học sinh rồi xác nhận.", En: "Look at the pupil's warnings again and acknowledge then."})
	case found.GetSeverity() != validationpb.Severity_SEVERITY_WARNING:
		return nil, problem("ACK_NOT_A_WARNING", fault.Text{Vi: "Chỉ cảnh báo mới xác nhận được; lỗi phải sửa, thông tin không cần.", En: "Only a warning can be acknowledged; an error must be mended, an information needs nothing."},
			fault.Text{Vi: "Sửa dữ liệu theo hướng dẫn của quy tắc.", En: "Mend the record as the rule says."})
	case standing.GetReason() == a.GetReason():
		return nil, nil
	}
	return &pb.AcknowledgedWarning{
		Pupil: a.GetPupil(), Part: a.GetPart(), Rule: found.GetRule(), RuleVersion: found.GetRuleVersion(), Field: found.GetField(),
		Values: found.GetValues(), PersonalReason: a.GetReason(),
	}, nil
}

func (p *pupil) enrolledAt(sc drive.School) bool {
	for _, e := range p.facts.Enrolments {
		if e.Province == sc.Province && e.School == sc.Code && e.Open {
			return true
		}
	}
	return false
}

// saysSomething reports whether a reason has two words at the least.
func saysSomething(reason string) bool {
	words := 0
	for w := range strings.FieldsSeq(reason) {
		if strings.ContainsFunc(w, unicode.IsLetter) {
			words++
		}
	}
	return words >= 2
}

func problem(rule string, text, remedy fault.Text) *studentpb.Problem {
	return &studentpb.Problem{Rule: rule, MessageVi: text.Vi, MessageEn: text.En, RemedyVi: remedy.Vi, RemedyEn: remedy.En}
}
