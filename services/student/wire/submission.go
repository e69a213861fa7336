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
	TypeBookOpened    = "rasoat.decision.book.v1"
	TypeSources       = "rasoat.decision.sources.v1"
	TypeAcknowledged  = "rasoat.decision.acknowledged.v1"
	TypeSettled       = "rasoat.decision.settled.v1"
	TypeRecheck       = "rasoat.decision.recheck.v1"
	TypeQuestion      = "rasoat.question.opened.v1"
	TypeVerdicts      = "rasoat.verdict.judged.v1"
	TypeIdentities    = "rasoat.identity.judged.v1"
	TypeRecord        = "rasoat.record.v1"
	TypeWindows       = "rasoat.decision.windows.v1"
	TypeUnlocks       = "rasoat.decision.unlocks.v1"
	TypeDeclared      = "rasoat.decision.declared.v1"
	TypeApproved      = "rasoat.decision.approved.v1"
	TypeReturned      = "rasoat.decision.returned.v1"
	TypeClaim         = "rasoat.decision.claim.v1"
	TypeSample        = "rasoat.decision.sample.v1"
	TypeCutOff        = "rasoat.decision.cutoff.v1"
	// A subscriber of the records was forgotten.
	TypeSubscriberRemoved = "rasoat.decision.subscriber_removed.v1"

	TypeProgress = "rasoat.progress.v1"
	TypeReminder = "rasoat.reminder.v1"
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

// OnTime reports whether a record that arrived then may count, as OpenBatch does.
func OnTime(r *intakepb.AcceptedRecord, arrived time.Time) bool {
	return r.GetNotAfter() == nil || arrived.Before(r.GetNotAfter().AsTime())
}
