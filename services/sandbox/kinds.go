package sandbox

import "github.com/rasoat/rasoat/services/student"

// Kind is a kind of fault.
type Kind string

// The kinds. Each changes only what is reported, never the truth.
const (
	NameDiacritic      Kind = "name_diacritic"      // a diacritic of the name lost, or hỏi written for ngã
	NameMiddleDropped  Kind = "name_middle_dropped" // a middle word left out
	NameMiddleAdded    Kind = "name_middle_added"   // Thị or Văn put behind the surname
	NameConfused       Kind = "name_confused"       // a word begins with a letter that sounds alike: Xơn for Sơn
	NameTypo           Kind = "name_typo"           // one letter left out, doubled, or that of the key beside it
	NameSoftIY         Kind = "name_soft_iy"        // Lí for Lý: may be the same name, and somebody has to look
	NameLookalike      Kind = "name_lookalike"      // Ð of Icelandic for Đ: the same name, and the registry confirms it
	BirthSwapped       Kind = "dob_swapped"         // day and month exchanged
	BirthYear          Kind = "dob_year"            // a year too early: contradicts the ID number
	BirthDayOff        Kind = "dob_day_off"         // the day before or after
	BirthJanuary       Kind = "dob_january"         // 1 January, where only the year was known
	BirthDigit         Kind = "dob_digit"           // one digit of the day or the month
	GenderWrong        Kind = "gender_wrong"        // contradicts the ID number
	IDDigit            Kind = "id_digit"            // one digit wrong: nobody's number
	IDTransposed       Kind = "id_transposed"       // two digits exchanged: nobody's number
	IDLeadingZero      Kind = "id_leading_zero"     // the first 0 lost
	IDPrecision        Kind = "id_precision"        // made a number by a workbook: 7.9205E+10
	IDPrefix           Kind = "id_prefix"           // of a province that there is not
	IDShared           Kind = "id_shared"           // the number of a classmate
	IDReissued         Kind = "id_reissued"         // the old number, cancelled when a new one was issued
	NumbersExchanged   Kind = "numbers_exchanged"   // each of two twins has the number of the other
	RowShifted         Kind = "row_shifted"         // the number of the row above: a class whose column moved down
	NumberMissing      Kind = "no_number"           // no number yet, with a reason
	EthnicityUnknown   Kind = "ethnicity_unknown"   // a code that no group has
	ResidenceHierarchy Kind = "residence_hierarchy" // a commune of another district
	MarkRange          Kind = "mark_range"          // 85 written for 8.5, or 10.5 for a mark
	YearMarkWrong      Kind = "year_mark"           // not what the semesters give
	AverageWrong       Kind = "average_wrong"       // not what the subjects give
	RatingWrong        Kind = "rating_wrong"        // not what the regulation gives
	ResultsMissing     Kind = "results_missing"     // a results part was not sent
	DoubleEnrolment    Kind = "double_enrolment"    // another school enrols the pupil as well
)

// Kinds lists every kind.
var Kinds = []Kind{
	NameDiacritic, NameMiddleDropped, NameMiddleAdded, NameConfused, NameTypo, NameSoftIY, NameLookalike,
	BirthSwapped, BirthYear, BirthDayOff, BirthJanuary, BirthDigit, GenderWrong, IDDigit, IDTransposed,
	IDLeadingZero, IDPrecision, IDPrefix, IDShared, IDReissued, NumbersExchanged, RowShifted, NumberMissing,
	EthnicityUnknown, ResidenceHierarchy, MarkRange, YearMarkWrong, AverageWrong, RatingWrong, ResultsMissing, DoubleEnrolment,
}

// mix is how often each kind occurs. Faults of identity are in the proportions that were suggested for the drive
// (names 25, birth dates 25, digits 15, no number 15, gender 8, shared 4, re-issued 3), and one in four is of another
// part. A kind that many pupils cannot have weighs the more: another is drawn for those. Of kinds that hardly anybody
// can have, one in so many of those who can has it: see rareSoftIY and rareExchange; RowShifted is of classes.
var mix = func() *weighted {
	w := &weighted{}
	for _, k := range []struct {
		kind   Kind
		weight int
	}{
		{NameDiacritic, 104}, {NameMiddleDropped, 32}, {NameLookalike, 52}, {NameMiddleAdded, 24}, {NameConfused, 26}, {NameTypo, 24},
		{BirthSwapped, 176}, {BirthYear, 44}, {BirthDayOff, 50}, {BirthJanuary, 22}, {BirthDigit, 24},
		{IDDigit, 46}, {IDTransposed, 28}, {IDLeadingZero, 20}, {IDPrecision, 10}, {IDPrefix, 10},
		{NumberMissing, 114}, {GenderWrong, 60}, {IDShared, 20}, {DoubleEnrolment, 14}, {IDReissued, 24},
		{EthnicityUnknown, 30}, {ResidenceHierarchy, 40}, {MarkRange, 34}, {YearMarkWrong, 46},
		{AverageWrong, 40}, {RatingWrong, 40}, {ResultsMissing, 44},
	} {
		w.add(string(k.kind), k.weight)
	}
	return w
}()

// One in so many, of those who are to have a fault and can have this one.
const (
	rareSoftIY   = 4
	rareExchange = 2
)

// Rules that faults are found by.
const (
	RuleNameLookalike = "NAME_LOOKALIKE"
	RuleIDLeadingZero = "ID_LEADING_ZERO"
	RuleIDPrecision   = "ID_PRECISION_LOST"
	RuleIDProvince    = "ID_PROVINCE"
	RuleIDGender      = "ID_GENDER"
	RuleIDBirthYear   = "ID_BIRTH_YEAR"
	RuleEthnicity     = "ETHNICITY_UNKNOWN"
	RuleResidence     = "RESIDENCE_HIERARCHY"
	RuleMarkRange     = "MARK_RANGE"
	RuleYearMark      = "YEAR_MARK"
	RuleAverage       = "AVERAGE"
	RuleRating        = "RATING"
)

// Fault is what is wrong with what is reported of one pupil.
type Fault struct {
	Kind  Kind
	Pupil int
	Part  student.Part // that is wrong or missing
	// Victim is the pupil whose number is reported: for an IDShared fault the classmate, for NumbersExchanged the twin, for
	// RowShifted the pupil of the row above; −1 for every other kind.
	Victim int
	// School is the school, by its place in Nation.Schools, that enrols the pupil as well; −1 if none.
	School int
}
