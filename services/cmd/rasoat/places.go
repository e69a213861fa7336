package main

import (
	"context"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/portal"
)

// placesIn adds the rows of one file. A submission that intake does not have was changed since, or was never handed in;
// its rows stay unknown, and that is told.
func (a *app) placesIn(ctx context.Context, client intakepb.IntakeServiceClient, d *drive.Drive, from portal.Sender, name string, out map[place]whereabouts) error {
	source, closeIt, err := a.open(name, d, from)
	if err != nil {
		return err
	}
	defer closeIt()
	unknown := 0
	for b, err := range portal.Batches(source, edition(name, from), func(portal.Entry) {}) {
		if err != nil {
			return inFile(name, err)
		}
		resp, err := call(ctx, a, client.GetSubmission, &intakepb.GetSubmissionRequest{Province: from.Province, School: from.School, SubmissionId: b.Submission.GetId()})
		if fault.Is(err, fault.NotFound) {
			unknown += len(b.Submission.GetRecords())
			continue
		}
		if err != nil {
			return err
		}
		for _, r := range resp.GetReceipt().GetAcceptedRecords() {
			if i := int(r.GetIndex()); i < len(b.Origins) && b.Origins[i] != nil {
				out[place{r.GetPupil(), r.GetPart()}] = whereabouts{name, b.Origins[i]}
			}
		}
	}
	if unknown > 0 {
		a.errorf("%s: %d %s\n", name, unknown, a.text("bản ghi chưa gửi hoặc đã sửa sau khi gửi", "records were not handed in, or were changed since"))
	}
	return nil
}
