package workbook

import (
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
)

// at is a summary of a term.
type at struct {
	field field
	term  term
}

// markColumn is a column of marks; which subject its text names depends on the pupil's programme.
type markColumn struct {
	col  int
	term term
	text string
}

// subjectColumns are the columns of one subject under one programme, by term; -1 where there is none.
type subjectColumns struct {
	code string
	cols [len4 + 1]int
}

const len4 = int(beforeRetake)

// resultColumns are the columns of a results sheet beside those of one value.
type resultColumns struct {
	marks     []markColumn
	summaries map[at]int
	subjects  map[student.Programme][]subjectColumns
	language  string    // that the header of the foreign language names, where no column has the pupil's
	odd       []Problem // warnings about columns that are not read
}

// arrangeResults finds the columns of marks and summaries, and what the sheet is about.
func (s *sheet) arrangeResults(titles [][]string, h headers) []Problem {
	var texts []string
	for _, row := range titles {
		for _, text := range row {
			if text != "" {
				texts = append(texts, text)
			}
		}
	}
	s.scope = scopeOf(s.name, texts)
	r := &resultColumns{summaries: map[at]int{}, subjects: map[student.Programme][]subjectColumns{}}
	s.results = r
	var problems []Problem
	if len(s.scope.parts) == 0 {
		problems = append(problems, s.headerProblem(RuleNoPart, 0))
	}
	for c, col := range s.header.columns {
		switch col.field {
		case fSubject, fAverage, fRating, fConduct, fConductAbsent:
		default:
			continue
		}
		if col.term == noTerm && len(s.scope.parts) == 1 && s.scope.parts[0] == student.Results121 {
			col.term = semester1
		}
		switch {
		case col.term == noTerm:
			r.warn(s, RuleNoTerm, c)
		case col.field == fSubject && !h.isSubject(col.subject):
			r.warn(s, RuleOddColumn, c)
		case col.field == fSubject:
			r.marks = append(r.marks, markColumn{c, col.term, col.subject})
			if lang, ok := languages.read(col.subject); ok {
				r.language = lang
			}
		default:
			if _, taken := r.summaries[at{col.field, col.term}]; taken {
				problems = append(problems, s.headerProblem(RuleTwoColumns, c))
			}
			r.summaries[at{col.field, col.term}] = c
		}
	}
	for _, p := range []student.Programme{student.Upper2006, student.Upper2018, student.Continuing} {
		var twice []int
		r.subjects[p], twice = resolveSubjects(r.marks, p, h)
		if p == student.Upper2006 {
			for _, c := range twice {
				problems = append(problems, s.headerProblem(RuleTwoColumns, c))
			}
		}
	}
	_, hasClass := s.simple[fClass]
	for _, missing := range []struct {
		is   bool
		text string
	}{{!has(s.simple, fCode), titleOf(fCode)}, {!hasClass && s.scope.class == "", titleOf(fClass)}} {
		if missing.is {
			p := s.headerProblem(RuleNoColumn, 0)
			p.Text = fault.Text{Vi: "Dòng tiêu đề thiếu cột \"" + missing.text + "\".", En: "The header lacks the column \"" + missing.text + "\"."}
			problems = append(problems, p)
		}
	}
	return problems
}

func has(m map[field]int, f field) bool { _, ok := m[f]; return ok }

func (r *resultColumns) warn(s *sheet, rule string, col int) {
	p := s.headerProblem(rule, col)
	p.Refused = false
	r.odd = append(r.odd, p)
}

// resolveSubjects groups the columns of marks by the subjects that they are under a programme, and tells the
// columns that repeat another.
func resolveSubjects(marks []markColumn, p student.Programme, h headers) (out []subjectColumns, twice []int) {
	place := map[string]int{}
	for _, m := range marks {
		code, ok := h.subject(m.text, p)
		if !ok {
			continue
		}
		i, ok := place[code]
		if !ok {
			i = len(out)
			place[code] = i
			out = append(out, subjectColumns{code: code, cols: [len4 + 1]int{-1, -1, -1, -1, -1}})
		}
		if out[i].cols[m.term] >= 0 {
			twice = append(twice, m.col)
			continue
		}
		out[i].cols[m.term] = m.col
	}
	return out, twice
}

func (r *resultColumns) locateSubject(code, name string) (int, bool) {
	for _, list := range r.subjects {
		for _, s := range list {
			if s.code != code {
				continue
			}
			for _, t := range allTerms {
				if c := s.cols[t]; c >= 0 && (name == "" || t.path() == name) {
					return c, true
				}
			}
		}
	}
	return 0, false
}
