package reporting

import "github.com/rasoat/rasoat/services/drive"

// Action is what has to become of a pupil's published record.
type Action int

// The actions.
const (
	Hold     Action = iota // leave what stands
	Publish                // publish the record for the windows that are verified
	Withdraw               // take back what stands
)

// Decision is what follows from the facts of one pupil.
type Decision struct {
	Action  Action
	Windows []string // verified ones, when Action is Publish
	Reason  Status   // when Action is Withdraw; NotExpected when no school enrols the pupil any more
	// Returned says of a withdrawal that the province returned the pupil; the Reason is then AwaitingApproval.
	Returned bool
}

// Decide says what exam registration is to hold of a pupil.
//
// The first window decides whether there is a record at all: a later one that fails never withdraws it, and later windows
// include what the first requires. While a later window is being judged, what stands is left to stand, and so it is while content
// that took the place of approved content awaits approval. What a province returned is taken back.
func Decide(d *drive.Drive, f Facts) Decision {
	open := f.Open()
	if len(open) == 0 {
		if len(f.Enrolments) == 0 {
			return Decision{Action: Hold}
		}
		return Decision{Action: Withdraw, Reason: NotExpected}
	}
	required := d.Required(d.Windows[0].ID)
	if StatusOf(d, f, d.Windows[0].ID) == Missing {
		// Parts never go away again: of such a pupil nothing was ever published.
		return Decision{Action: Hold}
	}
	if bad := negative(required, f, open); bad != NotExpected {
		return Decision{Action: Withdraw, Reason: bad}
	}
	if d.ApprovalRequired && returned(d, f) {
		return Decision{Action: Withdraw, Reason: AwaitingApproval, Returned: true}
	}
	var verified []string
	for i, w := range d.Windows {
		switch StatusOf(d, f, w.ID) {
		case Verified:
			verified = append(verified, w.ID)
		case Waiting:
			return Decision{Action: Hold}
		case AwaitingApproval:
			if i == 0 || f.word(d, w.ID) == Lapsed {
				return Decision{Action: Hold}
			}
		default:
			if i == 0 {
				return Decision{Action: Hold}
			}
		}
	}
	return Decision{Action: Publish, Windows: verified}
}

// returned reports whether what stands of a pupil was given back: in the first window, or in a later one while no approval covers
// the first without it.
func returned(d *drive.Drive, f Facts) bool {
	first := f.word(d, d.Windows[0].ID)
	for _, w := range d.Windows[1:] {
		if f.Words[w.ID] == Returned && first != Approved {
			return true
		}
	}
	return first == Returned
}
