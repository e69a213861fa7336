package server

import (
	"context"
	"math"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/timeline"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

// ListEvents tells what the registry was asked about a pupil of a school, or about the pupils of one submission, what it answered, and what
// officers decided. It fails with NotFound for a submission that there is not, and with Invalid when neither is named.
func (s *Server) ListEvents(ctx context.Context, req *pb.ListEventsRequest) (*pb.ListEventsResponse, error) {
	const op = "matching.list_events"
	pupils, err := timeline.Pupils(ctx, s.log, req)
	if err != nil {
		return nil, fault.Wrap("", op, err)
	}
	school := strings.Replace(req.GetScope(), "/", ".", 1)
	province, _, _ := strings.Cut(req.GetScope(), "/")
	t := &teller{drive: s.drive.ID, scope: req.GetScope(), pupils: pupils}
	for _, from := range []struct {
		stream  string
		filters []string
	}{
		{eventlog.Questions, []string{"question.*." + school}},
		{eventlog.Identities, []string{"identity." + school}},
		{eventlog.Decisions, []string{"decision.settle." + school, "decision.recheck.*." + province, "decision.recheck.*.all"}},
	} {
		if err := s.log.Replay(ctx, from.stream, from.filters, 1, math.MaxUint64, t.tell); err != nil {
			return nil, fault.Wrap("", op, err)
		}
	}
	timeline.Sort(t.events)
	return &pb.ListEventsResponse{Events: t.events}, nil
}

// teller gathers the steps of some pupils of a school.
type teller struct {
	drive, scope string
	pupils       map[string]bool
	events       []*studentpb.Event
}

func (t *teller) step(m eventlog.Message, kind, pupil string, text fault.Text) *studentpb.Event {
	part := studentpb.Part_PART_UNSPECIFIED
	if pupil != "" {
		part = studentpb.Part_PART_PROFILE
	}
	e := timeline.Step("matching", m, kind, pupil, part, text)
	t.events = append(t.events, e)
	return e
}

// tell reads a message; one that nobody could read stands among the dead letters.
func (t *teller) tell(m eventlog.Message) error {
	switch m.Type {
	case wire.TypeQuestion:
		ev := new(pb.QuestionOpened)
		if proto.Unmarshal(m.Data, ev) == nil && ev.GetDrive() == t.drive && t.pupils[ev.GetPupil()] {
			text := fault.Text{Vi: "Đã xếp câu hỏi gửi CSDL dân cư", En: "a question to the population database was put in the queue"}
			if m.Token(1) == kindOf(true) {
				text = fault.Text{Vi: "Đã xếp câu hỏi lại CSDL dân cư", En: "the population database is to be asked again"}
			}
			t.step(m, timeline.Asked, ev.GetPupil(), text)
		}
	case wire.TypeIdentities:
		return t.identities(m)
	case wire.TypeSettled:
		ev := new(pb.IdentitySettled)
		if proto.Unmarshal(m.Data, ev) == nil && ev.GetDrive() == t.drive && t.pupils[ev.GetPupil()] {
			text := fault.Text{Vi: "Cán bộ xác nhận danh tính thay CSDL: ", En: "an officer settled the identity in the registry's place: "}
			if ev.GetWithdrawn() {
				text = fault.Text{Vi: "Cán bộ rút lại xác nhận danh tính: ", En: "an officer took the settlement of the identity back: "}
			}
			text.Vi, text.En = text.Vi+ev.GetPersonalReason(), text.En+ev.GetPersonalReason()
			t.step(m, timeline.Decided, ev.GetPupil(), text).Officer = ev.GetOfficer()
		}
	case wire.TypeRecheck:
		t.recheck(m)
	}
	return nil
}

// identities tells what was learned. That an identity waits is told by the question.
func (t *teller) identities(m eventlog.Message) error {
	outside, err := wire.OpenIdentities(m.Data)
	if err != nil || outside.Drive != t.drive {
		return nil
	}
	for _, j := range outside.Each {
		k := new(pb.Judgement)
		if j.Waiting || !t.pupils[j.Pupil] || proto.Unmarshal(j.Bytes, k) != nil {
			continue
		}
		text := outcomeTexts[k.GetOutcome()]
		if k.GetMessageVi() != "" {
			text.Vi += ". " + k.GetMessageVi()
		}
		if k.GetMessageEn() != "" {
			text.En += ". " + k.GetMessageEn()
		}
		t.step(m, timeline.Answered, j.Pupil, fault.Text{Vi: "Kết quả đối chiếu: " + text.Vi, En: "outcome: " + text.En})
	}
	for _, j := range outside.Shared {
		n := new(pb.SharedNumber)
		if !t.pupils[j.Pupil] || proto.Unmarshal(j.Bytes, n) != nil {
			continue
		}
		text := fault.Text{Vi: "Không còn học sinh khác khai cùng số định danh", En: "no other pupil claims the same number any more"}
		if len(n.GetOthers()) > 0 {
			others := strings.Join(n.GetOthers(), ", ")
			text = fault.Text{Vi: "Học sinh khác khai cùng số định danh: " + others, En: "other pupils claim the same number: " + others}
		}
		t.step(m, timeline.Answered, j.Pupil, text)
	}
	for _, j := range outside.Decided {
		d := new(pb.IdentityDecision)
		if !t.pupils[j.Pupil] || proto.Unmarshal(j.Bytes, d) != nil {
			continue
		}
		text := fault.Text{Vi: "Chưa đủ cán bộ xác nhận để chốt danh tính", En: "too few officers have said the same for the identity to be settled"}
		if len(d.GetSeen()) > 0 {
			text = fault.Text{Vi: "Danh tính đã được chốt theo xác nhận của cán bộ", En: "the identity is settled by what officers decided"}
		}
		t.step(m, timeline.Decided, j.Pupil, text)
	}
	return nil
}

// recheck tells that the registry is to be asked again about some of the pupils, or about a scope that has them.
func (t *teller) recheck(m eventlog.Message) {
	ev := new(pb.RecheckAsked)
	if proto.Unmarshal(m.Data, ev) != nil || ev.GetDrive() != t.drive || !strings.HasPrefix(t.scope+"/", withSlash(ev.GetScope())) {
		return
	}
	text := recheckTexts[ev.GetReason()]
	if len(ev.GetPupils()) == 0 {
		t.step(m, timeline.Asked, "", text).Officer = ev.GetOfficer()
	}
	for _, p := range ev.GetPupils() {
		if t.pupils[p] {
			t.step(m, timeline.Asked, p, text).Officer = ev.GetOfficer()
		}
	}
}

var recheckTexts = map[pb.RecheckReason]fault.Text{
	pb.RecheckReason_RECHECK_REASON_OFFICER:  {Vi: "Cán bộ yêu cầu hỏi lại CSDL dân cư", En: "an officer had the population database asked again"},
	pb.RecheckReason_RECHECK_REASON_NOTICE:   {Vi: "CSDL dân cư báo có thay đổi: hỏi lại", En: "the population database gave notice of a change: it is asked again"},
	pb.RecheckReason_RECHECK_REASON_DEADLINE: {Vi: "Sắp đến hạn: hỏi lại CSDL dân cư", En: "a deadline comes near: the population database is asked again"},
}

var outcomeTexts = map[pb.Outcome]fault.Text{
	pb.Outcome_OUTCOME_CONFIRMED:      {Vi: "khớp", En: "confirmed"},
	pb.Outcome_OUTCOME_MISMATCHED:     {Vi: "không khớp", En: "mismatched"},
	pb.Outcome_OUTCOME_NOT_FOUND:      {Vi: "không có số này", En: "no such number"},
	pb.Outcome_OUTCOME_NOT_APPLICABLE: {Vi: "không phải đối chiếu", En: "not applicable"},
	pb.Outcome_OUTCOME_NEEDS_PERSON:   {Vi: "cần người xử lý", En: "needs a person"},
	pb.Outcome_OUTCOME_SUPERSEDED:     {Vi: "số đã được thay bằng số khác", En: "the number was superseded"},
}
