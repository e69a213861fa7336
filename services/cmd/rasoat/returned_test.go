package main

import (
	"strings"
	"testing"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
)

// A returned pupil is listed with the reason and called returned, and no table counts the pupil as one who awaits approval
// without saying so.
func TestReturnedPupil(t *testing.T) {
	c := newCLI(t)
	const reason = "Điểm Toán khác học bạ"
	c.services.pupils = []*reportingpb.ListPupilsResponse{{Pupils: []*reportingpb.Pupil{{
		Pupil: "ref1", Class: "12A1",
		Windows:  []*reportingpb.WindowStatus{{Window: "first", Status: reportingpb.Status_STATUS_AWAITING_APPROVAL, Returned: true}},
		Parts:    []*reportingpb.PartState{{Part: studentpb.Part_PART_RESULTS_10, Revision: 1, Judged: true}},
		Returned: []*reportingpb.Return{{Window: "first", Parts: []studentpb.Part{studentpb.Part_PART_RESULTS_10}, Reason: reason}},
	}}}}
	c.want(exitFindings, []string{"first: bị trả lại / returned by the province", "✗ kết quả lớp 10", reason, "→", "--withdraw"}, "status", "01/01000701", "--pupils")
	if !c.services.asked[0].GetReturned() {
		t.Error("the returned pupils were not asked for")
	}
	c.want(exitFindings, []string{`"returned":true`, `"reason":"` + reason + `"`}, "status", "01/01000701", "--pupils", "--json")
	if _, out, _ := c.run("status", "01/01000701", "--pupils"); strings.Contains(out, "awaiting approval") {
		t.Errorf("a returned pupil awaits approval:\n%s", out)
	}
	c.services.progress = &reportingpb.GetProgressResponse{Conserved: true, Totals: []*reportingpb.Counts{{Window: "first", Expected: 40, AwaitingApproval: 35, Verified: 5, Returned: 2}}}
	c.want(exitFindings, []string{"Approval (of these returned)", "35 (2)"}, "status", "01", "--totals", "--lang", "en")
}
