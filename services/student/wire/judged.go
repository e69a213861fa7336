package wire

import (
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
	"google.golang.org/protobuf/encoding/protowire"
)

// Judged is a judgement of validation or matching of which only the outside was read.
type Judged struct {
	Pupil    string
	Part     student.Part // of a verdict
	Name     string       // of a judgement that concerns several: its name, or the hash of the number
	Revision uint64       // that was judged; or the basis of a judgement that concerns several
	Waiting  bool         // an identity of which nothing is known yet
	Bytes    []byte       // the whole message as it stands in the log: the value of a facet
}

// Judgements is a validationpb.RecordsJudged or a matchingpb.IdentitiesJudged of which only the outside was read.
type Judgements struct {
	Drive  string
	Book   uint64   // of verdicts: the number of the book by which they were judged
	Each   []Judged // on one part, or on one identity
	Shared []Judged // on several parts or pupils
	// Decided is what officers settled of identities.
	Decided []Judged
}

// OpenVerdicts reads the outside of a validationpb.RecordsJudged. It fails with Invalid on bytes that are none.
func OpenVerdicts(data []byte) (Judgements, error) {
	return openJudgements(data, outside{each: 3, shared: 4, book: 5}, func(j *Judged, n protowire.Number, number uint64) {
		switch n {
		case 2:
			j.Part = FromPart(studentpb.Part(number))
		case 3:
			j.Revision = number
		}
	})
}

// outcomeWaiting is matchingpb.Outcome_OUTCOME_WAITING.
const outcomeWaiting = 1

// OpenIdentities reads the outside of a matchingpb.IdentitiesJudged. It fails with Invalid on bytes that are none.
func OpenIdentities(data []byte) (Judgements, error) {
	return openJudgements(data, outside{each: 2, shared: 3, decided: 4}, func(j *Judged, n protowire.Number, number uint64) {
		switch n {
		case 2:
			j.Revision = number
		case 4:
			j.Waiting = number == outcomeWaiting
		}
	})
}

// outside names the fields of a message of judgements; 0 for one that it has not.
type outside struct{ each, shared, decided, book protowire.Number }

// openJudgements reads a message whose field 1 is the drive. The judgements have the pupil in field 1; those on several, and the decisions,
// have pupil, name and basis.
func openJudgements(data []byte, at outside, scalar func(*Judged, protowire.Number, uint64)) (Judgements, error) {
	var out Judgements
	err := fields(data, func(n protowire.Number, number uint64, value []byte) error {
		j := Judged{Bytes: value}
		switch n {
		case 1:
			out.Drive = string(value)
		case at.book:
			out.Book = number
		case at.each:
			err := fields(value, func(n protowire.Number, number uint64, value []byte) error {
				if n == 1 {
					j.Pupil = string(value)
				}
				scalar(&j, n, number)
				return nil
			})
			out.Each = append(out.Each, j)
			return err
		case at.shared, at.decided:
			err := fields(value, func(n protowire.Number, number uint64, value []byte) error {
				switch n {
				case 1:
					j.Pupil = string(value)
				case 2:
					j.Name = string(value)
				case 3:
					j.Revision = number
				}
				return nil
			})
			if n == at.decided {
				out.Decided = append(out.Decided, j)
			} else {
				out.Shared = append(out.Shared, j)
			}
			return err
		}
		return nil
	})
	return out, fault.Wrap(fault.Invalid, "wire.judgements", err)
}
