package workbook

import (
	"slices"
	"strings"

	"github.com/rasoat/rasoat/services/student"
)

// partOf is one part of one pupil.
type partOf struct {
	code string
	part student.Part
}

// rowCount finds which rows give the same part of the same pupil.
type rowCount struct {
	first map[partOf]Place
	twice map[partOf][]Place
}

// count walks the rows once before any is yielded: of two rows of one pupil nobody but the school knows which is right, and neither may go
// on. What cannot be read to its end is met again by the pass that yields.
func (b *Book) count() {
	if b.twice != nil {
		return
	}
	counting := &rowCount{map[partOf]Place{}, map[partOf][]Place{}}
	b.twice = counting.twice
	for _, s := range b.sheets {
		for _, err := range b.sheetRows(s, &reader{b, counting}) {
			if err != nil {
				return
			}
		}
	}
}

// alone reports whether no other row of the file gives this part of this pupil. Otherwise it refuses the row and names each of them.
func (l *line) alone(code student.Code, part student.Part) bool {
	at := partOf{code.Reveal(), part}
	if c := l.counting; c != nil {
		here := Place{sheet: l.sheet, Number: l.number}
		first, known := c.first[at]
		switch {
		case !known:
			c.first[at] = here
		case c.twice[at] == nil:
			c.twice[at] = []Place{first, here}
		default:
			c.twice[at] = append(c.twice[at], here)
		}
		return true
	}
	rows := l.book.twice[at]
	if len(rows) == 0 {
		return true
	}
	p := about(RuleRowTwice, cellName(l.sheet.name, l.sheet.simple[fCode], l.number), true)
	var cells []string
	for _, row := range rows[:min(len(rows), mostNamed)] {
		cells = append(cells, row.Locate(""))
	}
	if len(rows) > mostNamed {
		cells = append(cells, "…")
	}
	list := ": " + strings.Join(cells, ", ") + "."
	p.Text.Vi, p.Text.En = strings.TrimSuffix(p.Text.Vi, ".")+list, strings.TrimSuffix(p.Text.En, ".")+list
	if !slices.Contains(l.problems, p) { // a row of two parts says it once
		l.problems = append(l.problems, p)
	}
	l.refused++
	return false
}

// mostNamed is how many rows of one pupil are named.
const mostNamed = 6
