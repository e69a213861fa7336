package sandbox

import (
	"github.com/rasoat/rasoat/services/regulation"
	"github.com/rasoat/rasoat/services/student"
)

// A wrong mark or average is wrong by at least this, in tenths: less may be how an old programme rounded.
const (
	leastWrong = 3
	mostWrong  = 9
)

// spoils reports whether the results of the pupil can have the fault, and names the part.
func (n *Nation) spoils(f *Fault, c *class, b birth) bool {
	results := n.results(f.Pupil, c, b, "")
	part, ok := n.spoil(f, &results)
	f.Part = part
	return ok
}

// spoil puts the fault into results, always the same one for a pupil; false when they cannot have it.
func (n *Nation) spoil(f *Fault, results *[4]student.Results) (student.Part, bool) {
	d := n.dice(streamMend, f.Pupil)
	r := &results[d.below(len(results))]
	if !r.BeforeRetake.Empty() {
		return r.Part, false
	}
	switch f.Kind {
	case MarkRange:
		spoilMark(r, &d)
	case YearMarkWrong:
		return r.Part, r.Part != student.Results121 && spoilYearMark(r, &d)
	case AverageWrong:
		return r.Part, spoilAverage(r, &d)
	case RatingWrong:
		spoilRating(drawTerm(r, &d).term, &d)
	}
	return r.Part, true
}

// spoilMark writes ten times the mark, or 10.5, for a semester's mark.
func spoilMark(r *student.Results, d *dice) {
	s := drawSubject(r, d)
	score := s.Semester1
	if score.Mark == nil {
		score = s.Semester2
	}
	if *score.Mark *= 10; d.in(1, 4) {
		*score.Mark = 105
	}
}

// spoilYearMark changes the year mark of a subject; the average and the rating follow it, as they do in a school's
// books.
func spoilYearMark(r *student.Results, d *dice) bool {
	s := drawSubject(r, d)
	wrong, ok := off(*s.Year.Mark, d)
	if !ok {
		return false
	}
	*s.Year.Mark = wrong
	subjects := valuesOf(r, yearOf)
	average, _ := regulation.AverageOf(subjects)
	*r.Year.Average, r.Year.Rating = average, regulation.Rate58(average, subjects).Rating
	return true
}

// spoilAverage changes the average of a term where that leaves the rating as it is.
func spoilAverage(r *student.Results, d *dice) bool {
	t := drawTerm(r, d)
	wrong, ok := off(*t.term.Average, d)
	if !ok || regulation.Rate58(wrong, valuesOf(r, t.value)).Rating != t.term.Rating {
		return false
	}
	*t.term.Average = wrong
	return true
}

// spoilRating gives a term the rating of the next level up or down.
func spoilRating(t *student.Term, d *dice) {
	levels := [...]student.Rating{student.Excellent, student.Good, student.Average, student.Weak, student.Poor}
	at := 0
	for levels[at] != t.Rating {
		at++
	}
	switch {
	case at == 0:
		at = 1
	case at == len(levels)-1 || d.in(2, 3):
		at--
	default:
		at++
	}
	t.Rating = levels[at]
}

// off returns a mark that is wrong by more than rounding.
func off(m student.Mark, d *dice) (student.Mark, bool) {
	by := student.Mark(d.between(leastWrong, mostWrong))
	if d.in(1, 2) {
		by = -by
	}
	return m + by, (m + by).Valid()
}

// drawSubject draws a scored subject.
func drawSubject(r *student.Results, d *dice) *student.Subject {
	for {
		s := &r.Subjects[d.below(len(r.Subjects))]
		if s.Semester1.Mark != nil || s.Semester2.Mark != nil {
			return s
		}
	}
}

// termOf is a term's summary with the values that it summarises.
type termOf struct {
	term  *student.Term
	value func(*student.Subject) student.Score
}

func firstOf(s *student.Subject) student.Score  { return s.Semester1 }
func secondOf(s *student.Subject) student.Score { return s.Semester2 }
func yearOf(s *student.Subject) student.Score   { return s.Year }

// drawTerm draws a term that the part has.
func drawTerm(r *student.Results, d *dice) termOf {
	terms := []termOf{{&r.Semester1, firstOf}, {&r.Semester2, secondOf}, {&r.Year, yearOf}}
	for {
		if t := terms[d.below(len(terms))]; !t.term.Empty() {
			return t
		}
	}
}

// valuesOf returns the values of one term as the regulation takes them.
func valuesOf(r *student.Results, value func(*student.Subject) student.Score) []regulation.Subject {
	subjects := make([]regulation.Subject, 0, len(r.Subjects))
	for i := range r.Subjects {
		s := &r.Subjects[i]
		core := s.Code == "TOAN" || s.Code == "NGUVAN" || s.Code == "NGOAINGU"
		subjects = append(subjects, regulation.Subject{
			Code: s.Code, Value: regulation.ValueOf(value(s)), Core: core, Specialised: s.Code == r.Specialised,
		})
	}
	return subjects
}
