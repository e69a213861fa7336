package sandbox

// found is what becomes of a kind of fault: the rule that finds it, the identity check with its cause, and the status.
type found struct {
	rule    string
	outcome Outcome
	field   Field
	cause   string
	status  Status
}

// differs is a fault by which the registry differs in one field.
func differs(field Field, kind string) found {
	return found{outcome: Mismatched, field: field, cause: string(field) + "/" + kind, status: StatusMismatched}
}

// unlinked is a fault of the number by which the registry knows nobody.
func unlinked(outcome Outcome, kind string, status Status) found {
	return found{outcome: outcome, cause: string(FieldIDNumber) + "/" + kind, status: status}
}

// by is the same fault, which a rule finds before.
func (f found) by(rule string) found {
	f.rule, f.status = rule, StatusRejected
	return f
}

// as is the same fault with another status.
func (f found) as(status Status) found {
	f.status = status
	return f
}

var findings = map[Kind]found{
	NameDiacritic:      differs(FieldFullName, "no_diacritics"),
	NameMiddleDropped:  differs(FieldFullName, "word_missing"),
	NameMiddleAdded:    differs(FieldFullName, "word_added"),
	NameConfused:       differs(FieldFullName, "sound"),
	NameTypo:           differs(FieldFullName, "near"),
	NameSoftIY:         {outcome: NeedsPerson, cause: "full_name/soft_iy", status: StatusNeedsPerson},
	NameLookalike:      {rule: RuleNameLookalike, status: StatusUnexplained},
	BirthSwapped:       differs(FieldDateOfBirth, "swapped"),
	BirthDayOff:        differs(FieldDateOfBirth, "day_off"),
	BirthJanuary:       differs(FieldDateOfBirth, "january_first"),
	BirthDigit:         differs(FieldDateOfBirth, "one_digit"),
	BirthYear:          differs(FieldDateOfBirth, "year_off").by(RuleIDBirthYear),
	GenderWrong:        differs(FieldGender, "differs").by(RuleIDGender),
	IDDigit:            unlinked(NotFound, "unknown", StatusMismatched),
	IDTransposed:       unlinked(NotFound, "unknown", StatusMismatched),
	IDPrefix:           unlinked(NotFound, "unknown", StatusMismatched).by(RuleIDProvince),
	IDReissued:         unlinked(Superseded, "cancelled", StatusMismatched),
	IDLeadingZero:      unlinked(NeedsPerson, "leading_zero", StatusRejected).by(RuleIDLeadingZero),
	IDPrecision:        unlinked(NeedsPerson, "precision_lost", StatusRejected).by(RuleIDPrecision),
	NumberMissing:      unlinked(NeedsPerson, "none", StatusNeedsPerson),
	IDShared:           differs(FieldIDNumber, "other_pupil").as(StatusDuplicate),
	NumbersExchanged:   differs(FieldIDNumber, "exchanged"),
	RowShifted:         differs(FieldIDNumber, "shifted"), // by a rule where the number contradicts the pupil
	DoubleEnrolment:    {status: StatusDuplicate},
	EthnicityUnknown:   {rule: RuleEthnicity, status: StatusRejected},
	ResidenceHierarchy: {rule: RuleResidence, status: StatusRejected},
	MarkRange:          {rule: RuleMarkRange, status: StatusRejected},
	YearMarkWrong:      {rule: RuleYearMark, status: StatusRejected},
	AverageWrong:       {rule: RuleAverage, status: StatusRejected},
	RatingWrong:        {rule: RuleRating, status: StatusUnexplained},
	ResultsMissing:     {status: StatusMissing},
}
