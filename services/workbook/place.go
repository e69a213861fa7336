package workbook

import (
	"regexp"
	"strings"
)

// Place is a row of a sheet; Number counts from 1, as people see it. It is small, and may be kept.
type Place struct {
	sheet  *sheet
	Number int
}

// Sheet is the name of the sheet.
func (p Place) Sheet() string {
	if p.sheet == nil {
		return ""
	}
	return p.sheet.name
}

var subjectPath = regexp.MustCompile(`^subjects\[([A-Z0-9]+)\](?:\.(\w+))?`)

// Locate returns the cell that a path of the contract points to: "profile.date_of_birth" of this row is
// "DANH MUC!E17", "results.subjects[TOAN].year" is "12A1 L10!G17". What is missing stands in the cell where it should be. What
// the sheet has no column for is said of the pupil's code.
func (p Place) Locate(path string) string {
	if p.sheet == nil {
		return ""
	}
	col, ok := p.sheet.locate(path)
	if !ok {
		col = p.sheet.simple[fCode]
	}
	return cellName(p.sheet.name, col, p.Number)
}

func (s *sheet) locate(path string) (int, bool) {
	fields := pathFields(path)
	for _, f := range fields {
		if col, ok := s.simple[f]; ok {
			return col, true
		}
	}
	if len(fields) > 0 {
		return 0, false
	}
	rest, ok := strings.CutPrefix(path, "results.")
	if !ok || s.results == nil {
		return 0, false
	}
	if m := subjectPath.FindStringSubmatch(rest); m != nil {
		return s.results.locateSubject(m[1], m[2])
	}
	name, rest, _ := strings.Cut(rest, ".")
	best := -1
	for at, col := range s.results.summaries {
		if at.term.path() == name && (rest == "" || rest == summaryPath(at.field)) {
			if best < 0 || col < best {
				best = col
			}
		}
	}
	return best, best >= 0
}

func summaryPath(f field) string {
	for _, t := range summaries {
		if t.field == f {
			return t.path
		}
	}
	return ""
}
