package sandbox

import (
	"slices"

	"github.com/rasoat/rasoat/services/student"
)

// Outcome is how an identity check ends when the registry answers and lookups are allowed.
type Outcome string

// The outcomes.
const (
	Confirmed     Outcome = "confirmed"
	Mismatched    Outcome = "mismatched"
	NotFound      Outcome = "not_found"
	NotApplicable Outcome = "not_applicable"
	NeedsPerson   Outcome = "needs_person"
	Superseded    Outcome = "superseded" // the number was cancelled, and another was issued in its place
)

// Field is a field in which the registry differs from what is reported.
type Field string

// The fields, in the order in which Expected has them.
const (
	FieldFullName    Field = "full_name"
	FieldDateOfBirth Field = "date_of_birth"
	FieldGender      Field = "gender"
	FieldIDNumber    Field = "id_number" // is another pupil's
)

// Status is where a pupil stands for a window when all is judged and every approval given.
type Status string

// The statuses.
const (
	StatusMissing     Status = "missing"
	StatusRejected    Status = "rejected"
	StatusUnexplained Status = "unexplained_warning"
	StatusDuplicate   Status = "duplicate"
	StatusMismatched  Status = "mismatched"
	StatusNeedsPerson Status = "needs_person"
	StatusVerified    Status = "verified"
)

// Expected is what the drive ought to make of a pupil.
type Expected struct {
	Fault Kind // "" for a pupil of whom all is reported well
	// Rule is the one rule that finds the fault in the pupil's own records; "" if none does. What is found by looking at a
	// whole batch is not told: of a column that moved, ID_SHIFTED, which rejects whom it is told of.
	Rule    string
	Outcome Outcome
	// Fields are those in which the registry differs; of a mismatched pupil alone. A number that is another pupil's is all
	// that differs, though it leads to another name and birth date.
	Fields []Field
	// Cause is why the identity is not confirmed: the field, a slash, and the way in which it differs; "" for none.
	Cause string
	// Window1 and Window2 are the statuses for the two windows; of a pupil whom two schools enrol, at both.
	Window1, Window2 Status
	// With is the other pupil who is a duplicate because of the same fault: the victim of the pupil with the
	// fault, and the reverse; −1 if there is none.
	With int
}

// Expected returns what the drive ought to make of pupil i.
func (n *Nation) Expected(i int) Expected {
	c := n.classOf(i)
	clean := Expected{Outcome: Confirmed, Window1: StatusVerified, Window2: StatusVerified, With: -1}
	if n.birth(i).foreign {
		clean.Outcome = NotApplicable
	}
	faults := n.plan(c)
	if at := slices.IndexFunc(faults, func(f Fault) bool { return f.Victim == i && f.Kind == IDShared }); at >= 0 {
		clean.Window1, clean.Window2, clean.With = StatusDuplicate, StatusDuplicate, faults[at].Pupil
		return clean
	}
	at := slices.IndexFunc(faults, func(f Fault) bool { return f.Pupil == i })
	if at < 0 {
		return clean
	}
	fault, e := faults[at], clean
	what := findings[fault.Kind]
	switch fault.Kind {
	case IDShared:
		e.With = fault.Victim
	case RowShifted:
		if what.rule = n.contradicted(i, fault.Victim); what.rule != "" {
			what.status = StatusRejected
		}
	}
	e.Fault, e.Rule, e.Cause = fault.Kind, what.rule, what.cause
	if what.outcome != "" {
		e.Outcome = what.outcome
	}
	if what.field != "" {
		e.Fields = []Field{what.field}
	}
	if e.Window2 = what.status; fault.Part != student.Results122 {
		e.Window1 = what.status
	}
	return e
}
