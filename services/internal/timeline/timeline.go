// Package timeline makes the steps of a pupil's timeline. Each service reports its own steps, and
// reporting puts them together.
//
// The one rule a reader must not miss: a sentence holds no name, no number and no birth date. A
// reason that an officer wrote may stand in it: whoever may read the timeline of a pupil may read
// the reason.
package timeline

import (
	"cmp"
	"slices"
	"strconv"

	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// The kinds of steps.
const (
	Received  = "received"
	Refused   = "refused"
	Judged    = "judged"
	Asked     = "asked"
	Answered  = "answered"
	Decided   = "decided"
	Published = "published"
	Withdrawn = "withdrawn"
)

// Step makes one step, told by a message of the log; pupil and part may be empty.
func Step(service string, m eventlog.Message, kind, pupil string, part studentpb.Part, text fault.Text) *studentpb.Event {
	return &studentpb.Event{
		At: timestamppb.New(m.Stored), Service: service, Kind: kind, Stream: m.Stream, Sequence: m.Sequence, Pupil: pupil, Part: part,
		MessageVi: text.Vi, MessageEn: text.En,
	}
}

// Sort puts steps in order of time, then of stream and sequence; steps of one message stay as they are.
func Sort(events []*studentpb.Event) {
	slices.SortStableFunc(events, func(a, b *studentpb.Event) int {
		return cmp.Or(a.GetAt().AsTime().Compare(b.GetAt().AsTime()), cmp.Compare(a.GetStream(), b.GetStream()), cmp.Compare(a.GetSequence(), b.GetSequence()))
	})
}

// Part names a part for people.
func Part(p studentpb.Part) fault.Text { return parts[p] }

var parts = map[studentpb.Part]fault.Text{
	studentpb.Part_PART_ENROLMENT:    {Vi: "ghi danh", En: "enrolment"},
	studentpb.Part_PART_PROFILE:      {Vi: "hồ sơ", En: "profile"},
	studentpb.Part_PART_RESULTS_10:   {Vi: "kết quả lớp 10", En: "results of grade 10"},
	studentpb.Part_PART_RESULTS_11:   {Vi: "kết quả lớp 11", En: "results of grade 11"},
	studentpb.Part_PART_RESULTS_12_1: {Vi: "kết quả học kỳ I lớp 12", En: "results of grade 12, first semester"},
	studentpb.Part_PART_RESULTS_12_2: {Vi: "kết quả học kỳ II và cả năm lớp 12", En: "results of grade 12, second semester and year"},
}

// Number writes a position.
func Number(n uint64) string { return strconv.FormatUint(n, 10) }
