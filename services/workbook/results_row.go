package workbook

import (
	"errors"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// results reads a row of a results sheet: one record for each part that the sheet is about.
func (l *line) results(code student.Code) []student.Record {
	parts := l.sheet.scope.parts
	base := student.Results{Code: code, Class: l.class(), SchoolYear: l.schoolYear(parts[0])}
	base.SchoolStudied = l.limited(fSchool, 120)
	base.Programme = l.programme(parts[0], base.SchoolYear)
	base.Specialised = l.specialised(base.Programme)
	base.ForeignLanguage = l.language()
	base.NotApplicable = l.limited(fNotApplicable, 200)
	if text := l.text(fSummer); text != "" {
		summer, ok := yes.read(text)
		if !ok {
			l.refuse(RuleYesNo, fSummer)
		}
		base.SummerTraining = summer
	}
	shared := l.refused
	var out []student.Record
	for _, part := range parts {
		before := l.refused
		r := base
		r.Part = part
		terms := termsOf(part, len(parts) == 2)
		r.Subjects = l.subjects(base.Programme, terms)
		for _, t := range terms {
			*termOf(&r, t) = l.term(t)
		}
		if empty(&r) && l.refused == before {
			continue
		}
		if !l.alone(code, part) || shared > 0 || l.refused > before {
			continue
		}
		out = append(out, student.Record{Part: part, Results: &r})
	}
	if len(out) == 0 && l.refused == 0 {
		l.refuse(RuleNoResults, fCode)
	}
	return out
}

// termsOf gives the terms that a part takes from a row; two parts share the row of a gradebook that has the
// whole of grade 12.
func termsOf(part student.Part, shared bool) []term {
	switch {
	case !shared:
		return allTerms
	case part == student.Results121:
		return allTerms[:1]
	}
	return allTerms[1:]
}

func termOf(r *student.Results, t term) *student.Term {
	return [...]*student.Term{nil, &r.Semester1, &r.Semester2, &r.Year, &r.BeforeRetake}[t]
}

func scoreOf(s *student.Subject, t term) *student.Score {
	return [...]*student.Score{nil, &s.Semester1, &s.Semester2, &s.Year, &s.YearBeforeRetake}[t]
}

func empty(r *student.Results) bool {
	return len(r.Subjects) == 0 && r.NotApplicable == "" && r.Semester1.Empty() && r.Semester2.Empty() && r.Year.Empty() && r.BeforeRetake.Empty()
}

func (l *line) class() string {
	if text := l.limited(fClass, 32); text != "" || has(l.sheet.simple, fClass) {
		return text
	}
	return l.sheet.scope.class
}

func (l *line) schoolYear(part student.Part) string {
	if text := l.text(fSchoolYear); text != "" {
		return schoolYear(text)
	}
	if l.sheet.scope.schoolYear != "" {
		return l.sheet.scope.schoolYear
	}
	return l.book.drive.SchoolYearOf(part.Grade())
}

// programme reads the pupil's programme; where the row does not say, the school's kind and the drive's
// regulations do.
func (l *line) programme(part student.Part, year string) student.Programme {
	if text := l.text(fProgramme); text != "" {
		p, ok := programmes.read(text)
		if !ok {
			l.refuse(RuleProgramme, fProgramme)
		}
		return p
	}
	d := l.book.drive
	if s, ok := d.School(l.book.options.School); ok && s.Kind == drive.GDTX {
		return student.Continuing
	}
	for _, p := range []student.Programme{student.Upper2006, student.Upper2018} {
		if _, ok := d.Regulation(part.Grade(), year, p); ok {
			return p
		}
	}
	return student.Upper2006
}

func (l *line) specialised(p student.Programme) string {
	text := l.text(fSpecialised)
	if text == "" {
		return ""
	}
	if code, ok := newHeaders(l.book.drive.Catalogue).subject(text, p); ok {
		return code
	}
	l.warn(RuleSubject, fSpecialised)
	return cut(text, 16)
}

func (l *line) language() string {
	text := l.text(fLanguage)
	if text == "" {
		if has(l.sheet.simple, fLanguage) {
			return ""
		}
		return l.sheet.results.language
	}
	if code, ok := languages.read(text); ok {
		return code
	}
	l.warn(RuleSubject, fLanguage)
	return student.Unread
}

func (l *line) subjects(p student.Programme, terms []term) []student.Subject {
	columns := l.sheet.results.subjects[p]
	var out []student.Subject
	for _, c := range columns {
		s := student.Subject{Code: c.code}
		any := false
		for _, t := range terms {
			if c.cols[t] < 0 {
				continue
			}
			text := l.at(c.cols[t])
			score, err := parseScore(text)
			if !l.readable(text, err, c.cols[t]) {
				continue
			}
			*scoreOf(&s, t) = score
			any = any || !score.Empty()
		}
		if any {
			if out == nil {
				out = make([]student.Subject, 0, len(columns))
			}
			out = append(out, s)
		}
	}
	return out
}

// readable notes what is wrong with a mark and reports whether it goes on: one out of range is for the rules to judge.
func (l *line) readable(text string, err error, col int) bool {
	switch {
	case errors.Is(err, student.ErrMarkRange):
		l.add(RuleMarkRange, col, false)
	case err != nil && isDateMark(text):
		l.add(RuleMarkDate, col, true)
		return false
	case err != nil:
		l.add(RuleMark, col, true)
		return false
	}
	return true
}

// term reads the summary of one term.
func (l *line) term(t term) student.Term {
	var out student.Term
	cell := func(f field) (string, int) {
		col, ok := l.sheet.results.summaries[at{f, t}]
		if !ok {
			return "", -1
		}
		text := l.at(col)
		if blankMarks[text] {
			return "", col
		}
		return text, col
	}
	if text, col := cell(fAverage); text != "" {
		m, err := parseMark(text)
		if l.readable(text, err, col) {
			out.Average = &m
		}
	}
	if text, col := cell(fRating); text != "" {
		v, ok := ratings.read(text)
		if !ok {
			l.add(RuleRating, col, true)
		}
		out.Rating = v
	}
	if text, col := cell(fConduct); text != "" {
		v, ok := conducts.read(text)
		switch {
		case ok:
			out.Conduct = v
		case isNotRated(text):
			out.ConductAbsent = student.NotRated
		default:
			l.add(RuleConduct, col, true)
		}
	}
	if text, _ := cell(fConductAbsent); text != "" {
		out.ConductAbsent = cut(text, 60)
	}
	return out
}
