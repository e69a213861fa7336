package student

// Part is one replaceable part of a pupil's record. No part straddles two windows of the drive.
type Part string

// The parts. A submission replaces whole parts, never patches them.
const (
	Enrolment   Part = "enrolment"
	ProfilePart Part = "profile"
	Results10   Part = "results/10"
	Results11   Part = "results/11"
	Results121  Part = "results/12/1" // first semester of grade 12
	Results122  Part = "results/12/2" // second semester and year of grade 12
)

// Parts lists every part in order.
var Parts = []Part{Enrolment, ProfilePart, Results10, Results11, Results121, Results122}

// Kind is what a submission holds: records of one kind.
type Kind string

// The kinds of submission.
const (
	KindRoster  Kind = "roster"
	KindProfile Kind = "profile"
	KindResults Kind = "results"
)

// Kind returns the kind of submission that carries the part.
func (p Part) Kind() Kind {
	switch p {
	case Enrolment:
		return KindRoster
	case ProfilePart:
		return KindProfile
	}
	return KindResults
}

// Grade returns the grade of a results part: 10, 11 or 12; 0 for another part.
func (p Part) Grade() int {
	switch p {
	case Results10:
		return 10
	case Results11:
		return 11
	case Results121, Results122:
		return 12
	}
	return 0
}

// Valid reports whether the part is one of Parts.
func (p Part) Valid() bool {
	for _, q := range Parts {
		if p == q {
			return true
		}
	}
	return false
}

// EnrolmentState is what the roster entry says of the pupil at that school.
type EnrolmentState string

// The states. Joined and (returned) are open, all others close the enrolment.
const (
	Joined      EnrolmentState = "joined"
	Transferred EnrolmentState = "transferred" // chuyển đi
	Left        EnrolmentState = "left"        // thôi học
	Deferred    EnrolmentState = "deferred"    // bảo lưu
	Deceased    EnrolmentState = "deceased"
)

// EnrolmentStates lists the states, the open one first.
var EnrolmentStates = []EnrolmentState{Joined, Transferred, Left, Deferred, Deceased}

// Enrolled is a dated roster entry of one pupil at one school.
type Enrolled struct {
	Code   Code
	Class  string // "12A1"
	State  EnrolmentState
	Since  Date
	Reason string // for a state other than joined
}

// Open reports whether the entry makes the pupil expected at the school.
func (e Enrolled) Open() bool { return e.State == Joined }

// Gender as on the birth certificate.
type Gender string

// The genders of the ministry's catalogue.
const (
	Male   Gender = "male"   // Nam
	Female Gender = "female" // Nữ
)

// IdentityKind is the kind of identity document that was given.
type IdentityKind string

// The kinds.
const (
	PersonalID IdentityKind = "personal_id" // 12 digits: số định danh cá nhân, căn cước công dân
	CMND       IdentityKind = "cmnd"        // 9 digits: chứng minh nhân dân
	Passport   IdentityKind = "passport"    // foreign nationals
	NoNumber   IdentityKind = "none"        // no number yet, with a reason
)

// Identity is the identity document of a pupil.
type Identity struct {
	Kind   IdentityKind
	Number IDNumber // "" when Kind is NoNumber
	Reason string   // why there is no number; "" otherwise
}

// Unread stands for the code of something that was written and that no catalogue has: it is not blank, and whoever judges it says so.
const Unread = "??"

// Residence is the place of permanent residence (nơi thường trú) by codes of the General Statistics
// Office. CatalogueDate (yyyy-mm-dd) says which catalogue the codes are of: the codes of 2025 reuse
// old numbers. Commune may be "" for the island districts that have none.
type Residence struct {
	Province, District, Commune string
	CatalogueDate               string
}

// IsZero reports whether no residence was given.
func (r Residence) IsZero() bool { return r.Province == "" && r.District == "" && r.Commune == "" }

// Profile is the personal part of a record (dispatch 1246/BGDĐT-CNTT, I.1).
type Profile struct {
	Code        Code
	Class       string
	FullName    Name
	BirthDate   Date
	Gender      Gender
	Ethnicity   string // code of the ministry's list of 1979 (QĐ 121-TCTK/PPCĐ), two digits: "01" Kinh
	Nationality string // ISO 3166 alpha-2; "VN"
	Identity    Identity
	Residence   Residence
}

// Programme is the curriculum that a year was taught under.
type Programme string

// The programmes.
const (
	Upper2006  Programme = "thpt2006" // giáo dục phổ thông 2006
	Upper2018  Programme = "thpt2018" // giáo dục phổ thông 2018
	Continuing Programme = "gdtx"     // giáo dục thường xuyên
)

// Mark is a mark in tenths, 0–100: 8.5 is 85.
type Mark int

// Comment is the result of a commented subject.
type Comment string

// The comments.
const (
	Passed    Comment = "passed"     // Đ
	NotPassed Comment = "not_passed" // CĐ
)

// Score is one value of a subject in a term: a mark, a comment, an exemption, or nothing.
type Score struct {
	Mark    *Mark
	Comment Comment
	Exempt  bool // miễn
}

// Empty reports whether there is no value.
func (s Score) Empty() bool { return s.Mark == nil && s.Comment == "" && !s.Exempt }

// Subject is the line of one subject in a year: first semester, second semester, year. YearBeforeRetake
// is the year value that a retake replaced (Circular 58/2011, art. 16).
type Subject struct {
	Code             string // catalogue of subjects: "TOAN"
	Semester1        Score
	Semester2        Score
	Year             Score
	YearBeforeRetake Score
}

// Rating is the academic performance rating (học lực) or the level of learning (kết quả học tập).
type Rating string

// The ratings of Circular 58/2011, art. 13.
const (
	Excellent Rating = "excellent" // Giỏi
	Good      Rating = "good"      // Khá
	Average   Rating = "average"   // Trung bình
	Weak      Rating = "weak"      // Yếu
	Poor      Rating = "poor"      // Kém
)

// The levels of learning of Circular 22/2021, art. 9; its Khá is Good.
const (
	VeryGood        Rating = "very_good"  // Tốt
	RatingPassed    Rating = "passed"     // Đạt
	RatingNotPassed Rating = "not_passed" // Chưa đạt
)

// Conduct is the conduct rating (hạnh kiểm).
type Conduct string

// The conduct ratings of Circular 58/2011, art. 4.
const (
	ConductGood    Conduct = "good"    // Tốt
	ConductFair    Conduct = "fair"    // Khá
	ConductAverage Conduct = "average" // Trung bình
	ConductWeak    Conduct = "weak"    // Yếu
)

// The levels of training (rèn luyện) of Circular 22/2021, art. 8; its Tốt and Khá are ConductGood and ConductFair.
const (
	ConductPassed    Conduct = "passed"     // Đạt
	ConductNotPassed Conduct = "not_passed" // Chưa đạt
)

// Term is the summary of one term: overall average in tenths, academic rating, conduct rating.
type Term struct {
	Average       *Mark
	Rating        Rating
	Conduct       Conduct
	ConductAbsent string // why there is no conduct rating: "KHONG_XEP_LOAI", ...
}

// Empty reports whether nothing was given for the term.
func (t Term) Empty() bool {
	return t.Average == nil && t.Rating == "" && t.Conduct == "" && t.ConductAbsent == ""
}

// Results is one results part (dispatch 1246/BGDĐT-CNTT, I.2). Part results/12/1 holds only first-semester
// values; results/12/2 only second-semester and year values; 10 and 11 hold all three.
type Results struct {
	Code            Code
	Class           string
	Part            Part
	SchoolYear      string // "2022-2023"
	Programme       Programme
	SchoolStudied   string // code or name of the school where this year was studied
	Specialised     string // code of the specialised subject (chuyên); "" if none
	ForeignLanguage string // "N1" English … "N7" Korean; "" if none
	Subjects        []Subject
	Semester1       Term
	Semester2       Term
	Year            Term
	// BeforeRetake is the year's summary that a retake replaced; SummerTraining says that conduct was
	// trained again in summer (rèn luyện trong hè).
	BeforeRetake   Term
	SummerTraining bool
	NotApplicable  string // why there are no results for this part; "" if there are
}

// Subject returns the line of a subject.
func (r *Results) Subject(code string) (Subject, bool) {
	for _, s := range r.Subjects {
		if s.Code == code {
			return s, true
		}
	}
	return Subject{}, false
}

// Record is one record of a submission: exactly one of the pointers is set, the one its part says.
type Record struct {
	Part     Part
	Enrolled *Enrolled
	Profile  *Profile
	Results  *Results
}

// Code returns the pupil code of the record.
func (r Record) Code() Code {
	switch {
	case r.Enrolled != nil:
		return r.Enrolled.Code
	case r.Profile != nil:
		return r.Profile.Code
	case r.Results != nil:
		return r.Results.Code
	}
	return ""
}
