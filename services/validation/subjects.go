package validation

import (
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/regulation"
)

// The terms of a year, as indexes.
const (
	semester1 = iota
	semester2
	year
)

var termFields = [3]string{"semester1", "semester2", "year"}

// line is one subject's line, with what the catalogue says of the subject.
type line struct {
	code      string
	values    [3]regulation.Value
	replaced  regulation.Value // the year value that a retake replaced
	scored    bool             // assessed by marks that count in the averages
	commented bool             // assessed by Đ or CĐ
	core      bool             // Toán, Ngữ văn or Ngoại ngữ
	required  bool             // every pupil of the programme has a mark in it
}

func (l *line) field(term int) string { return "subjects[" + l.code + "]." + termFields[term] }

// readSubjects looks every line up in the catalogue and takes those that can be judged.
func (s *sheet) readSubjects() {
	for i := range s.r.Subjects {
		in := &s.r.Subjects[i]
		subject, ok := s.drive.Catalogue.Subject(in.Code)
		if !ok {
			s.found(subjectUnknown, "subjects["+safe(in.Code)+"]", safe(in.Code), "")
			s.breakAll()
			continue
		}
		if p := s.r.Programme; p != "" && !subject.In(p) && in.Code != s.r.Specialised {
			s.found(subjectProgramme, "subjects["+in.Code+"]", in.Code, string(p))
		}
		if s.line(in.Code) != nil {
			s.found(subjectTwice, "subjects["+in.Code+"]", in.Code, "")
			s.breakAll()
			continue
		}
		s.lines = append(s.lines, line{
			code: in.Code,
			values: [3]regulation.Value{
				regulation.ValueOf(in.Semester1), regulation.ValueOf(in.Semester2), regulation.ValueOf(in.Year),
			},
			replaced:  regulation.ValueOf(in.YearBeforeRetake),
			scored:    subject.Assessment == drive.AssessedByScore,
			commented: subject.Assessment == drive.AssessedByComment,
			core:      subject.Core,
			required:  subject.Assessment == drive.AssessedByScore && subject.RequiredBy(s.r.Programme),
		})
		s.readValues(&s.lines[len(s.lines)-1])
	}
	if code := s.r.Specialised; code != "" {
		if _, ok := s.drive.Catalogue.Subject(code); !ok {
			s.found(subjectUnknown, "specialised_subject", safe(code), "")
		}
	}
}

func (s *sheet) breakAll() { s.broken = [3]bool{true, true, true} }

func (s *sheet) line(code string) *line {
	for i := range s.lines {
		if s.lines[i].code == code {
			return &s.lines[i]
		}
	}
	return nil
}

// readValues looks at each value by itself: a mark within the scale, in the way that the subject is assessed.
func (s *sheet) readValues(l *line) {
	for t := range l.values {
		if s.has[t] && !s.readValue(l, l.field, t, l.values[t]) {
			s.broken[t] = true
		}
	}
	if s.has[year] && l.replaced.Kind != regulation.Absent {
		beforeRetake := func(int) string { return "subjects[" + l.code + "].year_before_retake" }
		if !s.readValue(l, beforeRetake, year, l.replaced) {
			s.broken[year] = true
		}
	}
}

func (s *sheet) readValue(l *line, field func(int) string, t int, v regulation.Value) bool {
	switch {
	case v.Kind == regulation.Scored && !v.Mark.Valid():
		s.found(markRange, field(t), v.Mark.String(), "")
		if tenth := v.Mark / 10; tenth.Valid() && tenth > 10 && v.Mark%10 == 0 { // 85 for 8.5
			s.fix(markRange, FixValue, tenth.String(), false)
		}
	case v.Kind == regulation.Scored && l.commented:
		s.found(scoreKind, field(t), "score", "comment")
	case v.Kind == regulation.Commented && l.scored:
		s.found(scoreKind, field(t), "comment", "score")
	default:
		return true
	}
	return false
}

// requiredSubjects looks for the marks that every pupil of the programme has who is not exempt. A commented
// subject that is not there is no fault: the dispatch asks for scored subjects.
func (s *sheet) requiredSubjects() {
	subjects := s.drive.Catalogue.Subjects()
	for i := range subjects {
		subject := &subjects[i]
		if subject.Assessment != drive.AssessedByScore || !subject.RequiredBy(s.r.Programme) {
			continue
		}
		if l := s.line(subject.Code); l != nil {
			s.requiredValues(l)
			continue
		}
		s.foundAtMost(s.complete, resultsRequired, "subjects["+subject.Code+"]", "", "")
		s.breakAll()
	}
}

// requiredValues looks at the values of a compulsory subject: the year's and those of the semesters that it
// is made of. A pupil exempt in every semester has no year value.
func (s *sheet) requiredValues(l *line) {
	absent := func(t int) bool { return s.has[t] && l.values[t].Kind == regulation.Absent }
	exempt := func(t int) bool { return !s.has[t] || l.values[t].Kind == regulation.Exempt }
	switch {
	case !s.has[year]:
		if absent(semester1) {
			s.miss(resultsRequired, l, semester1)
		}
	case l.values[year].Kind == regulation.Exempt:
	case l.values[year].Kind != regulation.Absent:
		for _, t := range [...]int{semester1, semester2} {
			if absent(t) {
				s.miss(termMissing, l, t)
			}
		}
	case !exempt(semester1) || !exempt(semester2):
		s.miss(resultsRequired, l, year)
		for _, t := range [...]int{semester1, semester2} {
			s.broken[t] = s.broken[t] || absent(t)
		}
	}
}

func (s *sheet) miss(r *Rule, l *line, t int) {
	s.foundAtMost(s.complete, r, l.field(t), "", "")
	s.broken[t] = true
}
