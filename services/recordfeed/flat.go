package recordfeed

import (
	"strings"
	"time"
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
	Reason           string // of a withdrawal: "REJECTED"
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
	f.Reason = strings.TrimPrefix(r.Outline.GetWithdrawn().GetReason().String(), "STATUS_")
	return f
}
