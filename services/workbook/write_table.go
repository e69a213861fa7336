package workbook

import (
	"strings"

	"github.com/xuri/excelize/v2"
)

// lead and tail are the columns of one value before and behind the marks.
var (
	lead = []field{fRowNo, fClass, fCode, fName}
	tail = []field{fSchoolYear, fSchool, fProgramme, fSpecialised, fLanguage, fSummer, fNotApplicable}
)

// write writes the sheet: two rows of titles, a header of two rows with merged cells, then the pupils.
func (t *table) write(w *sheetWriter) error {
	for _, size := range []struct {
		col   int
		width float64
	}{{2, 10}, {3, 16}, {4, 28}} {
		if err := w.SetColWidth(size.col, size.col, size.width); err != nil {
			return err
		}
	}
	if err := w.SetColStyle(3, 3, w.styles.text); err != nil {
		return err
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, XSplit: 4, YSplit: 4, TopLeftCell: "E5", ActivePane: "bottomRight"}); err != nil {
		return err
	}
	for _, title := range t.titles() {
		if err := w.row([]any{excelize.Cell{StyleID: w.styles.title, Value: title}}); err != nil {
			return err
		}
	}
	if err := t.header(w); err != nil {
		return err
	}
	for i, r := range t.rows {
		row, err := t.row(w, i+1, r)
		if err != nil {
			return err
		}
		if err := w.row(row); err != nil {
			return err
		}
	}
	return nil
}

func (t *table) titles() []string {
	first := t.rows[0]
	title := "KẾT QUẢ HỌC TẬP, RÈN LUYỆN " + partTitles[first.Part]
	if t.year != "" {
		title += " – NĂM HỌC " + t.year
	}
	return []string{title, strings.TrimSpace("Lớp: " + first.Class)}
}

// header writes both rows and merges what belongs together.
func (t *table) header(w *sheetWriter) error {
	var upper, lower []string
	type span struct{ from, to int }
	var across, down []span
	one := func(text string) {
		down = append(down, span{len(upper), len(upper)})
		upper, lower = append(upper, text), append(lower, "")
	}
	many := func(text string, terms []term) {
		if len(terms) > 1 {
			across = append(across, span{len(upper), len(upper) + len(terms) - 1})
		}
		for i, at := range terms {
			if i > 0 {
				text = ""
			}
			upper, lower = append(upper, text), append(lower, termNames.write(at))
		}
	}
	for _, f := range lead {
		one(titleOf(f))
	}
	for i := range t.subjects {
		many(t.headers[i], t.terms[i])
	}
	for i, s := range summaries {
		many(s.text, t.summaries[i])
	}
	for _, f := range tail {
		one(titleOf(f))
	}
	top := w.next
	if err := w.headerRow(upper); err != nil {
		return err
	}
	if err := w.headerRow(lower); err != nil {
		return err
	}
	for _, s := range across {
		if err := w.merge(s.from, top, s.to, top); err != nil {
			return err
		}
	}
	for _, s := range down {
		if err := w.merge(s.from, top, s.to, top+1); err != nil {
			return err
		}
	}
	return nil
}

func (t *table) row(w *sheetWriter, n int, r *Result) ([]any, error) {
	row := []any{n, w.asText(r.Class), w.asText(r.Code.Reveal()), orNil(r.FullName.Reveal())}
	for i, code := range t.subjects {
		s, _ := r.Subject(code)
		for _, at := range t.terms[i] {
			cell, err := scoreCell(scoreOf(&s, at))
			if err != nil {
				return nil, err
			}
			row = append(row, cell)
		}
	}
	for i, s := range summaries {
		for _, at := range t.summaries[i] {
			row = append(row, summaryOf(termOf(&r.Results, at), s.field))
		}
	}
	var specialised any
	if r.Specialised != "" {
		specialised = subjectHeader(t.drive, r.Specialised, t.taught)
	}
	return append(row,
		orNil(r.SchoolYear), w.asText(r.SchoolStudied), orNil(programmes.write(r.Programme)), specialised,
		orNil(r.ForeignLanguage), orNil(yes.write(r.SummerTraining)), orNil(r.NotApplicable)), nil
}
