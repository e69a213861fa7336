package e2e

import (
	"context"
	"math/rand/v2"
	"testing"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// decide approves schools and gives pupils back, at random, as long as the clients work.
func (f *fire) decide(ctx context.Context, t *testing.T) {
	client := reportingpb.NewApprovalServiceClient(f.conn)
	schools := f.sample.Nation.Schools()
	for ctx.Err() == nil {
		school := schools[rand.IntN(len(schools))]
		scope := school.Province + "/" + school.Code
		window := f.sample.Drive.Windows[rand.IntN(len(f.sample.Drive.Windows))].ID
		_, err := client.Approve(ctx, &reportingpb.ApproveRequest{Scope: scope, Window: window, Exception: "duyệt từng phần trong đợt"})
		if err == nil {
			i := school.First + rand.IntN(school.End-school.First)
			ref := string(f.sample.Key.Ref(f.sample.Drive.ID, f.sample.Nation.Pupil(i).Profile.Code))
			var resp *reportingpb.ReturnResponse
			resp, err = client.Return(ctx, &reportingpb.ReturnRequest{Scope: scope, Window: window, Pupils: []*reportingpb.Returned{{Pupil: ref, Reason: "xem lại học bạ"}}})
			f.returned.Add(int64(resp.GetReturned()))
		}
		if err != nil && ctx.Err() == nil && !fault.Is(err, fault.Unavailable) {
			t.Errorf("a decision on %s: %v", scope, err)
			return
		}
		f.decided.Add(2)
		pause(ctx)
	}
}

// takeBack withdraws what was given back and not corrected since.
func (f *fire) takeBack(ctx context.Context, t *testing.T) {
	t.Helper()
	client := reportingpb.NewApprovalServiceClient(f.conn)
	provinces := map[string]bool{}
	for _, school := range f.sample.Nation.Schools() {
		provinces[school.Province] = true
	}
	taken := 0
	for province := range provinces {
		for page := (&reportingpb.ListReturnedResponse{NextPageToken: ""}); ; {
			var err error
			if page, err = client.ListReturned(ctx, &reportingpb.ListReturnedRequest{Scope: province, PageSize: 1000, PageToken: page.GetNextPageToken()}); err != nil {
				t.Fatal(err)
			}
			for _, r := range page.GetPupils() {
				_, err := client.Return(ctx, &reportingpb.ReturnRequest{Scope: r.GetProvince() + "/" + r.GetSchool(), Window: r.GetWindow(),
					Pupils: []*reportingpb.Returned{{Pupil: r.GetPupil(), Reason: "đã xem lại học bạ", Withdraw: true}}})
				if err != nil {
					t.Fatal(err)
				}
				taken++
			}
			if page.GetNextPageToken() == "" {
				break
			}
		}
	}
	if taken == 0 {
		t.Error("nobody is given back")
	}
	f.quiet(ctx, t)
}

// approve declares and approves every school for every window, with a stated exception for those of whom something is open.
func (f *fire) approve(ctx context.Context, t *testing.T) {
	t.Helper()
	client := reportingpb.NewApprovalServiceClient(f.conn)
	for _, w := range f.sample.Drive.Windows {
		provinces := map[string]bool{}
		for _, school := range f.sample.Nation.Schools() {
			provinces[school.Province] = true
			if _, err := client.Declare(ctx, &reportingpb.DeclareRequest{Scope: school.Province + "/" + school.Code, Window: w.ID, Note: "đủ học sinh"}); err != nil {
				t.Fatal(err)
			}
		}
		for province := range provinces {
			resp, err := client.Approve(ctx, &reportingpb.ApproveRequest{Scope: province, Window: w.ID, Exception: "những em còn vướng sẽ duyệt sau"})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range resp.GetSchools() {
				if len(s.GetRefused()) > 0 {
					t.Errorf("school %s was not approved: %v", s.GetSchool(), s.GetRefused())
				}
			}
		}
		f.quiet(ctx, t)
	}
}
