// Package matching reconciles a pupil's identity with the national population database.
//
// It decides what needs no question (a passport, no number yet), compares what the registry answered with what the
// school wrote, and says in one sentence what is wrong and who can mend it. The one rule that a reader must not miss:
// not checked is not the same as not matched. A registry that is away makes a pupil wait and never counts against a school.
//
// Sources: Law on Citizen Identification 2014 (art. 12, 19); QCVN 109:2017/BTTTT; dispatch 1246/BGDĐT-CNTT.
package matching

import (
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
	NotApplicable Outcome = "not_applicable" // a foreign national with a passport
	NeedsPerson   Outcome = "needs_person"   // no number yet, or one that cannot be asked about
)

// Field is a field in which the registry differs from the school.
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

// Person is as much of the registry's record as the comparison needs.
type Person struct {
	Number    student.IDNumber
	FullName  student.Name
	BirthDate student.Date
	Gender    student.Gender // "" when the registry does not tell
}

// Result is an outcome with its explanation.
type Result struct {
	Outcome Outcome
	Fields  []Field
	Text    fault.Text
}

// Triage decides what needs no question: the result, and true when it is final. Otherwise the result is Waiting and the
// registry has to be asked.
func Triage(p student.Profile) (Result, bool) {
	switch p.Identity.Kind {
	case student.Passport:
		return Result{Outcome: NotApplicable, Text: text(NotApplicable)}, true
	case student.NoNumber, "":
		return Result{Outcome: NeedsPerson, Text: noNumber}, true
	}
	if !Askable(p.Identity) {
		return Result{Outcome: NeedsPerson, Text: malformed}, true
	}
	return Result{Outcome: Waiting, Text: text(Waiting)}, false
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

// Compare judges a profile against the record that a lookup of its number gave; nil is none.
//
// Names are equal up to the ways of writing one name (Unicode form, spaces, look-alike letters, case, place of the tone
// mark); everything beyond is a difference to be mended at its source. A birth date of which the registry knows only the
// year agrees with any date of that year.
func compareOld(p student.Profile, person *Person) Result {
	if person == nil {
		return Result{Outcome: NotFound, Text: text(NotFound)}
	}
	var fields []Field
	if !student.NameLevel(p.FullName, person.FullName).Same() {
		fields = append(fields, FullName)
	}
	if !sameDate(p.BirthDate, person.BirthDate) {
		fields = append(fields, DateOfBirth)
	}
	if person.Gender != "" && p.Gender != person.Gender {
		fields = append(fields, Gender)
	}
	if len(fields) == 0 {
		return Result{Outcome: Confirmed, Text: text(Confirmed)}
	}
	return Result{Outcome: Mismatched, Fields: fields, Text: differs(fields)}
}

// Verified judges the answer of a registry that says only yes or no: a "no" names no field, because nobody knows which.
func Verified(exists bool) Result {
	if exists {
		return Result{Outcome: Confirmed, Text: text(Confirmed)}
	}
	return Result{Outcome: Mismatched, Text: saysNo}
}

func sameDate(a, b student.Date) bool {
	if b.YearOnly() || a.YearOnly() {
		return a.Year == b.Year
	}
	return a == b
}
