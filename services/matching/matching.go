// Package matching reconciles the identity of a pupil with the national population database.
//
// It decides what needs no question (a passport, no number yet). It compares what the registry
// answered with what the school wrote, field by field and level by level, and says in one sentence
// what is wrong and who can fix it. It also decides whose question is next, because the registry
// answers only so many.
//
// The rules a reader must not miss: not checked is not the same as not matched, so a registry that
// is away makes a pupil wait and never counts against a school. And nothing ever replaces what the
// school reported; it is only proposed.
//
// Sources: Law on Citizen Identification 2014 (art. 12, 19); QCVN 109:2017/BTTTT; dispatch
// 1246/BGDĐT-CNTT.
package matching

import (
	"slices"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
)

// Outcome is how an identity check stands.
type Outcome string

// The outcomes.
const (
	Waiting       Outcome = "waiting"
	Confirmed     Outcome = "confirmed"
	Mismatched    Outcome = "mismatched"
	NotFound      Outcome = "not_found"
	Superseded    Outcome = "superseded"     // the number was cancelled and another issued
	NotApplicable Outcome = "not_applicable" // a foreign national with a passport
	NeedsPerson   Outcome = "needs_person"   // no number yet, one that cannot be asked about, or a name that takes a glance
)

// Field is a field of a comparison.
type Field string

// The fields that are compared.
const (
	FullName    Field = "full_name"
	DateOfBirth Field = "date_of_birth"
	Gender      Field = "gender"
	IDNumber    Field = "id_number"
	Residence   Field = "residence"
)

// Fields lists them in the order of the waterfall.
var Fields = []Field{IDNumber, FullName, DateOfBirth, Gender, Residence}

// Actor is who takes the next step.
type Actor string

// The actors.
const (
	Nobody   Actor = "nobody"
	School   Actor = "school"
	Family   Actor = "family"
	Police   Actor = "police"
	Province Actor = "province"
)

// Cause is why an identity is not confirmed: a field, and the level at which it differs or what is wrong with the number.
type Cause struct {
	Field Field
	Kind  string
}

// String returns the stable name, "date_of_birth/swapped".
func (c Cause) String() string { return string(c.Field) + "/" + c.Kind }

// What can be wrong with a number.
const (
	NumberUnknown     = "unknown"        // the registry has none such
	NumberCancelled   = "cancelled"      // and another was issued
	NumberOtherPerson = "other_person"   // it is somebody else's
	NumberOtherPupil  = "other_pupil"    // it is another pupil's of the school
	NumberExchanged   = "exchanged"      // two pupils have each other's
	NumberShifted     = "shifted"        // the column of numbers moved by a row
	NumberZeroLost    = "leading_zero"   // a workbook took the first 0
	NumberPrecision   = "precision_lost" // a workbook made it 7.9E+10
	NumberMalformed   = "malformed"
	NumberNone        = "none"
)

// Proposal is a value that the registry would confirm, or that the school may have meant. It is made from what the school wrote alone, so
// that nothing of the registry's record goes out with it, and it is never put in place of anything.
type Proposal struct {
	Field              Field
	Kind               string
	Reported, Proposed string
}

// Result is an outcome with its explanation.
type Result struct {
	Outcome  Outcome
	Causes   []Cause
	Steps    []Step
	Proposal *Proposal
	Actor    Actor
	Text     fault.Text
}

// Answer is what a lookup of a number gave.
type Answer struct {
	Person    *Particulars // nil: there is none
	Cancelled bool         // there is none because the number was cancelled
}

// Triage decides what needs no question: the result, and true when it is final. Otherwise the result is Waiting and the registry has to be
// asked.
func Triage(p student.Profile) (Result, bool) {
	switch p.Identity.Kind {
	case student.Passport:
		return say(Result{Outcome: NotApplicable}), true
	case student.NoNumber, "":
		return say(Result{Outcome: NeedsPerson, Causes: []Cause{{IDNumber, NumberNone}}}), true
	}
	if Askable(p.Identity) {
		return say(Result{Outcome: Waiting}), false
	}
	r := Result{Outcome: NeedsPerson}
	number := p.Identity.Number
	switch shape := student.ShapeOf(number); {
	case shape.Form == student.FormLeadingZero && p.Identity.Kind == student.PersonalID:
		r.Causes = []Cause{{IDNumber, NumberZeroLost}}
		r.Proposal = &Proposal{IDNumber, NumberZeroLost, number.Reveal(), "0" + number.Normal().Reveal()}
	case shape.Form == student.FormNumeric:
		r.Causes = []Cause{{IDNumber, NumberPrecision}}
	default:
		r.Causes = []Cause{{IDNumber, NumberMalformed}}
	}
	return say(r), true
}

// Askable reports whether the number has a form that the registry can be asked about. Malformed numbers are never asked
// about and never claimed.
func Askable(id student.Identity) bool {
	number := id.Number.Normal().Reveal()
	n := len(number)
	if (id.Kind != student.PersonalID || n != 12) && (id.Kind != student.CMND || n != 9) {
		return false
	}
	for _, c := range number {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// Judge judges a profile against what the lookup of its number gave.
//
// Names are equal up to the ways of writing one name (Unicode form, spaces, look-alike letters, case, place of the tone mark); i for y takes a
// person's glance; everything beyond is a difference to be mended at its source. A birth date of which the registry knows only the year
// agrees with any date of that year. The residence is evidence and never a cause: people move, and codes change.
func (w *Weights) Judge(p student.Profile, a Answer) Result {
	switch {
	case a.Person == nil && a.Cancelled:
		return say(Result{Outcome: Superseded, Causes: []Cause{{IDNumber, NumberCancelled}}})
	case a.Person == nil:
		return say(Result{Outcome: NotFound, Causes: []Cause{{IDNumber, NumberUnknown}}})
	}
	claim, person := Prepare(ParticularsOf(p)), Prepare(*a.Person)
	levels := Compare(&claim, &person)
	r := Result{Outcome: Confirmed, Steps: w.Steps(&claim, levels)}
	if !levels.Name.Same() {
		r.Causes = append(r.Causes, Cause{FullName, levels.Name.String()})
	}
	if !agrees(levels.Date, person.BirthDate) {
		r.Causes = append(r.Causes, Cause{DateOfBirth, levels.Date.String()})
	}
	if levels.Gender == GenderDiffers {
		r.Causes = append(r.Causes, Cause{Gender, levels.Gender.String()})
	}
	switch {
	case len(r.Causes) == 0:
		return say(r)
	case len(r.Causes) == 1 && levels.Name == NameSoftIY:
		r.Outcome = NeedsPerson
		return say(r)
	case levels.Name >= NamePartly && levels.Date >= DateOneDigit:
		r.Outcome, r.Causes = Mismatched, []Cause{{IDNumber, NumberOtherPerson}}
		return say(r)
	}
	r.Outcome, r.Proposal = Mismatched, propose(p, levels, len(r.Causes))
	return explain(r, wordsApart(levels.Name, &claim.name, &person.name))
}

// agrees reports whether birth dates agree at a level: the registry may know only the year, the school may not.
func agrees(l DateLevel, known student.Date) bool {
	return l == DateEqual || l == DateYearOnly && known.YearOnly()
}

// propose returns what the school may have meant where its own values say it; nil otherwise.
func propose(p student.Profile, l Levels, causes int) *Proposal {
	switch {
	case causes > 1:
		return nil
	case l.Date == DateSwapped:
		return &Proposal{DateOfBirth, HypothesisSwapped, p.BirthDate.Reveal(), swapped(p.BirthDate).Reveal()}
	case l.Gender == GenderDiffers:
		other := student.Female
		if p.Gender == student.Female {
			other = student.Male
		}
		return &Proposal{Gender, "other", string(p.Gender), string(other)}
	}
	return nil
}

func swapped(d student.Date) student.Date {
	return student.Date{Year: d.Year, Month: d.Day, Day: d.Month}
}

// Verified judges the answer of a registry that says only yes or no: a "no" names no field, because nobody knows which.
func Verified(exists bool) Result {
	if exists {
		return say(Result{Outcome: Confirmed})
	}
	return say(Result{Outcome: Mismatched})
}

// Fields returns the fields in which a mismatched identity differs.
func (r Result) Fields() []Field {
	if r.Outcome != Mismatched {
		return nil
	}
	var out []Field
	for _, c := range r.Causes {
		if !slices.Contains(out, c.Field) {
			out = append(out, c.Field)
		}
	}
	return out
}
