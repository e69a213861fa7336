package workbook

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
	"github.com/xuri/excelize/v2"
)

// Result is a row of a results workbook; the name is for people and is not read back.
type Result struct {
	student.Results
	FullName student.Name
}

// WriteResults writes a results workbook: a sheet for each class and part, "12A1 L10", with the subjects in
// the order of a report card. It fails with Invalid on a value that no cell can hold: a score that is both
// a mark and something else.
func WriteResults(w io.Writer, d *drive.Drive, results []Result) error {
	return write("workbook.write_results", w, func(f *excelize.File, s styles) error {
		names := map[string]bool{}
		for _, group := range groups(results) {
			t := newTable(d, group)
			sheet, err := newSheetWriter(f, sheetNameOf(group[0].Class, group[0].Part, names), s)
			if err != nil {
				return err
			}
			if err := t.write(sheet); err != nil {
				return err
			}
			if err := sheet.Flush(); err != nil {
				return err
			}
		}
		return nil
	})
}

// groups sorts results into sheets: by class in the order in which classes come, then by part.
func groups(results []Result) [][]*Result {
	type at struct {
		class string
		part  student.Part
	}
	var classes []string
	sheets := map[at][]*Result{}
	known := map[string]bool{}
	for i := range results {
		r := &results[i]
		if !known[r.Class] {
			known[r.Class] = true
			classes = append(classes, r.Class)
		}
		sheets[at{r.Class, r.Part}] = append(sheets[at{r.Class, r.Part}], r)
	}
	var out [][]*Result
	for _, class := range classes {
		for _, part := range student.Parts {
			if group := sheets[at{class, part}]; len(group) > 0 && part.Kind() == student.KindResults {
				out = append(out, group)
			}
		}
	}
	return out
}

// sheetNameOf names a sheet so that its part can be read back; a class whose name no sheet may have is
// shortened, and stands in full in its column.
func sheetNameOf(class string, part student.Part, taken map[string]bool) string {
	const limit = 31
	label := " " + partLabels[part]
	class = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return '-'
		}
		return r
	}, class), " ")
	name := cut(class, limit-len(label)) + label
	for n := 2; taken[strings.ToLower(name)]; n++ {
		suffix := label + "~" + strconv.Itoa(n)
		name = cut(class, limit-len(suffix)) + suffix
	}
	taken[strings.ToLower(name)] = true
	return name
}

// table is a sheet of results before it is written.
type table struct {
	drive     *drive.Drive
	rows      []*Result
	year      string
	subjects  []string            // codes in order
	headers   []string            // of the subjects
	terms     [][]term            // of each subject
	summaries [][]term            // of each of the list summaries
	base      []term              // that every sheet of the part has
	taught    []student.Programme // every programme of its rows
}

func newTable(d *drive.Drive, rows []*Result) *table {
	part := rows[0].Part
	t := &table{drive: d, rows: rows, year: d.SchoolYearOf(part.Grade())}
	switch part {
	case student.Results121:
		t.base = allTerms[:1]
	case student.Results122:
		t.base = allTerms[1:3]
	default:
		t.base = allTerms[:3]
	}
	used := map[string][]term{}
	for _, r := range rows {
		if !slices.Contains(t.taught, r.Programme) {
			t.taught = append(t.taught, r.Programme)
		}
		for i := range r.Subjects {
			s := &r.Subjects[i]
			used[s.Code] = append(used[s.Code], t.base...)
			for _, at := range allTerms {
				if !scoreOf(s, at).Empty() {
					used[s.Code] = append(used[s.Code], at)
				}
			}
			used[s.Code] = unique(used[s.Code])
		}
	}
	for code := range used {
		t.subjects = append(t.subjects, code)
	}
	order := map[string]int{}
	for i, s := range d.Catalogue.Subjects() {
		order[s.Code] = i - 1000
	}
	slices.SortFunc(t.subjects, func(a, b string) int {
		if order[a] != order[b] {
			return order[a] - order[b]
		}
		return strings.Compare(a, b)
	})
	for _, code := range t.subjects {
		t.terms = append(t.terms, used[code])
		t.headers = append(t.headers, subjectHeader(d, code, t.taught))
	}
	t.summaries = t.usedSummaries()
	return t
}

func unique(terms []term) []term {
	slices.Sort(terms)
	return slices.Compact(terms)
}

// usedSummaries returns the terms of each summary; reasons for no conduct rating have columns only where there
// are some.
func (t *table) usedSummaries() [][]term {
	out := make([][]term, len(summaries))
	for i, s := range summaries {
		if s.field != fConductAbsent {
			out[i] = append(out[i], t.base...)
		}
		for _, r := range t.rows {
			for _, at := range allTerms {
				if v := summaryOf(termOf(&r.Results, at), s.field); v != nil {
					out[i] = append(out[i], at)
				}
			}
			out[i] = unique(out[i])
		}
	}
	return out
}

// summaryOf returns the cell of a summary; nil when it is empty.
func summaryOf(t *student.Term, f field) any {
	switch f {
	case fAverage:
		if t.Average != nil {
			return float64(*t.Average) / 10
		}
	case fRating:
		return orNil(ratings.write(t.Rating))
	case fConduct:
		return orNil(conducts.write(t.Conduct))
	case fConductAbsent:
		return orNil(t.ConductAbsent)
	}
	return nil
}

// scoreCell returns the cell of a score.
func scoreCell(s *student.Score) (any, error) {
	kinds := 0
	var cell any
	if s.Mark != nil {
		cell = float64(*s.Mark) / 10
		kinds++
	}
	if s.Comment != "" {
		cell = comments.write(s.Comment)
		kinds++
	}
	if s.Exempt {
		cell = exempt.write(true)
		kinds++
	}
	if kinds > 1 {
		return nil, fault.New(fault.Invalid, "workbook.write_results",
			"Một ô điểm chỉ chứa một trong: điểm, Đ/CĐ, Miễn.", "a cell holds one of a mark, Đ or CĐ, and Miễn")
	}
	return cell, nil
}

// subjectHeader names a subject so that every programme of the sheet reads the same subject from it.
func subjectHeader(d *drive.Drive, code string, taught []student.Programme) string {
	s, ok := d.Catalogue.Subject(code)
	for _, p := range taught {
		got, found := newHeaders(d.Catalogue).subject(s.Name, p)
		ok = ok && found && got == code
	}
	if ok {
		return s.Name
	}
	return codePrefix + code
}
