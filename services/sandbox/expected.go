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
)

// Field is a field in which the registry differs from what is reported.
type Field string

// The fields, in the order in which Expected has them.
const (
	FieldFullName    Field = "full_name"
	FieldDateOfBirth Field = "date_of_birth"
	FieldGender      Field = "gender"
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

// found is what becomes of a kind of fault: the rule that finds it, the identity check, and the status.
type found struct {
	rule    string
	outcome Outcome
	field   Field
	status  Status
}

var findings = map[Kind]found{
	NameDiacritic:      {outcome: Mismatched, field: FieldFullName, status: StatusMismatched},
	NameMiddleDropped:  {outcome: Mismatched, field: FieldFullName, status: StatusMismatched},
	NameLookalike:      {rule: RuleNameLookalike, status: StatusUnexplained},
	BirthSwapped:       {outcome: Mismatched, field: FieldDateOfBirth, status: StatusMismatched},
	BirthDayOff:        {outcome: Mismatched, field: FieldDateOfBirth, status: StatusMismatched},
	BirthYear:          {RuleIDBirthYear, Mismatched, FieldDateOfBirth, StatusRejected},
	GenderWrong:        {RuleIDGender, Mismatched, FieldGender, StatusRejected},
	IDDigit:            {outcome: NotFound, status: StatusMismatched},
	IDTransposed:       {outcome: NotFound, status: StatusMismatched},
	IDReissued:         {outcome: NotFound, status: StatusMismatched},
	IDLeadingZero:      {rule: RuleIDLeadingZero, outcome: NeedsPerson, status: StatusRejected},
	IDPrecision:        {rule: RuleIDPrecision, outcome: NeedsPerson, status: StatusRejected},
	IDPrefix:           {rule: RuleIDProvince, outcome: NotFound, status: StatusRejected},
	IDShared:           {outcome: Mismatched, status: StatusDuplicate}, // in which fields depends on the two pupils
	DoubleEnrolment:    {status: StatusDuplicate},
	NumberMissing:      {outcome: NeedsPerson, status: StatusNeedsPerson},
	EthnicityUnknown:   {rule: RuleEthnicity, status: StatusRejected},
	ResidenceHierarchy: {rule: RuleResidence, status: StatusRejected},
	MarkRange:          {rule: RuleMarkRange, status: StatusRejected},
	YearMarkWrong:      {rule: RuleYearMark, status: StatusRejected},
	AverageWrong:       {rule: RuleAverage, status: StatusRejected},
	RatingWrong:        {rule: RuleRating, status: StatusUnexplained},
	ResultsMissing:     {status: StatusMissing},
}

// Expected is what the drive ought to make of a pupil.
type Expected struct {
	Fault   Kind   // "" for a pupil of whom all is reported well
	Rule    string // the one rule that finds the fault; "" if none does
	Outcome Outcome
	Fields  []Field // in which the registry differs; of a mismatched pupil
	// Window1 and Window2 are the statuses for the two windows; of a pupil whom two schools enrol, at both.
	Window1, Window2 Status
	// With is the other pupil who is a duplicate because of the same fault: the victim of the pupil with the
	// fault, and the reverse; −1 if there is none.
	With int
}

// Expected gives what the drive ought to make of pupil i.
func (n *Nation) Expected(i int) Expected {
	c := n.classOf(i)
	b := n.birth(i)
	clean := Expected{Outcome: Confirmed, Window1: StatusVerified, Window2: StatusVerified, With: -1}
	if b.foreign {
		clean.Outcome = NotApplicable
	}
	faults := n.plan(c)
	if at := slices.IndexFunc(faults, func(f Fault) bool { return f.Victim == i }); at >= 0 {
		clean.Window1, clean.Window2, clean.With = StatusDuplicate, StatusDuplicate, faults[at].Pupil
		return clean
	}
	at := slices.IndexFunc(faults, func(f Fault) bool { return f.Pupil == i })
	if at < 0 {
		return clean
	}
	fault, e := faults[at], clean
	what := findings[fault.Kind]
	e.Fault, e.Rule, e.With = fault.Kind, what.rule, fault.Victim
	if what.outcome != "" {
		e.Outcome = what.outcome
	}
	switch {
	case fault.Kind == IDShared:
		e.Fields = n.differences(i, fault.Victim)
	case what.field != "":
		e.Fields = []Field{what.field}
	}
	if e.Window2 = what.status; fault.Part != student.Results122 {
		e.Window1 = what.status
	}
	return e
}

// differences gives the fields in which two pupils of one sex differ.
func (n *Nation) differences(i, j int) []Field {
	var fields []Field
	a, b := n.birth(i), n.birth(j)
	if !student.NameLevel(n.fullName(i, a), n.fullName(j, b)).Same() {
		fields = append(fields, FieldFullName)
	}
	if a.date != b.date {
		fields = append(fields, FieldDateOfBirth)
	}
	return fields
}
