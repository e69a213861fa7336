package portal

import (
	"iter"

	pb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// Origin is the place that a record came from. Locate says where a path of the contract stands there, as
// people would look for it: "DANH MUC!E17" for "profile.date_of_birth"; "" is the record as a whole.
type Origin interface {
	Locate(path string) string
}

// Problem is one complaint, said of the place where a person has to mend it.
type Problem struct {
	fault.Field
	// Said is the path in the contract of what the complaint is about, where a service named one.
	Said string
	// Refused says that something was not taken; otherwise this is a warning.
	Refused bool
	// Submission is the id of the submission about which the service said it; "" when it was found here.
	Submission string
}

// Entry is what a source gives at a time: the records of one place, and what is wrong there.
type Entry struct {
	Records  []*pb.Record
	Origin   Origin
	Problems []Problem
	// Done is how far the source has been read, from 0 to 1; for a progress bar.
	Done float64
}

// Source gives entries in order. An error ends it: what came before may be sent all the same.
type Source = iter.Seq2[Entry, error]

// Place is an Origin that is only named: a line of a file, a message of a queue.
type Place string

// Locate names the place and, behind it, the path.
func (p Place) Locate(path string) string {
	if path == "" {
		return string(p)
	}
	return string(p) + " " + path
}
