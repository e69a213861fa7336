package expression

import (
	"cel.dev/cel-go/cel"

	"github.com/rasoat/rasoat/services/student"
)

// View is one record as expressions see it: made once, for all rules of the record's kind.
type View struct {
	drive   *Drive
	profile *Profile
	results *Results
}

var _ cel.Activation = (*View)(nil)

// ResolveName returns a variable of the expressions.
func (v *View) ResolveName(name string) (any, bool) {
	switch {
	case name == "drive":
		return v.drive, true
	case name == "profile" && v.profile != nil:
		return v.profile, true
	case name == "results" && v.results != nil:
		return v.results, true
	}
	return nil, false
}

// Parent is none: there are no other variables.
func (v *View) Parent() cel.Activation { return nil }

// Drive is what an expression may know of the drive.
type Drive struct {
	ID         string `cel:"id"`
	SchoolYear string `cel:"school_year"`
}

// Profile is rasoat.student.v1.Profile without the pupil code.
type Profile struct {
	Class       string    `cel:"class"`
	FullName    string    `cel:"full_name"`
	DateOfBirth Date      `cel:"date_of_birth"`
	Gender      string    `cel:"gender"` // "male", "female"
	Ethnicity   string    `cel:"ethnicity"`
	Nationality string    `cel:"nationality"`
	Identity    Identity  `cel:"identity"`
	Residence   Residence `cel:"residence"`
}

// Date has month and day 0 when only the year is known.
type Date struct {
	Year  int `cel:"year"`
	Month int `cel:"month"`
	Day   int `cel:"day"`
}

// Identity is the identity document; kind is "personal_id", "cmnd", "passport" or "none".
type Identity struct {
	Kind   string `cel:"kind"`
	Number string `cel:"number"`
	Reason string `cel:"reason"`
}

// Residence is by codes of the General Statistics Office.
type Residence struct {
	Province      string `cel:"province"`
	District      string `cel:"district"`
	Commune       string `cel:"commune"`
	CatalogueDate string `cel:"catalogue_date"`
}

// Results is rasoat.student.v1.Results without the pupil code; part is "results/10" … "results/12/2".
type Results struct {
	Class            string    `cel:"class"`
	Part             string    `cel:"part"`
	SchoolYear       string    `cel:"school_year"`
	Programme        string    `cel:"programme"` // "thpt2006", "thpt2018", "gdtx"
	SchoolStudied    string    `cel:"school_studied"`
	Specialised      string    `cel:"specialised_subject"`
	ForeignLanguage  string    `cel:"foreign_language"`
	Subjects         []Subject `cel:"subjects"`
	Semester1        Term      `cel:"semester1"`
	Semester2        Term      `cel:"semester2"`
	Year             Term      `cel:"year"`
	YearBeforeRetake Term      `cel:"year_before_retake"`
	SummerTraining   bool      `cel:"summer_training"`
	NotApplicable    string    `cel:"not_applicable"`
}

// Subject is the line of one subject.
type Subject struct {
	Code             string `cel:"code"`
	Semester1        Score  `cel:"semester1"`
	Semester2        Score  `cel:"semester2"`
	Year             Score  `cel:"year"`
	YearBeforeRetake Score  `cel:"year_before_retake"`
}

// Score is a value of a subject; comment is "passed", "not_passed" or "".
type Score struct {
	MarkTenths int    `cel:"mark_tenths"` // −1: none
	Comment    string `cel:"comment"`
	Exempt     bool   `cel:"exempt"`
}

// Term is the summary of a term.
type Term struct {
	AverageTenths int    `cel:"average_tenths"` // −1: none
	Rating        string `cel:"rating"`
	Conduct       string `cel:"conduct"`
	ConductAbsent string `cel:"conduct_absent"`
}

// ViewOf shows a record of a drive; nil for a record of the roster, over which there are no expressions.
func ViewOf(id, schoolYear string, rec student.Record) *View {
	v := &View{drive: &Drive{ID: id, SchoolYear: schoolYear}}
	switch {
	case rec.Profile != nil:
		v.profile = profileOf(rec.Profile)
	case rec.Results != nil:
		v.results = resultsOf(rec.Results)
	default:
		return nil
	}
	return v
}

func profileOf(p *student.Profile) *Profile {
	return &Profile{
		Class: p.Class, FullName: p.FullName.Reveal(), DateOfBirth: Date(p.BirthDate), Gender: string(p.Gender), Ethnicity: p.Ethnicity,
		Nationality: p.Nationality, Identity: Identity{string(p.Identity.Kind), p.Identity.Number.Reveal(), p.Identity.Reason},
		Residence: Residence(p.Residence),
	}
}

func resultsOf(r *student.Results) *Results {
	out := &Results{
		Class: r.Class, Part: string(r.Part), SchoolYear: r.SchoolYear, Programme: string(r.Programme), SchoolStudied: r.SchoolStudied,
		Specialised: r.Specialised, ForeignLanguage: r.ForeignLanguage, Semester1: termOf(r.Semester1), Semester2: termOf(r.Semester2),
		Year: termOf(r.Year), YearBeforeRetake: termOf(r.BeforeRetake), SummerTraining: r.SummerTraining, NotApplicable: r.NotApplicable,
		Subjects: make([]Subject, len(r.Subjects)),
	}
	for i, s := range r.Subjects {
		out.Subjects[i] = Subject{s.Code, scoreOf(s.Semester1), scoreOf(s.Semester2), scoreOf(s.Year), scoreOf(s.YearBeforeRetake)}
	}
	return out
}

func scoreOf(s student.Score) Score {
	return Score{MarkTenths: tenths(s.Mark), Comment: string(s.Comment), Exempt: s.Exempt}
}

func termOf(t student.Term) Term {
	return Term{AverageTenths: tenths(t.Average), Rating: string(t.Rating), Conduct: string(t.Conduct), ConductAbsent: t.ConductAbsent}
}

func tenths(m *student.Mark) int {
	if m == nil {
		return -1
	}
	return int(*m)
}
