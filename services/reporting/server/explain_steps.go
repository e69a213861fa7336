package server

import (
	"context"
	"maps"
	"math"
	"slices"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/timeline"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/reporting/export"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

// ownSteps tells what officers decided of some pupils of a school, and what was published of them. What was decided of the whole school is told
// of one pupil only.
func (s *Server) ownSteps(ctx context.Context, sc drive.School, pupil string, pupils map[string]bool) ([]*studentpb.Event, error) {
	t := &steps{drive: s.drive.ID, school: sc, pupil: pupil, pupils: pupils}
	at := "." + sc.Province + "." + sc.Code
	filters := []string{"decision.acknowledge" + at, "decision.approve" + at, "decision.return" + at, "decision.declare" + at, "decision.claim.*.*"}
	if err := s.log.Replay(ctx, eventlog.Decisions, filters, 1, math.MaxUint64, t.decision); err != nil {
		return nil, err
	}
	var records []string
	for _, ref := range slices.Sorted(maps.Keys(pupils)) {
		records = append(records, recordSubject(ref))
	}
	if len(records) == 0 {
		return t.events, nil
	}
	return t.events, s.log.Replay(ctx, eventlog.Records, records, 1, math.MaxUint64, t.record)
}

// steps gathers the steps of some pupils of a school. A message that nobody could read stands among the dead letters.
type steps struct {
	drive  string
	school drive.School
	pupil  string // the only one; "" of a submission
	pupils map[string]bool
	events []*studentpb.Event
}

func (t *steps) add(m eventlog.Message, kind, pupil string, part studentpb.Part, officer, vi, en string) {
	e := timeline.Step("reporting", m, kind, pupil, part, fault.Text{Vi: vi, En: en})
	e.Officer = officer
	t.events = append(t.events, e)
}

// because adds a reason to a sentence.
func because(sentence, reason string) string {
	if reason == "" {
		return sentence
	}
	return sentence + ": " + reason
}

func (t *steps) decision(m eventlog.Message) error {
	const none = studentpb.Part_PART_UNSPECIFIED
	switch m.Type {
	case wire.TypeAcknowledged:
		ev := new(pb.WarningsAcknowledged)
		if proto.Unmarshal(m.Data, ev) != nil || ev.GetDrive() != t.drive {
			return nil
		}
		for _, w := range ev.GetWarnings() {
			if !t.pupils[w.GetPupil()] {
				continue
			}
			what := w.GetRule() + " (" + w.GetField() + ")"
			vi, en := "Trường giải trình cảnh báo "+what, "the school explained the warning "+what
			if w.GetWithdrawn() {
				vi, en = "Trường rút lại giải trình cảnh báo "+what, "the school took its explanation of the warning back: "+what
			}
			t.add(m, timeline.Decided, w.GetPupil(), w.GetPart(), ev.GetOfficer(), because(vi, w.GetPersonalReason()), because(en, w.GetPersonalReason()))
		}
	case wire.TypeApproved:
		ev := new(pb.PupilsApproved)
		if proto.Unmarshal(m.Data, ev) != nil || ev.GetDrive() != t.drive {
			return nil
		}
		for _, p := range ev.GetPupils() {
			if t.pupils[p.GetPupil()] {
				t.add(m, timeline.Decided, p.GetPupil(), none, ev.GetOfficer(),
					because("Tỉnh duyệt cho đợt "+ev.GetWindow(), ev.GetPersonalException()), because("the province approved for window "+ev.GetWindow(), ev.GetPersonalException()))
			}
		}
	case wire.TypeReturned:
		ev := new(pb.PupilsReturned)
		if proto.Unmarshal(m.Data, ev) != nil || ev.GetDrive() != t.drive {
			return nil
		}
		for _, p := range ev.GetPupils() {
			if !t.pupils[p.GetPupil()] {
				continue
			}
			vi, en := "Tỉnh trả lại ở đợt "+ev.GetWindow(), "the province gave the pupil back in window "+ev.GetWindow()
			if p.GetWithdrawn() {
				vi, en = "Tỉnh rút việc trả lại ở đợt "+ev.GetWindow(), "the province took its return in window "+ev.GetWindow()+" back"
			}
			t.add(m, timeline.Decided, p.GetPupil(), none, ev.GetOfficer(), because(vi, p.GetPersonalReason()), because(en, p.GetPersonalReason()))
		}
	case wire.TypeClaim:
		t.claim(m)
	case wire.TypeDeclared:
		ev := new(pb.SchoolDeclared)
		if t.pupil == "" || proto.Unmarshal(m.Data, ev) != nil || ev.GetDrive() != t.drive {
			return nil
		}
		vi, en := "Trường báo đã đủ dữ liệu cho đợt "+ev.GetWindow(), "the school declared itself complete for window "+ev.GetWindow()
		if ev.GetWithdrawn() {
			vi, en = "Trường rút lại báo đủ dữ liệu của đợt "+ev.GetWindow(), "the school took its declaration for window "+ev.GetWindow()+" back"
		}
		t.add(m, timeline.Decided, "", none, ev.GetOfficer(), because(vi, ev.GetPersonalNote()), because(en, ev.GetPersonalNote()))
	}
	return nil
}

// claim tells where a pupil was found to be; a decision may stand with the other school. The other is named by its code.
func (t *steps) claim(m eventlog.Message) {
	ev := new(pb.ClaimSettled)
	if proto.Unmarshal(m.Data, ev) != nil || ev.GetDrive() != t.drive || !t.pupils[ev.GetPupil()] {
		return
	}
	at := ev.GetProvince() + "/" + ev.GetSchool()
	t.add(m, timeline.Decided, ev.GetPupil(), studentpb.Part_PART_ENROLMENT, ev.GetOfficer(),
		because("Học sinh được xác định thuộc trường "+at, ev.GetPersonalReason()), because("it was decided that the pupil is at school "+at, ev.GetPersonalReason()))
}

// record tells a version of what exam registration holds.
func (t *steps) record(m eventlog.Message) error {
	state := new(pb.RecordState)
	if m.Type != wire.TypeRecord || proto.Unmarshal(m.Data, state) != nil || state.GetDrive() != t.drive {
		return nil
	}
	version := timeline.Number(m.Sequence)
	if v := state.GetVerified(); v != nil {
		windows := strings.Join(v.GetWindows(), ", ")
		t.add(m, timeline.Published, state.GetPupil(), studentpb.Part_PART_UNSPECIFIED, "",
			"Đã công bố hồ sơ xác thực cho đợt "+windows+" (phiên bản "+version+")", "the verified record was published for window "+windows+" (version "+version+")")
		return nil
	}
	reason := withdrawals(state.GetWithdrawn())
	t.add(m, timeline.Withdrawn, state.GetPupil(), studentpb.Part_PART_UNSPECIFIED, "",
		"Đã rút hồ sơ xác thực (phiên bản "+version+"): "+reason.Vi, "the verified record was withdrawn (version "+version+"): "+reason.En)
	return nil
}

// withdrawals says why a record was withdrawn.
func withdrawals(w *pb.WithdrawnRecord) fault.Text {
	if w.GetReason() == pb.Status_STATUS_UNSPECIFIED {
		return fault.Text{Vi: "không trường nào còn ghi danh", En: "no school enrols the pupil any more"}
	}
	return export.Standing{Status: reporting.Status(w.GetReason()), Returned: w.GetReturned()}.Text()
}
