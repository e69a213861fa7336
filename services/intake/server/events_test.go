package server

import (
	"context"
	"strings"
	"testing"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// TestListEvents: what came in time and what did not, of one pupil or of one submission with what was refused of it.
func TestListEvents(t *testing.T) {
	ctx := context.Background()
	copies, log := copiesOf(t, 1)
	s := copies[0]
	put := func(school, id string, ev *pb.SubmissionAccepted) {
		ev.SubmissionId, ev.Province, ev.School = id, "01", school
		if ev.Drive == "" {
			ev.Drive = s.cfg.Drive.ID
		}
		data, err := proto.Marshal(ev)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := log.Append(ctx, eventlog.Event{Subject: "submission.results.01." + school + "." + id, Type: wire.TypeSubmission, Data: data}); err != nil {
			t.Fatal(err)
		}
	}
	taken := func(pupil string, part studentpb.Part, until time.Time) *pb.AcceptedRecord {
		r := &pb.AcceptedRecord{Pupil: pupil, Part: part}
		if !until.IsZero() {
			r.NotAfter = timestamppb.New(until)
		}
		return r
	}
	past, future := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	put("01000701", "s1", &pb.SubmissionAccepted{
		Records: []*pb.AcceptedRecord{taken("an", r10, future), taken("binh", r10, future), taken("an", r11, past)},
		Refused: []*pb.RefusedByIndex{{Index: 3, Problems: []*studentpb.Problem{{Rule: "CONTRACT", MessageVi: "sai", MessageEn: "wrong"}}}},
	})
	put("01000701", "s2", &pb.SubmissionAccepted{Drive: "another", Records: []*pb.AcceptedRecord{taken("an", r10, time.Time{})}})
	put("01000702", "s3", &pb.SubmissionAccepted{Records: []*pb.AcceptedRecord{taken("an", r10, time.Time{})}})
	put("01000701", "s4", &pb.SubmissionAccepted{PortalStoredAt: timestamppb.New(past), Records: []*pb.AcceptedRecord{taken("an", r10, past.Add(time.Minute))}})
	for _, c := range []struct {
		pupil, submission string
		want              []string
	}{
		{"an", "", []string{"results of grade 10 received (submission s1, sequence 1), on time", "arrived after the close", "at the messaging door at"}},
		{"", "s1", []string{"results of grade 10", "results of grade 10", "it does not count", "record 3 of the submission refused: wrong [CONTRACT]"}},
		{"nobody", "", nil},
	} {
		got, err := s.ListEvents(ctx, &pb.ListEventsRequest{Scope: "01/01000701", Pupil: c.pupil, SubmissionId: c.submission})
		if err != nil || len(got.GetEvents()) != len(c.want) {
			t.Fatalf("%q %q: got %v, %v", c.pupil, c.submission, got, err)
		}
		for i, e := range got.GetEvents() {
			if !strings.Contains(e.GetMessageEn(), c.want[i]) || e.GetMessageVi() == "" || e.GetService() != "intake" || e.GetSequence() == 0 || e.GetAt() == nil {
				t.Errorf("got %v, want %q", e, c.want[i])
			}
		}
	}
	for want, req := range map[fault.Kind]*pb.ListEventsRequest{fault.NotFound: {Scope: "01/01000701", SubmissionId: "s9"}, fault.Invalid: {Scope: "01/01000701"}} {
		if _, err := s.ListEvents(ctx, req); !fault.Is(err, want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
