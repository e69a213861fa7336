package server

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"unicode"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
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
	refs := make([]string, len(req.GetAcknowledgements()))
	for i, a := range req.GetAcknowledgements() {
		refs[i] = a.GetPupil()
	}
	pupils, err := s.pupilsOf(ctx, sc, refs)
	if err != nil {
		return nil, err
	}
	out := &pb.AcknowledgeResponse{}
	ev := &pb.WarningsAcknowledged{Drive: s.drive.ID, Province: sc.Province, School: sc.Code, Officer: access.Officer(ctx)}
	said := map[string]*pb.Acknowledgement{} // by pupil and values
	for i, a := range req.GetAcknowledgements() {
		w, problem := pupils[i].acknowledge(sc, a)
		once := a.GetPupil() + "/" + string(a.GetValues())
		switch before := said[once]; {
		case problem != nil:
		case before == nil:
			said[once] = a
		case proto.Equal(before, a):
			w = nil
		default:
			problem = refusal("ACK_TWICE", fault.Text{Vi: "Cảnh báo này đã có câu trả lời khác trong cùng yêu cầu.", En: "This warning has another answer in the same request."},
				fault.Text{Vi: "Giữ một câu trả lời cho mỗi cảnh báo; câu đầu đã được nhận.", En: "Give one answer to each warning; the first was taken."})
		}
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
	m, err := s.decide(ctx, op, "acknowledge", sc, wire.TypeAcknowledged, ev, len(ev.Warnings))
	if err != nil {
		return nil, err
	}
	out.Sequence, out.StoredAt = m.Sequence, timestamppb.New(m.Stored)
	return out, nil
}

// school returns the school of a scope.
func (s *Server) school(op, scope string) (drive.School, error) {
	province, code, _ := strings.Cut(scope, "/")
	sc, ok := s.drive.School(code)
	if !ok || sc.Province != province {
		return sc, noSuchScope(op)
	}
	return sc, nil
}

// pupilsOf reads pupils of a school, in the order of their references; nil where the school has no such pupil: it neither enrols the pupil
// nor is where the profile of a pupil came from whom nobody enrols.
func (s *Server) pupilsOf(ctx context.Context, sc drive.School, refs []string) ([]*pupil, error) {
	all, sent, err := s.readPupils(ctx, sc, refs)
	if err != nil {
		return nil, err
	}
	out := make([]*pupil, len(refs))
	for i, p := range all {
		if at, alone := s.here(p, sc, noClass); at != nil || alone && sent[i] {
			out[i] = p
		}
	}
	return out, nil
}

// readPupils reads pupils, of whatever school, in the order of their references, and whether a profile of each came from one school. Where one
// did, the pupil must be there: it fails with Unavailable for one who is not shown.
func (s *Server) readPupils(ctx context.Context, sc drive.School, refs []string) (all []*pupil, sent []bool, err error) {
	ids, entries := make([]string, len(refs)), make([]string, len(refs))
	for i, ref := range refs {
		ids[i] = s.drive.ID + "/" + ref
		entries[i] = rosterEntry(s.drive.ID, sc.Province+"/"+sc.Code, noClass, ref, store.Revision{}).ID
	}
	profiles, err := s.roster.Get(ctx, entries)
	if err != nil {
		return nil, nil, err
	}
	all, sent = make([]*pupil, len(refs)), make([]bool, len(refs))
	var merged []store.Patch
	for i, entry := range profiles {
		sent[i] = len(entry.Facets) > 0
		merged = append(merged, standsFor(entry, ids[i])...)
	}
	docs, err := store.GetAfter(ctx, s.pupils, ids, merged)
	if err != nil {
		return nil, nil, err
	}
	for i, d := range docs {
		if all[i], err = readPupil(d, s.drive); err != nil {
			return nil, nil, err
		}
	}
	return all, sent, nil
}

// acknowledge makes the decision of one answer; nil where it holds already, and a problem where there is nothing to answer. The
// pupil is nil when the school has no such pupil.
func (p *pupil) acknowledge(sc drive.School, a *pb.Acknowledgement) (*pb.AcknowledgedWarning, *studentpb.Problem) {
	if p == nil {
		return nil, refusal("ACK_UNKNOWN_PUPIL", fault.Text{Vi: "Trường không có học sinh này.", En: "The school has no such pupil."},
			fault.Text{Vi: "Xem lại danh sách học sinh của trường.", En: "Look at the list of the school's pupils again."})
	}
	if !saysSomething(a.GetReason()) {
		return nil, refusal("ACK_REASON", fault.Text{Vi: "Lý do phải nêu bằng lời, ít nhất hai từ.", En: "The reason must be given in words, two at the least."},
			fault.Text{Vi: "Nêu vì sao giá trị đúng, ví dụ: học bạ ghi như vậy.", En: "Say why the values are right, for example: the school report says so."})
	}
	if a.GetWithdraw() {
		return p.withdraw(a)
	}
	var found *validationpb.Finding
	for _, f := range p.findings(wire.FromPart(a.GetPart()), sc.Province+"/"+sc.Code) {
		if f.GetRule() == a.GetRule() && bytes.Equal(f.GetValues(), a.GetValues()) {
			found = f
		}
	}
	switch {
	case found == nil:
		return nil, refusal("ACK_NO_SUCH_WARNING", fault.Text{Vi: "Không có cảnh báo này, hoặc giá trị đã thay đổi từ khi xem.", En: "There is no such warning, or a value has changed since it was seen."},
			fault.Text{Vi: "Xem lại các cảnh báo của học sinh rồi xác nhận.", En: "Look at the pupil's warnings again and acknowledge then."})
	case found.GetSeverity() != validationpb.Severity_SEVERITY_WARNING:
		return nil, refusal("ACK_NOT_A_WARNING", fault.Text{Vi: "Chỉ cảnh báo mới xác nhận được; lỗi phải sửa, thông tin không cần.", En: "Only a warning can be acknowledged; an error must be mended, an information needs nothing."},
			fault.Text{Vi: "Sửa dữ liệu theo hướng dẫn của quy tắc.", En: "Mend the record as the rule says."})
	case p.acks[string(a.GetValues())].GetReason() == a.GetReason():
		return nil, nil
	}
	return &pb.AcknowledgedWarning{
		Pupil: a.GetPupil(), Part: a.GetPart(), Rule: found.GetRule(), RuleVersion: found.GetRuleVersion(), Field: found.GetField(),
		Values: found.GetValues(), PersonalReason: a.GetReason(),
	}, nil
}

// withdraw takes an acknowledgement back, also one that has lapsed: it would hold again if the values came back.
func (p *pupil) withdraw(a *pb.Acknowledgement) (*pb.AcknowledgedWarning, *studentpb.Problem) {
	standing := p.acks[string(a.GetValues())]
	f := standing.GetFinding()
	switch {
	case standing.GetPart() != a.GetPart() || f.GetRule() != a.GetRule():
		return nil, refusal("ACK_NOT_ACKNOWLEDGED", fault.Text{Vi: "Cảnh báo này chưa được xác nhận.", En: "This warning was not acknowledged."},
			fault.Text{Vi: "Xem lại danh sách xác nhận của trường.", En: "Look at the list of the school's acknowledgements again."})
	case standing.GetReason() == "":
		return nil, nil
	}
	return &pb.AcknowledgedWarning{
		Pupil: a.GetPupil(), Part: a.GetPart(), Rule: f.GetRule(), RuleVersion: f.GetRuleVersion(), Field: f.GetField(), Values: f.GetValues(),
		PersonalReason: a.GetReason(), Withdrawn: true,
	}, nil
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

func refusal(rule string, text, remedy fault.Text) *studentpb.Problem {
	return &studentpb.Problem{Rule: rule, MessageVi: text.Vi, MessageEn: text.En, RemedyVi: remedy.Vi, RemedyEn: remedy.En}
}
