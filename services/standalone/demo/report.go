package demo

import (
	"context"
	"math"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/portal"
)

// Report is what became of a sample. The counts at the top are those of the drive's last window.
type Report struct {
	Pupils   int `json:"pupils"`
	Accepted int `json:"accepted"` // records
	Refused  int `json:"refused"`  // records, and rows of workbooks that could not be read
	Counts
	Conserved       bool             `json:"conserved"`
	Windows         []Window         `json:"windows"`
	Approvals       []Approval       `json:"approvals"` // by window; none where the drive asks for no approval
	Faults          *Faults          `json:"faults"`
	Records         Records          `json:"records"`
	Seconds         float64          `json:"seconds"` // from the first submission until all was judged and published
	PupilsPerSecond float64          `json:"pupils_per_second"`
	Schools         []School         `json:"schools"`
	Problems        []portal.Problem `json:"-"` // of the workbooks
}

// Counts is where expected pupils stand; a pupil whom two schools enrol counts at both.
type Counts struct {
	Expected           int64 `json:"expected"`
	Missing            int64 `json:"missing"`
	Rejected           int64 `json:"rejected"`
	UnexplainedWarning int64 `json:"unexplained_warning"`
	Duplicate          int64 `json:"duplicate"`
	Mismatched         int64 `json:"mismatched"`
	NeedsPerson        int64 `json:"needs_person"`
	Waiting            int64 `json:"waiting"`
	AwaitingApproval   int64 `json:"awaiting_approval"`
	Verified           int64 `json:"verified"`
	Unexpected         int64 `json:"unexpected"`
}

// Window is where pupils stand in one window of the drive.
type Window struct {
	Window string `json:"window"`
	Counts
}

// School is the row of one school in the last window.
type School struct {
	Province string `json:"province"`
	Code     string `json:"school"`
	Name     string `json:"name"`
	Counts
}

// report asks reporting, as officers would, and compares with the truth.
func (s *Sample) report(ctx context.Context, client reportingpb.ReportingServiceClient) (*Report, error) {
	progress, err := client.GetProgress(ctx, &reportingpb.GetProgressRequest{Current: true})
	if err != nil {
		return nil, err
	}
	r := &Report{Pupils: s.Nation.Pupils(), Conserved: progress.GetConserved()}
	for _, c := range progress.GetTotals() {
		r.Windows = append(r.Windows, Window{c.GetWindow(), counts(c)})
	}
	r.Counts = r.Windows[len(r.Windows)-1].Counts
	for _, row := range progress.GetSchools() {
		last := row.GetWindows()[len(row.GetWindows())-1]
		r.Schools = append(r.Schools, School{row.GetProvince(), row.GetSchool(), row.GetName(), counts(last)})
	}
	r.Faults, err = evaluate(ctx, client, s.Nation, s.Drive, s.Key)
	return r, err
}

func counts(c *reportingpb.Counts) Counts {
	return Counts{
		Expected: c.GetExpected(), Missing: c.GetMissing(), Rejected: c.GetRejected(), UnexplainedWarning: c.GetUnexplainedWarning(),
		Duplicate: c.GetDuplicate(), Mismatched: c.GetMismatched(), NeedsPerson: c.GetNeedsPerson(), Waiting: c.GetWaiting(),
		AwaitingApproval: c.GetAwaitingApproval(), Verified: c.GetVerified(), Unexpected: c.GetUnexpected(),
	}
}

// round keeps three decimals.
func round(v float64) float64 { return math.Round(v*1000) / 1000 }
