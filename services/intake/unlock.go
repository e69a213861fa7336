package intake

import (
	"slices"
	"time"

	"github.com/rasoat/rasoat/services/student"
)

// Unlock lets some parts of a school come after the hour, until it expires.
type Unlock struct {
	ID        string
	Class     string         // only this class; "" all
	Pupils    []student.Ref  // only these; none means all
	Parts     []student.Part // only these; none means all
	Expires   time.Time      // a part stored at this instant is late
	AskedBy   string         // account
	Decision  Decision
	DecidedBy string // account; another than AskedBy
	DecidedAt time.Time
}

// Decision is what became of an unlock; "" for one that nobody has decided about.
type Decision string

// The decisions.
const (
	Approve Decision = "approve"
	Refuse  Decision = "refuse"
	Revoke  Decision = "revoke" // ends an approved one before it expires
)

// State is where an unlock stands.
type State string

// The states.
const (
	StateAsked   State = "asked"
	StateOpen    State = "open"
	StateRefused State = "refused"
	StateRevoked State = "revoked"
	StateExpired State = "expired"
)

// MaxAfter is how long after the drive's date of corrections an unlock or a window may still be open.
const MaxAfter = 60 * 24 * time.Hour

// decided returns the decision, if a different account than the one that asked has made it.
func (u Unlock) decided() Decision {
	if u.AskedBy == "" || u.DecidedBy == "" || u.DecidedBy == u.AskedBy {
		return ""
	}
	return u.Decision
}

// State tells where an unlock stands at a time. One that was decided by who asked for it is one that waits.
func (u Unlock) State(at time.Time) State {
	switch u.decided() {
	case Refuse:
		return StateRefused
	case Revoke:
		return StateRevoked
	}
	switch {
	case !at.Before(u.Expires):
		return StateExpired
	case u.decided() == Approve:
		return StateOpen
	}
	return StateAsked
}

// ends returns when an unlock that was open closes or closed: what arrived before a revocation came in time.
func (u Unlock) ends() (time.Time, bool) {
	switch u.decided() {
	case Approve:
		return u.Expires, true
	case Revoke:
		if u.DecidedAt.Before(u.Expires) {
			return u.DecidedAt, true
		}
		return u.Expires, true
	}
	return time.Time{}, false
}

func (u Unlock) covers(at Place) bool {
	return (u.Class == "" || u.Class == at.Class) &&
		(len(u.Pupils) == 0 || slices.Contains(u.Pupils, at.Pupil)) &&
		(len(u.Parts) == 0 || slices.Contains(u.Parts, at.Part))
}
