package server

import (
	"context"
	"math"
	"strconv"
	"strings"

	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/timeline"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

// ListEvents tells how the parts of a pupil of a school, or of the pupils of one submission, were judged. It fails with NotFound for a
// submission that there is not, and with Invalid when neither is named.
func (s *Server) ListEvents(ctx context.Context, req *pb.ListEventsRequest) (*pb.ListEventsResponse, error) {
	const op = "validation.list_events"
	pupils, err := timeline.Pupils(ctx, s.log, req)
	if err != nil {
		return nil, fault.Wrap("", op, err)
	}
	out := &pb.ListEventsResponse{}
	filter := "verdict.*." + strings.Replace(req.GetScope(), "/", ".", 1)
	if err := s.log.Replay(ctx, eventlog.Verdicts, []string{filter}, 1, math.MaxUint64, func(m eventlog.Message) error {
		// The outside first: most messages are about others.
		outside, err := wire.OpenVerdicts(m.Data)
		if m.Type != wire.TypeVerdicts || err != nil || outside.Drive != s.drive.ID {
			return nil // another kind, or one that nobody could read and that stands among the dead letters
		}
		for _, j := range outside.Each {
			v := new(pb.Verdict)
			if !pupils[j.Pupil] || proto.Unmarshal(j.Bytes, v) != nil {
				continue
			}
			part := timeline.Part(v.GetPart())
			text := foundText(v.GetFindings())
			out.Events = append(out.Events, timeline.Step("validation", m, timeline.Judged, v.GetPupil(), v.GetPart(), fault.Text{
				Vi: "Đã xét " + part.Vi + " (bản thứ tự " + timeline.Number(v.GetRevision()) + ", bộ quy tắc " + timeline.Number(outside.Book) + "): " + text.Vi,
				En: part.En + " judged (revision " + timeline.Number(v.GetRevision()) + ", book " + timeline.Number(outside.Book) + "): " + text.En,
			}))
		}
		for _, j := range outside.Shared {
			v := new(pb.SharedVerdict)
			if !pupils[j.Pupil] || proto.Unmarshal(j.Bytes, v) != nil {
				continue
			}
			pair, text := pairTexts[v.GetName()], foundText(v.GetFindings())
			out.Events = append(out.Events, timeline.Step("validation", m, timeline.Judged, v.GetPupil(), studentpb.Part_PART_UNSPECIFIED, fault.Text{
				Vi: "Đã xét " + pair.Vi + ": " + text.Vi, En: pair.En + " judged: " + text.En,
			}))
		}
		return nil
	}); err != nil {
		return nil, fault.Wrap("", op, err)
	}
	timeline.Sort(out.Events)
	return out, nil
}

// pairTexts names what is judged of two parts together.
var pairTexts = map[string]fault.Text{
	"history": {Vi: "kết quả lớp 10 và lớp 11 với nhau", En: "results of grades 10 and 11 together"},
	"year12":  {Vi: "hai học kỳ lớp 12 với nhau", En: "both semesters of grade 12 together"},
}

// foundText tells what was found by rule and place, without a value.
func foundText(findings []*pb.Finding) fault.Text {
	if len(findings) == 0 {
		return fault.Text{Vi: "đạt", En: "nothing found"}
	}
	counts := map[pb.Severity]int{}
	var where []string
	for _, f := range findings {
		counts[f.GetSeverity()]++
		where = append(where, f.GetRule()+" ("+f.GetField()+")")
	}
	var text fault.Text
	for _, s := range []struct {
		severity pb.Severity
		vi, en   string
	}{
		{pb.Severity_SEVERITY_ERROR, "lỗi", "error"}, {pb.Severity_SEVERITY_WARNING, "cảnh báo", "warning"}, {pb.Severity_SEVERITY_INFO, "thông tin", "note"},
	} {
		if n := counts[s.severity]; n > 0 {
			text.Vi += strconv.Itoa(n) + " " + s.vi + ", "
			text.En += strconv.Itoa(n) + " " + s.en
			if n > 1 {
				text.En += "s"
			}
			text.En += ", "
		}
	}
	list := strings.Join(where, "; ")
	return fault.Text{Vi: strings.TrimSuffix(text.Vi, ", ") + ": " + list, En: strings.TrimSuffix(text.En, ", ") + ": " + list}
}
