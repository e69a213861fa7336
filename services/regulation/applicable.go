package regulation

import "github.com/rasoat/rasoat/services/student"

// Code names a set of rules of assessment, in the words of the drive.
type Code string

// The sets of rules.
const (
	Original58 Code = "tt58"         // Circular 58/2011/TT-BGDĐT as it was: the core subjects are Toán and Ngữ văn
	Amended58  Code = "tt58-26"      // Circular 58/2011/TT-BGDĐT as amended by 26/2020/TT-BGDĐT
	Four22     Code = "tt22"         // Circular 22/2021/TT-BGDĐT
	Decision02 Code = "gdtx-02-2007" // Decision 02/2007/QĐ-BGDĐT, continuing education
	Four43     Code = "tt43"         // Circular 43/2021/TT-BGDĐT, continuing education
)

// The first calendar year of the first school year of a set of rules.
const (
	decision02From = 2007
	circular58From = 2011
	// roadmapFrom is the year in which grade 10 came to the circulars of 2021; grades 11 and 12 followed a year later each (Circular
	// 22/2021, art. 21(1)).
	roadmapFrom = 2022
)

// Applicable returns the rules under which a grade is assessed in the school year that begins in a calendar year; false where there are
// none: outside grades 10 to 12, before the rules that this package knows, or in a year in which the grade was not taught under the
// programme.
//
// The circular of 2021 and the programme of 2018 came in with the same grades. That continuing education went over to Circular 43 by
// the same roadmap is deduced from its programme (Circular 12/2022), which did.
//
// This is the law as it reads by itself. For a collection the drive says which rules hold, and which of them may only warn. That a
// pupil with an individual education plan is not rated by any of them is told by the record, with the reason; it cannot be computed.
func Applicable(programme student.Programme, grade, startYear int) (Code, bool) {
	if grade < 10 || grade > 12 {
		return "", false
	}
	over := startYear >= roadmapFrom+grade-10
	switch {
	case programme == student.Upper2018 && over:
		return Four22, true
	case programme == student.Continuing && over:
		return Four43, true
	case programme == student.Continuing && startYear >= decision02From:
		return Decision02, true
	case programme != student.Upper2006 || over || startYear < circular58From:
		return "", false
	case startYear < ThreeCoresFrom:
		return Original58, true
	}
	return Amended58, true
}
