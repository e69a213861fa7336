package e2e

import (
	"context"
	"testing"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/standalone/node"
	"github.com/rasoat/rasoat/services/student"
)

// approve has every school declare itself complete and every province approve, window by window, as they would; it gives how many pupils each
// window's approvals cover.
func (s *system) approve(ctx context.Context, t *testing.T) map[string]int64 {
	t.Helper()
	client := reportingpb.NewApprovalServiceClient(dial(t, s.GRPCAddr()))
	out := map[string]int64{}
	for _, w := range s.drive.Windows {
		done := map[string]bool{}
		for _, school := range s.nation.Schools() {
			if _, err := client.Declare(ctx, &reportingpb.DeclareRequest{Scope: school.Province + "/" + school.Code, Window: w.ID}); err != nil {
				t.Fatal(err)
			}
		}
		s.settle(ctx, t)
		for _, school := range s.nation.Schools() {
			if done[school.Province] {
				continue
			}
			done[school.Province] = true
			resp, err := client.Approve(ctx, &reportingpb.ApproveRequest{Scope: school.Province, Window: w.ID})
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range resp.GetSchools() {
				for _, p := range line.GetRefused() {
					t.Errorf("%s/%s, window %s: %s: %s", line.GetProvince(), line.GetSchool(), w.ID, p.GetRule(), p.GetMessageEn())
				}
				out[w.ID] += line.GetApproved()
			}
		}
	}
	s.settle(ctx, t)
	return out
}

// TestApproval: where the drive asks for it nothing is published before the provinces approve; what changes after that is reopened and nothing
// else; what a province gives back is withdrawn; and a rebuild says the same.
func TestApproval(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	dir := t.TempDir()
	asks := func(c *node.Config) { c.Drive.ApprovalRequired = true }
	s := start(t, options{dir: dir, seed: 71, change: asks})
	s.eachSubmission("", func(sub *intakepb.Submission) { s.send(ctx, t, sub) })
	s.settle(ctx, t)
	if n := s.lastSequence(ctx, t, eventlog.Records); n != 0 {
		t.Fatalf("%d records before anybody approved", n)
	}
	all := int64(s.nation.Pupils())
	if got := s.approve(ctx, t); got["first"] != all || got["second"] != all {
		t.Fatalf("approved %v, want all %d in both windows", got, all)
	}
	verified := 0
	for _, r := range s.records(ctx, t) {
		if len(r.GetVerified().GetWindows()) == 2 {
			verified++
		}
	}
	if verified != int(all) {
		t.Fatalf("%d records of both windows, want %d", verified, all)
	}

	// The school corrects one entry of its roster: that pupil is reopened, and the record stands.
	school, who := s.nation.Schools()[0], s.nation.Classes(0)[0].First
	entry := s.nation.Reported(who).Enrolments[0].Enrolled
	entry.Since = student.Date{Year: 2020, Month: 9, Day: 5}
	s.send(ctx, t, s.submission(school, "corrected", student.KindRoster, student.Record{Part: student.Enrolment, Enrolled: &entry}))
	s.settle(ctx, t)
	if got := s.statusOf(ctx, t, school.Province+"/"+school.Code, s.ref(who)); got != reportingpb.Status_STATUS_AWAITING_APPROVAL || s.published(ctx, t, who) == nil {
		t.Errorf("after a correction: %v, published %v; want awaiting approval and the old record", got, s.published(ctx, t, who) != nil)
	}
	if got := s.approve(ctx, t); got["first"] != 1 || got["second"] != 1 {
		t.Errorf("approved %v, want the one who changed", got)
	}
	client := reportingpb.NewApprovalServiceClient(dial(t, s.GRPCAddr()))
	back, err := client.Return(ctx, &reportingpb.ReturnRequest{Scope: school.Province + "/" + school.Code, Window: "first", Pupils: []*reportingpb.Returned{
		{Pupil: s.ref(who), Reason: "Ngày vào trường khác học bạ"},
	}})
	if err != nil || back.GetReturned() != 1 {
		t.Fatalf("got %v, %v", back, err)
	}
	s.settle(ctx, t)
	if s.published(ctx, t, who) != nil {
		t.Error("what was given back is published")
	}
	records := s.lastSequence(ctx, t, eventlog.Records)
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	again := start(t, options{dir: dir, seed: 71, change: func(c *node.Config) { asks(c); c.Rebuild = []string{"reporting"} }})
	again.settle(ctx, t)
	if got := again.lastSequence(ctx, t, eventlog.Records); got != records {
		t.Errorf("a rebuild wrote %d records", got-records)
	}
	list, err := reportingpb.NewApprovalServiceClient(dial(t, again.GRPCAddr())).ListReturned(ctx, &reportingpb.ListReturnedRequest{Scope: school.Province})
	if err != nil || len(list.GetPupils()) != 1 || list.GetPupils()[0].GetPupil() != s.ref(who) {
		t.Errorf("after a rebuild: given back are %v, %v", list, err)
	}
}

// statusOf gives the status of a pupil in the last window.
func (s *system) statusOf(ctx context.Context, t *testing.T, scope, ref string) reportingpb.Status {
	t.Helper()
	list, err := s.reporting.ListPupils(ctx, &reportingpb.ListPupilsRequest{Scope: scope, PageSize: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list.GetPupils() {
		if p.GetPupil() == ref {
			return p.GetWindows()[len(p.GetWindows())-1].GetStatus()
		}
	}
	return reportingpb.Status_STATUS_UNSPECIFIED
}
