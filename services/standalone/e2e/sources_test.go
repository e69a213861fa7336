package e2e

import (
	"errors"
	"testing"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/student"
	"google.golang.org/protobuf/proto"
)

// The source that sends a part first is the part's; the other is refused, loses nothing else of its batch, and a decision changes it,
// through a restart as well. A submission that was taken keeps its receipt.
func TestSourceOfRecord(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	dir := t.TempDir()
	s := start(t, options{dir: dir, seed: 5})
	school, class := s.nation.Schools()[0], s.nation.Classes(0)[0]
	p := s.nation.Pupil(class.First)
	both := func(id string, source intakepb.Source) *intakepb.Submission {
		sub := s.submission(school, id, student.KindResults, student.Record{Part: student.Results10, Results: &p.Results[0]}, student.Record{Part: student.Results11, Results: &p.Results[1]})
		sub.Source = source
		return sub
	}
	portal, workbook := intakepb.Source_SOURCE_PORTAL, intakepb.Source_SOURCE_WORKBOOK
	nightly := both("nightly", 0)
	nightly.Records = nightly.Records[:1]
	first := s.send(ctx, t, nightly)

	resp, err := s.intake.Submit(ctx, &submitRequest{Submission: both("clerk", workbook)})
	if err != nil || resp.GetReceipt().GetAccepted() != 1 || resp.GetReceipt().GetRefusedRecords()[0].GetProblems()[0].GetRule() != "SOURCE_OF_RECORD" {
		t.Fatalf("a workbook of a part of the portal, and of one that nobody sent: got %v, %v", resp, err)
	}
	only := both("clerk-2", workbook)
	only.Records = only.Records[:1]
	var f *fault.Error
	if _, err := s.intake.Submit(ctx, &submitRequest{Submission: only}); !errors.As(rpc.FromStatus(err), &f) || f.Fields[0].Rule != "SOURCE_OF_RECORD" {
		t.Errorf("a workbook of a part of the portal alone: got %v", err)
	}
	if _, err := s.intake.SetSource(ctx, &intakepb.SetSourceRequest{Province: school.Province, School: "nobody", Source: portal, Reason: "không có"}); !fault.Is(rpc.FromStatus(err), fault.NotFound) {
		t.Errorf("a school that there is not: got %v", err)
	}
	decided, err := s.intake.SetSource(ctx, &intakepb.SetSourceRequest{
		Province: school.Province, School: school.Code, Source: workbook, Reason: "Phần mềm hỏng", Parts: []studentpb.Part{studentpb.Part_PART_RESULTS_10},
	})
	if err != nil || len(decided.GetSources()) != 2 {
		t.Fatalf("SetSource: got %v, %v", decided, err)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	s = start(t, options{dir: dir, seed: 5})
	if got, err := s.intake.GetSources(ctx, &intakepb.GetSourcesRequest{Province: school.Province, School: school.Code}); err != nil || len(got.GetSources()) != 2 || got.GetSources()[0].GetReason() != "Phần mềm hỏng" {
		t.Errorf("GetSources: got %v, %v", got, err)
	}
	s.send(ctx, t, only) // the id was still free
	late := proto.CloneOf(nightly)
	late.Id = "nightly-2"
	if _, err := s.intake.Submit(ctx, &submitRequest{Submission: late}); !fault.Is(rpc.FromStatus(err), fault.Invalid) {
		t.Errorf("the portal's next push: got %v", err)
	}
	if again := s.send(ctx, t, nightly); !equal(first, again) {
		t.Errorf("a repeat of what was taken: got %v, want %v", again, first)
	}
}
