// Package reporting derives the status of every pupil, and what exam registration is to hold of
// each.
//
// Everything here is a pure function of facts that came from the log. The rules a reader must not
// miss: an expected pupil has exactly one status in each window, so that the expected are always
// the sum of the statuses. And a published record stays while its replacement is being judged: only
// a negative finding or a decision withdraws it.
package reporting

import (
	"slices"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// Status is where an expected pupil stands in a window, in order of precedence.
type Status int

// The statuses. The first that applies is the pupil's.
const (
	NotExpected Status = iota
	Missing
	Rejected
	UnexplainedWarning
	Duplicate
	Mismatched
	NeedsPerson
	Waiting
	AwaitingApproval
	Verified
	Statuses // how many there are
)

// Judgement is how a part, or several that concern each other, were judged.
type Judgement struct {
	Current  bool // the newest content is the one that was judged
	Errors   int
	Warnings int // that nobody has acknowledged
}

// PartFact is what is known of one part of a pupil.
type PartFact struct {
	Present bool
	Judgement
}

// EnrolmentFact is what one school says of a pupil.
type EnrolmentFact struct {
	Province, School, Class string
	Open                    bool
	Overruled               bool // a province decided that the pupil is at another school
	Judgement
}

// Counts reports whether the pupil is at this school by it.
func (e EnrolmentFact) Counts() bool { return e.Open && !e.Overruled }

// IdentityState is how the identity stands.
type IdentityState int

// The states of an identity.
const (
	IdentityWaiting   IdentityState = iota // not asked, not answered, or the answer is about an older identity
	IdentityGood                           // confirmed, or it does not apply
	IdentityDiffers                        // mismatched or not found
	IdentityUnsettled                      // needs a person
)

// Facts is all that the status of a pupil follows from.
type Facts struct {
	Enrolments []EnrolmentFact
	Parts      map[student.Part]PartFact // without the enrolment
	Pairs      map[string]Judgement      // parts that concern each other, by Pair.Name; looked at when both are present
	Identity   IdentityState
	Shared     bool // another pupil claims the same number, and nobody decided that it is this one's

	Words         map[string]Word // what the province said, by window
	ReturnedParts []student.Part  // what returns in force are about
}

// Pair is two parts that are judged together as well.
type Pair struct {
	Name          string
	First, Second student.Part // findings belong to the second
}

// Pairs lists them: the school years of grades 10 and 11, and the year marks of grade 12 with both semesters.
var Pairs = []Pair{
	{"history", student.Results10, student.Results11},
	{"year12", student.Results121, student.Results122},
}

// Open returns the open enrolments that count.
func (f Facts) Open() []EnrolmentFact {
	var open []EnrolmentFact
	for _, e := range f.Enrolments {
		if e.Counts() {
			open = append(open, e)
		}
	}
	return open
}

// StatusOf returns the one status of a pupil in a window. It is total: every pupil with an open enrolment gets one.
func StatusOf(d *drive.Drive, f Facts, window string) Status {
	open := f.Open()
	if len(open) == 0 {
		return NotExpected
	}
	required := d.Required(window)
	for _, p := range required {
		if p != student.Enrolment && !f.Parts[p].Present {
			return Missing
		}
	}
	if bad := negative(required, f, open); bad != NotExpected {
		return bad
	}
	if pending(required, f, open) {
		return Waiting
	}
	if d.ApprovalRequired && f.word(d, window) != Approved {
		return AwaitingApproval
	}
	return Verified
}

// negative returns the first negative status that stands against a pupil, missing parts apart; NotExpected for none.
func negative(required []student.Part, f Facts, open []EnrolmentFact) Status {
	errors, warnings := 0, 0
	count := func(j Judgement) {
		if j.Current {
			errors += j.Errors
			warnings += j.Warnings
		}
	}
	for _, e := range open {
		count(e.Judgement)
	}
	for _, p := range required {
		count(f.Parts[p].Judgement)
	}
	for _, p := range Pairs {
		if p.lookedAt(required, f) {
			count(f.Pairs[p.Name])
		}
	}
	switch {
	case errors > 0:
		return Rejected
	case warnings > 0:
		return UnexplainedWarning
	}
	switch {
	case len(open) > 1 || f.Shared:
		return Duplicate
	case f.Identity == IdentityDiffers:
		return Mismatched
	case f.Identity == IdentityUnsettled:
		return NeedsPerson
	}
	return NotExpected
}

// pending reports whether anything that the window requires is still being judged.
func pending(required []student.Part, f Facts, open []EnrolmentFact) bool {
	for _, e := range open {
		if !e.Current {
			return true
		}
	}
	for _, p := range required {
		if p != student.Enrolment && !f.Parts[p].Current {
			return true
		}
	}
	for _, p := range Pairs {
		if p.lookedAt(required, f) && !f.Pairs[p.Name].Current {
			return true
		}
	}
	return f.Identity == IdentityWaiting
}

// lookedAt reports whether the window requires both parts and both are there.
func (p Pair) lookedAt(required []student.Part, f Facts) bool {
	return slices.Contains(required, p.First) && slices.Contains(required, p.Second) && f.Parts[p.First].Present && f.Parts[p.Second].Present
}
