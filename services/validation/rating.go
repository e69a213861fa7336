package validation

import (
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/regulation"
	"github.com/rasoat/rasoat/services/student"
)

// assessment is one term's subjects, as the law looks at them. Whether an optional scored subject (a second
// foreign language) counts in the average is practice that differs: compulsory leaves those out.
type assessment struct {
	all        []regulation.Subject
	compulsory []regulation.Subject
	optional   bool // all and compulsory differ
	exempt     bool // a scored subject is exempt
}

func (a *assessment) add(l *line, v regulation.Value, specialised string) {
	if v.Kind == regulation.Absent {
		return
	}
	subject := regulation.Subject{
		Code: l.code, Value: v, Core: l.core, Specialised: l.code == specialised,
	}
	a.all = append(a.all, subject)
	if l.scored && !l.required && v.Kind == regulation.Scored {
		a.optional = true
	} else {
		a.compulsory = append(a.compulsory, subject)
	}
	a.exempt = a.exempt || l.scored && v.Kind == regulation.Exempt
}

// specialised returns the code of the specialised subject where its condition applies: in a specialised class
// of a specialised school. A school that the directory does not have may be one.
func (s *sheet) specialised() string {
	if school, ok := s.drive.School(s.r.SchoolStudied); ok && school.Kind != drive.Specialised {
		return ""
	}
	return s.r.Specialised
}

// average compares the average in the books with the mean of all subjects, and of the compulsory ones.
func (s *sheet) average(term string, a *assessment, reported, mean student.Mark) {
	if reported == mean {
		return
	}
	if a.optional {
		if other, ok := regulation.AverageOf(a.compulsory); ok && other == reported {
			return
		}
	}
	limit := s.limit
	if a.exempt { // schools differ in how they enter a subject exempt for part of the year
		limit = Warning
	}
	s.compare(averageOff, averageRounding, limit, term+".average_tenths", reported, mean)
}

// rating compares the rating in the books with art. 13. It starts from the average in the books as well,
// where that is right but for its last digit, so that one rounding is not told twice.
func (s *sheet) rating(name string, a *assessment, term *student.Term, mean student.Mark) {
	out := regulation.Rate58(mean, a.all)
	reported := term.Rating
	if out.Unlisted && (reported == out.Rating || reported == out.Strict) {
		s.foundAtMost(s.limit, ratingUnlisted, name+".rating", string(reported), string(out.Rating))
		s.fix(ratingUnlisted, FixValue, string(out.Rating), false)
		return
	}
	if out.Rating == reported || s.otherReading(a, term, mean) {
		return
	}
	s.foundAtMost(s.limit, ratingOff, name+".rating", string(reported), explained(reported, out))
	s.fix(ratingOff, FixValue, string(out.Rating), false)
}

// otherReading reports whether the rating follows from another lawful reading of the same books.
func (s *sheet) otherReading(a *assessment, term *student.Term, mean student.Mark) bool {
	averages := [3]student.Mark{mean, mean, mean}
	if term.Average != nil {
		if off := *term.Average - mean; off >= -1 && off <= 1 {
			averages[1] = *term.Average
		}
	}
	if a.optional {
		if other, ok := regulation.AverageOf(a.compulsory); ok {
			averages[2] = other
		}
	}
	for _, average := range averages {
		if regulation.Rate58(average, a.all).Rating == term.Rating {
			return true
		}
	}
	if a.optional && regulation.Rate58(averages[2], a.compulsory).Rating == term.Rating {
		return true
	}
	if s.starts == 0 || s.starts >= regulation.ThreeCoresFrom {
		return false
	}
	for i := range a.all { // before Circular 26/2020 the foreign language was no core subject
		if a.all[i].Code == "NGOAINGU" {
			a.all[i].Core = false
		}
	}
	for _, average := range averages {
		if regulation.Rate58(average, a.all).Rating == term.Rating {
			return true
		}
	}
	return false
}

// level compares the level of learning in the books with art. 9 of Circular 22/2021 or 43/2021, with the optional subjects and
// without them.
func (s *sheet) level(name string, a *assessment, term *student.Term) {
	if term.Rating == "" {
		return
	}
	out := regulation.Rate22(*s.levels, a.all)
	if out.Rating == "" || out.Rating == term.Rating || a.optional && regulation.Rate22(*s.levels, a.compulsory).Rating == term.Rating {
		return
	}
	s.foundAtMost(s.limit, levelOff, name+".rating", string(term.Rating), levelExplained(term.Rating, out))
	s.fix(levelOff, FixValue, string(out.Rating), false)
}
