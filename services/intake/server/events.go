package server

import (
	"context"
	"math"
	"strconv"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/clock"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/timeline"
	"github.com/rasoat/rasoat/services/student/wire"
)

// ListEvents tells what came about a pupil of a school, on time or not, or what one submission brought and what of it was refused. It
// fails with NotFound for a submission that there is not, and with Invalid when neither is named.
func (s *Server) ListEvents(ctx context.Context, req *pb.ListEventsRequest) (*pb.ListEventsResponse, error) {
	const op = "intake.list_events"
	school := strings.Replace(req.GetScope(), "/", ".", 1)
	out := &pb.ListEventsResponse{}
	visit := func(m eventlog.Message) error {
		if m.Type != wire.TypeSubmission {
			return nil
		}
		ev, err := wire.Submission(m.Data)
		if err != nil {
			return nil // a message that nobody could read stands among the dead letters
		}
		if ev.GetDrive() == s.cfg.Drive.ID {
			out.Events = append(out.Events, steps(ev, m, req.GetPupil())...)
		}
		return nil
	}
	switch {
	case req.GetPupil() != "":
		if err := s.log.Replay(ctx, eventlog.Submissions, []string{"submission.*." + school + ".*"}, 1, math.MaxUint64, visit); err != nil {
			return nil, fault.Wrap("", op, err)
		}
	case req.GetSubmissionId() != "":
		m, err := s.log.Last(ctx, "submission.*."+school+"."+req.GetSubmissionId())
		if err != nil {
			return nil, fault.Wrap("", op, err)
		}
		if err := visit(m); err != nil {
			return nil, err
		}
	default:
		return nil, fault.New(fault.Invalid, op, "Nêu học sinh hoặc mã lô.", "name a pupil or a submission")
	}
	timeline.Sort(out.Events)
	return out, nil
}

// steps tells of one submission: what it brought, of one pupil or of all, and of all what was refused.
func steps(ev *pb.SubmissionAccepted, m eventlog.Message, pupil string) []*studentpb.Event {
	var out []*studentpb.Event
	arrived := wire.Arrived(ev, m.Stored)
	for _, r := range ev.GetRecords() {
		if pupil != "" && r.GetPupil() != pupil {
			continue
		}
		part := timeline.Part(r.GetPart())
		text := fault.Text{
			Vi: "Đã nhận " + part.Vi + " (lô " + ev.GetSubmissionId() + ", thứ tự " + timeline.Number(m.Sequence) + ")",
			En: part.En + " received (submission " + ev.GetSubmissionId() + ", sequence " + timeline.Number(m.Sequence) + ")",
		}
		if at := ev.GetPortalStoredAt(); at != nil {
			text.Vi += ", đến cửa nhắn tin lúc " + clock.Exact(at.AsTime())
			text.En += ", at the messaging door at " + clock.Exact(at.AsTime())
		}
		switch {
		case r.GetNotAfter() == nil:
		case wire.OnTime(r, arrived):
			text.Vi += ", đúng hạn (hạn " + clock.Exact(r.GetNotAfter().AsTime()) + ")"
			text.En += ", on time (until " + clock.Exact(r.GetNotAfter().AsTime()) + ")"
		default:
			text.Vi += ", đến sau giờ đóng " + clock.Exact(r.GetNotAfter().AsTime()) + ": không được tính"
			text.En += ", arrived after the close, " + clock.Exact(r.GetNotAfter().AsTime()) + ": it does not count"
		}
		out = append(out, timeline.Step("intake", m, timeline.Received, r.GetPupil(), r.GetPart(), text))
	}
	if pupil != "" {
		return out // a record that was refused has no pupil
	}
	for _, r := range ev.GetRefused() {
		for _, p := range r.GetProblems() {
			index := strconv.Itoa(int(r.GetIndex()))
			out = append(out, timeline.Step("intake", m, timeline.Refused, "", studentpb.Part_PART_UNSPECIFIED, fault.Text{
				Vi: "Không nhận bản ghi thứ " + index + " của lô: " + p.GetMessageVi() + " [" + p.GetRule() + "]",
				En: "record " + index + " of the submission refused: " + p.GetMessageEn() + " [" + p.GetRule() + "]",
			}))
		}
	}
	return out
}
