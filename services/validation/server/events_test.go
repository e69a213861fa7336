package server

import (
	"context"
	"log/slog"
	"slices"
	"testing"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

// TestListEvents: what was judged of a pupil of the school, and of the pupils of a submission.
func TestListEvents(t *testing.T) {
	ctx := context.Background()
	log := eventlogtest.NewLog(t, "validation")
	d := drive.Sample([]drive.School{{Province: "01", Code: "01000701", Name: "THPT số 1 Ba Đình", Kind: drive.THPT, Expected: 40}})
	s := New(Config{Drive: d}, Deps{Log: log, Store: storetest.NewMemory(), Logger: slog.New(slog.DiscardHandler)})
	put := func(subject, kind string, m proto.Message) {
		data, err := proto.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := log.Append(ctx, eventlog.Event{Subject: subject, Type: kind, Data: data}); err != nil {
			t.Fatal(err)
		}
	}
	r11 := studentpb.Part_PART_RESULTS_11
	put("submission.results.01.01000701.s1", wire.TypeSubmission, &intakepb.SubmissionAccepted{Drive: d.ID, Records: []*intakepb.AcceptedRecord{{Pupil: "an", Part: r11}, {Pupil: "binh", Part: r11}}})
	finding := &pb.Finding{Rule: "YEAR_MARK", Severity: pb.Severity_SEVERITY_ERROR, Field: "subjects[TOAN].year", Personal: &pb.FindingDetail{Reported: "7,5"}}
	put("verdict.results.01.01000701", wire.TypeVerdicts, &pb.RecordsJudged{Drive: d.ID, Book: 2, Verdicts: []*pb.Verdict{
		{Pupil: "an", Part: r11, Revision: 7, Findings: []*pb.Finding{finding}}, {Pupil: "binh", Part: r11, Revision: 7}, {Pupil: "chi", Part: r11, Revision: 7},
	}, Shared: []*pb.SharedVerdict{{Pupil: "an", Name: "history"}}})
	put("verdict.results.01.01000702", wire.TypeVerdicts, &pb.RecordsJudged{Drive: d.ID, Verdicts: []*pb.Verdict{{Pupil: "an", Part: r11}}})
	an := []string{
		"an results of grade 11 judged (revision 7, book 2): 1 error: YEAR_MARK (subjects[TOAN].year)", "an results of grades 10 and 11 together judged: nothing found",
	}
	for _, c := range []struct {
		pupil, submission string
		want              []string
	}{{"an", "", an}, {"", "s1", slices.Insert(slices.Clone(an), 1, "binh results of grade 11 judged (revision 7, book 2): nothing found")}} {
		resp, err := s.ListEvents(ctx, &pb.ListEventsRequest{Scope: "01/01000701", Pupil: c.pupil, SubmissionId: c.submission})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range resp.GetEvents() {
			got = append(got, e.GetPupil()+" "+e.GetMessageEn())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	if _, err := s.ListEvents(ctx, &pb.ListEventsRequest{Scope: "01/01000701", SubmissionId: "s2"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v", err)
	}
}
