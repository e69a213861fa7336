package wire

import (
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/protobuf/proto"
)

// The types of the events, as they stand in the ce-type header. They are contracts like the messages.
const (
	TypeSubmission    = "rasoat.submission.accepted.v1"
	TypePortalReceipt = "rasoat.portal.receipt.v1"
	TypeDriveLoaded   = "rasoat.drive.loaded.v1"
	TypeVerdicts      = "rasoat.verdict.judged.v1"
	TypeIdentities    = "rasoat.identity.judged.v1"
	TypeRecord        = "rasoat.record.v1"
)

// Submission decodes an accepted submission. It fails with Invalid on bytes that are none.
func Submission(data []byte) (*intakepb.SubmissionAccepted, error) {
	ev := new(intakepb.SubmissionAccepted)
	if err := proto.Unmarshal(data, ev); err != nil {
		return nil, fault.Wrap(fault.Invalid, "wire.submission", err)
	}
	return ev, nil
}

// Arrived is the time by which the deadline of a submission is judged: when PORTAL stored it if it came through
// that door, else when SUBMISSIONS did.
func Arrived(ev *intakepb.SubmissionAccepted, stored time.Time) time.Time {
	if at := ev.GetPortalStoredAt(); at != nil {
		return at.AsTime()
	}
	return stored
}

// OnTime reports whether a record that arrived then may count: before its not_after, by the log's time. Every
// projector asks here, so that everybody computes the same.
func OnTime(r *intakepb.AcceptedRecord, arrived time.Time) bool {
	return r.GetNotAfter() == nil || arrived.Before(r.GetNotAfter().AsTime())
}

// Counting gives the records of a submission that arrived in time; the others are void.
func Counting(ev *intakepb.SubmissionAccepted, stored time.Time) []*intakepb.AcceptedRecord {
	arrived := Arrived(ev, stored)
	out := ev.GetRecords()[:0:0]
	for _, r := range ev.GetRecords() {
		if OnTime(r, arrived) {
			out = append(out, r)
		}
	}
	return out
}
