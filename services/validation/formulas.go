package validation

import (
	"slices"

	"github.com/rasoat/rasoat/services/regulation"
	"github.com/rasoat/rasoat/services/student"
)

// yearValue compares a line's year value, before any retake, with what its semesters give.
func (s *sheet) yearValue(l *line, first regulation.Value) {
	reported := regulation.BeforeRetake(l.values[year], l.replaced)
	if s.code == "" || !l.scored && !l.commented || reported.Kind == regulation.Absent {
		return
	}
	second := l.values[semester2]
	expected, ok := regulation.YearValue(first, second)
	if !ok || !sound(first) || !sound(second) || !sound(reported) {
		return
	}
	both := func(k regulation.Kind) bool { return expected.Kind == k && reported.Kind == k }
	switch {
	case !l.scored:
		if both(regulation.Commented) && expected.Comment != reported.Comment {
			s.foundAtMost(s.limit, yearComment, l.field(year), string(reported.Comment), string(expected.Comment))
			s.fix(yearComment, FixValue, string(expected.Comment), false)
		}
	case expected.Kind == regulation.Commented || reported.Kind == regulation.Commented:
		// A comment in a scored subject is named by a rule of its own.
	case both(regulation.Scored):
		if reported.Mark != expected.Mark {
			s.compare(yearMark, yearMarkRounding, s.limit, l.field(year), reported.Mark, expected.Mark)
		}
	case expected.Kind != reported.Kind:
		if s.foundAtMost(s.limit, yearMark, l.field(year), told(reported), told(expected)) {
			s.broken[year] = true
		}
	}
}

// sound reports a value that can be computed with.
func sound(v regulation.Value) bool { return v.Kind != regulation.Scored || v.Mark.Valid() }

// compare notes a difference of 0.1, which the rounding of hidden digits can make, by one rule, and a
// larger one by another.
func (s *sheet) compare(large, small *Rule, limit Severity, field string, reported, expected student.Mark) {
	if off := reported - expected; off == 1 || off == -1 {
		s.foundAtMost(limit, small, field, reported.String(), expected.String())
		s.fix(small, FixValue, expected.String(), false)
	} else if s.foundAtMost(limit, large, field, reported.String(), expected.String()) {
		s.fix(large, FixValue, expected.String(), false)
		s.broken[year] = s.broken[year] || large == yearMark // the average would only say so again
	}
}

func told(v regulation.Value) string {
	switch v.Kind {
	case regulation.Scored:
		return v.Mark.String()
	case regulation.Exempt:
		return "exempt"
	}
	return ""
}

// summary looks at the average, the rating and the conduct rating of a term that the part holds.
func (s *sheet) summary(t int, term *student.Term) {
	if !s.has[t] {
		return
	}
	field := termFields[t]
	if s.regulated && term.Average == nil {
		s.foundAtMost(s.complete, resultsRequired, field+".average_tenths", "", "")
	}
	if s.code != "" && term.Rating == "" {
		s.foundAtMost(s.complete, resultsRequired, field+".rating", "", "")
	}
	s.conduct(field, term)
	if !s.scale(field, term) {
		return
	}
	if s.levels != nil && term.Average != nil {
		s.found(averageUnknown, field+".average_tenths", "", "")
	}
	if term.Average != nil && !term.Average.Valid() {
		s.found(markRange, field+".average_tenths", term.Average.String(), "")
		return
	}
	s.computed(field, s.broken[t], term, func(l *line) regulation.Value { return l.values[t] })
}

// scales are the levels of each family of regulations.
var (
	ratings22  = []student.Rating{student.VeryGood, student.Good, student.RatingPassed, student.RatingNotPassed}
	conducts58 = []student.Conduct{student.ConductGood, student.ConductFair, student.ConductAverage, student.ConductWeak}
	conducts22 = []student.Conduct{student.ConductGood, student.ConductFair, student.ConductPassed, student.ConductNotPassed}
)

// scale reports whether rating and conduct rating are levels of the regulation.
func (s *sheet) scale(field string, term *student.Term) bool {
	ratings, conducts := ratings58, conducts58
	switch {
	case s.code == "":
		return true
	case s.levels != nil:
		ratings, conducts = ratings22, conducts22
	}
	ok := true
	if term.Rating != "" && !slices.Contains(ratings, term.Rating) {
		s.found(ratingScale, field+".rating", string(term.Rating), "")
		ok = false
	}
	if term.Conduct != "" && !slices.Contains(conducts, term.Conduct) {
		s.found(ratingScale, field+".conduct", string(term.Conduct), "")
		ok = false
	}
	return ok
}

// conduct looks for the conduct rating. Learners of continuing education beside work or by themselves have none.
func (s *sheet) conduct(field string, term *student.Term) {
	switch {
	case term.Conduct != "":
	case !hasWords(term.ConductAbsent):
		s.foundAtMost(s.complete, conductRequired, field+".conduct", "", "")
	case s.r.Programme != "" && s.r.Programme != student.Continuing:
		s.found(conductKind, field+".conduct", "", "")
	}
}

// beforeRetake looks at the year's summary that a retake replaced, by the values before it.
func (s *sheet) beforeRetake() {
	term := &s.r.BeforeRetake
	if !s.has[year] || term.Empty() || term.Average != nil && !term.Average.Valid() {
		return
	}
	s.computed("year_before_retake", s.broken[year], term, func(l *line) regulation.Value {
		return regulation.BeforeRetake(l.values[year], l.replaced)
	})
}

// computed compares a term's average and rating with its subjects. It is silent where a subject's fault has
// been named.
func (s *sheet) computed(field string, broken bool, term *student.Term, value func(*line) regulation.Value) {
	if s.code == "" || broken || term.Average == nil && term.Rating == "" {
		return
	}
	a := assessment{all: s.scratch.all[:0], compulsory: s.scratch.compulsory[:0]}
	special := s.specialised()
	for i := range s.lines {
		l := &s.lines[i]
		if !l.scored && !l.commented {
			continue
		}
		a.add(l, value(l), special)
	}
	if s.levels != nil {
		s.level(field, &a, term)
		return
	}
	mean, ok := regulation.AverageOf(a.all)
	if !ok {
		return
	}
	if term.Average != nil {
		s.average(field, &a, *term.Average, mean)
	}
	if term.Rating != "" {
		s.rating(field, &a, term, mean)
	}
}
