package recordfeed

import (
	"strings"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
)

// The words for the states of a record.
const (
	StateVerified  = "verified"
	StateWithdrawn = "withdrawn"
)

// Flat is the outside of a record as a row of a table.
type Flat struct {
	StoredAt         string // RFC 3339, UTC
	State            string // StateVerified or StateWithdrawn
	Province, School string
	Class            string
	ExamBoard        string // the exam board's number of the province
	Windows          string // ids, separated by spaces
	Identity         string // "CONFIRMED"
	Book             uint64
	Reason           string // of a withdrawal: see WithdrawalReason
}

// FlatOf makes the row of a record.
func FlatOf(r Record) Flat {
	f := Flat{StoredAt: r.StoredAt.UTC().Format(time.RFC3339Nano), State: StateWithdrawn}
	f.Province, f.School = r.Place()
	if v := r.Outline.GetVerified(); v != nil {
		f.State, f.Class, f.ExamBoard, f.Windows, f.Book = StateVerified, v.GetClass(), v.GetExamBoard(), strings.Join(v.GetWindows(), " "), v.GetBook()
		f.Identity = strings.TrimPrefix(v.GetIdentity().String(), "OUTCOME_")
		return f
	}
	f.Reason = WithdrawalReason(r.Outline.GetWithdrawn())
	return f
}

// WithdrawalReason is the word for why a record was withdrawn: the name of the pupil's status, like "REJECTED", or
// "RETURNED" where the province returned the pupil, who then awaits nobody's approval.
func WithdrawalReason(w *pb.WithdrawnRecord) string {
	if w.GetReturned() {
		return "RETURNED"
	}
	return strings.TrimPrefix(w.GetReason().String(), "STATUS_")
}
