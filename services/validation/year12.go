package validation

import (
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/regulation"
	"github.com/rasoat/rasoat/services/student"
)

// CheckYear12 judges what parts results/12/1 and results/12/2 say together: the year marks of grade 12
// against both semesters, and a year mark whose first semester is missing. What can be seen in one part is
// not told again. The average of the year is made of year marks alone (Circular 58/2011, art. 11), so the
// second part's own check covers it.
func CheckYear12(d *drive.Drive, first, second student.Results) []Finding {
	if first.NotApplicable != "" || second.NotApplicable != "" {
		return nil
	}
	s := newSheet(&judge{drive: d}, &second)
	s.regulation()
	defer s.release()
	s.readSubjects()
	j := judge{drive: d}
	s.judge = &j // what was found so far stands in the part's own verdict
	for i := range s.lines {
		l := &s.lines[i]
		var before regulation.Value
		if in, ok := first.Subject(l.code); ok {
			before = regulation.ValueOf(in.Semester1)
		}
		s.yearAcross(l, before)
	}
	for i := range j.findings {
		code, _, _ := splitSubject(j.findings[i].Field)
		j.findings[i].Values = acrossTerms(first, second, code)
	}
	return j.findings
}

// acrossTerms returns the values of a subject's line in both halves.
func acrossTerms(first, second student.Results, code string) Values {
	var w valueWriter
	w.put(code)
	for _, r := range []*student.Results{&first, &second} {
		w.head(r)
		if s, ok := r.Subject(code); ok {
			w.line(&s)
		}
	}
	return Values(w.b.String())
}

func (s *sheet) yearAcross(l *line, before regulation.Value) {
	value := l.values[year].Kind
	switch {
	case before.Kind == regulation.Absent && l.required && value != regulation.Absent && value != regulation.Exempt:
		s.miss(termMissing, l, semester1)
	case value == regulation.Absent && l.required && l.values[semester2].Kind == regulation.Exempt && before.Kind == regulation.Scored:
		s.miss(resultsRequired, l, year) // exempt in one semester: the other one's result is the year's
	default:
		s.yearValue(l, before)
	}
}
