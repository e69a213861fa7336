package main

import (
	"context"
	"iter"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/portal"
	"github.com/rasoat/rasoat/services/student/wire"
)

// again gives a new id to each batch that intake has a receipt for and of which the system has held something newer since: a file from
// before is handed in once more, and its old receipt would leave the newer values in place. The id is made of the one before, so that an
// interrupted command goes on under the same ids. A batch of which nothing newer is held goes as it is; what intake received of it and the
// system does not show is counted in the report.
func (a *app) again(ctx context.Context, client intakepb.IntakeServiceClient, from portal.Sender,
	batches iter.Seq2[portal.Batch, error], r *fileReport,
) iter.Seq2[portal.Batch, error] {
	return func(yield func(portal.Batch, error) bool) {
		for b, err := range batches {
			if err == nil {
				err = a.renew(ctx, client, from, &b, r)
			}
			if !yield(b, err) {
				return
			}
		}
	}
}

// renew looks at the receipts of one batch, from the first to the last.
func (a *app) renew(ctx context.Context, client intakepb.IntakeServiceClient, from portal.Sender, b *portal.Batch, r *fileReport) error {
	differing := map[int]uint64{} // by index, the revision that is held
	for i, record := range b.Submission.GetRecords() {
		if revision, ok := r.preview.differing[partOf(wire.FromRecord(record))]; ok {
			differing[i] = revision
		}
	}
	for len(differing) > 0 {
		resp, err := call(ctx, a, client.GetSubmission, &intakepb.GetSubmissionRequest{
			Province: from.Province, School: from.School, SubmissionId: b.Submission.GetId(),
		})
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		receipt := resp.GetReceipt()
		newer, unapplied := false, 0
		for _, x := range receipt.GetAcceptedRecords() {
			switch held, ok := differing[int(x.GetIndex())]; {
			case ok && held > receipt.GetSequence():
				newer = true
			case ok && held < receipt.GetSequence() && x.GetOnTime():
				unapplied++
			}
		}
		if !newer {
			r.unapplied += unapplied
			return nil
		}
		if err := b.Again(from, receipt.GetSequence()); err != nil {
			return err
		}
	}
	return nil
}

// tellUnapplied says that intake has had records of a file before, and that the system does not show them.
func (a *app) tellUnapplied(r *fileReport) {
	if r.unapplied == 0 {
		return
	}
	a.printf("✗ %s: %d %s\n    → %s\n", r.name, r.unapplied,
		a.text("bản ghi đã nhận từ trước, lần này không áp dụng gì, và hệ thống vẫn khác tệp.",
			"records were received before; nothing was applied, and the system still differs from the file."),
		a.text("Nếu vừa gửi thì chạy lại sau ít phút; nếu vẫn vậy thì gửi lại với --new.",
			"If they were only just sent, run this again in some minutes; if it says the same, submit with --new."))
}
