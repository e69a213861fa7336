package sandbox

import (
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/regulation"
	"github.com/rasoat/rasoat/services/student"
)

// resultsParts are the results parts in order.
var resultsParts = [4]student.Part{student.Results10, student.Results11, student.Results121, student.Results122}

// arena is where the marks and lines of one pupil lie together.
type arena struct {
	marks []student.Mark
	lines []student.Subject
}

// newArena has room for three years of lines in four parts: three marks a line, and three averages a year.
func newArena(lines int) *arena {
	return &arena{marks: make([]student.Mark, 0, 3*(3*lines+6)), lines: make([]student.Subject, 0, 4*lines)}
}

func (a *arena) mark(m student.Mark) *student.Mark {
	a.marks = append(a.marks, m)
	return &a.marks[len(a.marks)-1]
}

func (a *arena) score(v regulation.Value) student.Score {
	switch v.Kind {
	case regulation.Scored:
		return student.Score{Mark: a.mark(v.Mark)}
	case regulation.Commented:
		return student.Score{Comment: v.Comment}
	case regulation.Exempt:
		return student.Score{Exempt: true}
	}
	return student.Score{}
}

// results makes the true results of pupil i: one for each of resultsParts.
func (n *Nation) results(i int, c *class, b birth, code student.Code) [4]student.Results {
	s := &n.schools[c.school]
	g := n.gifts(i, c, b)
	programme, lines := student.Upper2006, len(upper2006)
	if s.Kind == drive.GDTX {
		programme, lines = student.Continuing, len(continuing)
	}
	a := newArena(lines)
	var out [4]student.Results
	for at, part := range resultsParts {
		out[at] = student.Results{
			Code: code, Class: c.name, Part: part, SchoolYear: n.years[part.Grade()-10], Programme: programme,
			SchoolStudied: s.Code, Specialised: c.subject, ForeignLanguage: c.language,
		}
	}
	if g.elsewhere != c.school {
		out[0].SchoolStudied = n.schools[g.elsewhere].Name
	}
	for grade := 10; grade <= 12; grade++ {
		r := n.report(i, grade, c, &g)
		if grade < 12 {
			r.fill(a, &out[grade-10], true, true)
			continue
		}
		r.fill(a, &out[2], true, false)
		r.fill(a, &out[3], false, true)
	}
	return out
}

// fill writes a year's report into a results part: the first semester, or the second and the year, or all.
func (r *report) fill(a *arena, out *student.Results, first, rest bool) {
	from := len(a.lines)
	for j, l := range r.lines {
		line := student.Subject{Code: l.code}
		if first {
			line.Semester1 = a.score(r.first[j])
		}
		if rest {
			line.Semester2, line.Year = a.score(r.second[j]), a.score(r.year[j])
			if j == r.replaced {
				line.YearBeforeRetake = a.score(r.before)
			}
		}
		if r.first[j].Kind != regulation.Absent {
			a.lines = append(a.lines, line)
		}
	}
	out.Subjects = a.lines[from:len(a.lines):len(a.lines)]
	if first {
		out.Semester1 = r.term(a, &r.first, r.conduct[0])
	}
	if rest {
		out.Semester2, out.Year = r.term(a, &r.second, r.conduct[1]), r.term(a, &r.year, r.conduct[2])
		if r.replaced >= 0 {
			before := r.year
			before[r.replaced] = r.before
			out.BeforeRetake = r.term(a, &before, r.conduct[2])
		}
	}
}

func (r *report) term(a *arena, values *[maxLines]regulation.Value, conduct student.Conduct) student.Term {
	average, rating := r.rate(values)
	t := student.Term{Average: a.mark(average), Rating: rating, Conduct: conduct}
	if conduct == "" {
		t.ConductAbsent = student.NotRated
	}
	return t
}
