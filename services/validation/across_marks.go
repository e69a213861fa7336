package validation

import (
	"cmp"
	"slices"

	"github.com/rasoat/rasoat/services/regulation"
	"github.com/rasoat/rasoat/services/student"
)

// marks looks at the columns of one results part.
func (a *across) marks(part student.Part, rows []int) {
	if len(rows) < leastRun {
		return
	}
	lines := a.columns(rows)
	codes := make([]string, 0, len(lines))
	for code := range lines {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	classes := a.classes(rows)
	for _, code := range codes {
		column := lines[code]
		if part == student.Results10 || part == student.Results11 {
			a.marksShift(code, column, rows)
		}
		for _, class := range classes {
			a.copied(code, column, rows, class)
		}
	}
	a.proportion(rows, classes)
}

// columns returns the lines of each subject, one a row; an empty line where the row has none.
func (a *across) columns(rows []int) map[string][]student.Subject {
	lines := map[string][]student.Subject{}
	for at, i := range rows {
		for _, s := range a.records[i].Results.Subjects {
			if lines[s.Code] == nil {
				lines[s.Code] = make([]student.Subject, len(rows))
			}
			lines[s.Code][at] = s
		}
	}
	return lines
}

// class is a run of rows of one class.
type class struct {
	name     string
	from, to int
}

func (a *across) classes(rows []int) []class {
	var out []class
	for at, i := range rows {
		name := a.records[i].Results.Class
		if n := len(out); n > 0 && out[n-1].name == name {
			out[n-1].to = at + 1
			continue
		}
		out = append(out, class{name, at, at + 1})
	}
	return out
}

// marksShift looks for a column of a subject that was moved by one row: with the neighbour's value in its place, the year mark is
// what the semesters give.
func (a *across) marksShift(code string, column []student.Subject, rows []int) {
	for _, term := range [...]string{"year", "semester1", "semester2"} {
		// agrees asks whether the value that stands in row i belongs to row at.
		agrees := func(i, at int) (bool, bool) {
			line, moved := column[at], column[i]
			*scoreOf(&line, term) = *scoreOf(&moved, term)
			agrees, known := yearAgrees(line)
			return agrees, known && a.records[rows[i]].Results.Class == a.records[rows[at]].Results.Class
		}
		for _, by := range [...]int{1, -1} {
			shift(len(column), by, func(i int) (bool, bool) { return agrees(i, i) }, agrees, func(i int) {
				a.note(rows[i], marksShifted, "subjects["+code+"]."+term, rowWords(by), "")
			})
		}
	}
}

func yearAgrees(s student.Subject) (agrees, known bool) {
	if s.Semester1.Mark == nil || s.Semester2.Mark == nil || s.Year.Mark == nil || !s.YearBeforeRetake.Empty() {
		return false, false
	}
	expected, ok := regulation.YearValue(regulation.ValueOf(s.Semester1), regulation.ValueOf(s.Semester2))
	return expected.Mark == *s.Year.Mark, ok
}

// copied looks for a column of a class that is the same as the other semester's, or the same in every row.
func (a *across) copied(code string, column []student.Subject, rows []int, c class) {
	if c.to-c.from < leastClass {
		return
	}
	same, pairs := true, 0
	distinct := map[student.Mark]bool{}
	for at := c.from; at < c.to; at++ {
		first, second := column[at].Semester1.Mark, column[at].Semester2.Mark
		if first == nil || second == nil {
			continue
		}
		pairs++
		same = same && *first == *second
		distinct[*first] = true
	}
	if same && pairs >= leastClass && len(distinct) > 1 {
		for at := c.from; at < c.to; at++ {
			if column[at].Semester2.Mark != nil {
				a.note(rows[at], marksCopied, "subjects["+code+"].semester2", "", "")
			}
		}
	}
	for _, term := range [...]string{"semester1", "semester2"} {
		a.constant(code, term, column, rows, c)
	}
}

// constant looks for one mark all the way down a class.
func (a *across) constant(code, term string, column []student.Subject, rows []int, c class) {
	var mark *student.Mark
	n := 0
	for at := c.from; at < c.to; at++ {
		m := scoreOf(&column[at], term).Mark
		if m == nil {
			continue
		}
		if mark != nil && *mark != *m {
			return
		}
		mark = m
		n++
	}
	if n < leastClass {
		return
	}
	for at := c.from; at < c.to; at++ {
		if scoreOf(&column[at], term).Mark != nil {
			a.note(rows[at], marksConstant, "subjects["+code+"]."+term, mark.String(), "")
		}
	}
}

// How far the mean of a class must be from the other classes of the school, in tenths, and how many classes there must be to say so.
const (
	farOff      = 15
	leastOthers = 3
)

// proportion compares the mean of a class's averages with those of the school's other classes: with the median, and with how far the
// middle half of them is apart.
func (a *across) proportion(rows []int, classes []class) {
	for _, term := range [...]string{"semester1", "semester2", "year"} {
		type mean struct {
			class
			tenths int
		}
		var means []mean
		for _, c := range classes {
			sum, n := 0, 0
			for at := c.from; at < c.to; at++ {
				if t := termOf(a.records[rows[at]].Results, term); t.Average != nil && t.Average.Valid() {
					sum += int(*t.Average)
					n++
				}
			}
			if n >= leastClass {
				means = append(means, mean{c, student.RoundHalfUp(sum, n)})
			}
		}
		if len(means) <= leastOthers {
			continue
		}
		slices.SortFunc(means, func(x, y mean) int { return cmp.Or(cmp.Compare(x.tenths, y.tenths), cmp.Compare(x.from, y.from)) })
		middle := means[len(means)/2].tenths
		for at, m := range means {
			others := slices.Delete(slices.Clone(means), at, at+1)
			spread := others[3*len(others)/4].tenths - others[len(others)/4].tenths
			if off := max(m.tenths-middle, middle-m.tenths); off >= farOff && off > 3*spread {
				a.note(rows[m.from], classProportion, term+".average_tenths", student.Mark(m.tenths).String(), student.Mark(middle).String())
			}
		}
	}
}
