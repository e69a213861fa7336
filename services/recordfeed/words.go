package recordfeed

import (
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
)

// The words for the states of a record.
const (
	StateVerified  = "verified"
	StateWithdrawn = "withdrawn"
)

// WithdrawalReason is the word for why a record was withdrawn: the name of the pupil's status, like "REJECTED", or
// "RETURNED" where the province returned the pupil, who then awaits nobody's approval.
func WithdrawalReason(w *pb.WithdrawnRecord) string {
	if w.GetReturned() {
		return "RETURNED"
	}
	return strings.TrimPrefix(w.GetReason().String(), "STATUS_")
}
