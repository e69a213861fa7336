package workbook

import (
	"iter"
	"slices"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
)

// Kind is what a sheet holds.
type Kind string

// The kinds.
const (
	Profiles Kind = "profiles"
	Results  Kind = "results"
)

// Row is one row of a sheet: the records that it gives and what is wrong with it. Complaints about a whole
// sheet come in a Row of its header, without records.
type Row struct {
	Place
	Records  []student.Record
	Problems []Problem
	// Pupil says that the row is one of a pupil, refused or not.
	Pupil bool
}

// sheet is a sheet whose header was understood.
type sheet struct {
	name    string
	kind    Kind
	header  header
	simple  map[field]int // column of each field of one value
	scope   scope
	results *resultColumns    // of a results sheet
	merges  map[int][]rowSpan // of the columns whose merged cells speak for several rows
}

// findSheets looks for a header in each sheet. No sheet with one is an error that says of each sheet why not.
func (b *Book) findSheets(op string) error {
	h := newHeaders(b.drive.Catalogue)
	var fields []fault.Field
	blank := true
	for _, name := range b.sheetsToRead(h) {
		rows := b.head(name)
		blank = blank && len(rows) == 0
		found, ok := h.find(rows)
		if !ok && h.oldEncoding(rows) {
			b.rejected = append(b.rejected, about(RuleOldEncoding, name, true).named(name))
			continue
		}
		if !ok {
			fields = append(fields, fault.Field{Path: name, Rule: RuleNoSheet,
				Text:   fault.Text{Vi: "Trang này không có dòng tiêu đề của hồ sơ hay kết quả.", En: "The sheet has no header of profiles or results."},
				Remedy: fault.Text{Vi: "Dùng tệp mẫu DANH MUC, hoặc xuất lại từ phần mềm của trường.", En: "Use the template DANH MUC, or export the file again."}})
			continue
		}
		s := &sheet{name: name, header: found}
		problems := s.arrange(rows[:found.top], h)
		if len(problems) > 0 {
			b.rejected = append(b.rejected, problems...)
			continue
		}
		b.sheets = append(b.sheets, s)
	}
	switch {
	case len(b.sheets) > 0:
		return nil
	case blank:
		return refuse(op, RuleEmpty, "Bảng tính không có dữ liệu.", "The workbook holds nothing.",
			"Xuất lại tệp từ phần mềm của trường.", "Export the file again.", nil)
	}
	e := fault.New(fault.Invalid, op, "Bảng tính không có trang nào đọc được.", "The workbook has no sheet that can be read.")
	for _, p := range slices.Concat(b.rejected, b.hidden) {
		e.Fields = append(e.Fields, p.Field)
	}
	if len(e.Fields) == 0 { // of catalogues beside a broken sheet there is nothing to say
		e.Fields = fields
	}
	return e
}

// head reads the first rows of a sheet, cleaned; nil for a sheet that is not one of cells.
func (b *Book) head(name string) [][]string {
	rows, err := b.file.Rows(name)
	if err != nil {
		return nil
	}
	defer func() { _ = rows.Close() }() // read only
	var out [][]string
	last := 0
	for len(out) < maxTitleRows+maxHeaderRows && rows.Next() {
		cells, err := rows.Columns()
		if err != nil {
			return nil
		}
		out = append(out, clean(cells))
		if len(cells) > 0 {
			last = len(out)
		}
	}
	return out[:last]
}

// clean puts each cell into composed form with single spaces, in place.
func clean(cells []string) []string {
	for i, text := range cells {
		cells[i] = cleanCell(text)
	}
	return cells
}

// arrange finds out what the sheet holds and whether its columns are all there.
func (s *sheet) arrange(titles [][]string, h headers) []Problem {
	s.simple = map[field]int{}
	s.kind = Profiles
	var problems []Problem
	for c, col := range s.header.columns {
		switch col.field {
		case fNone, fRowNo, fParent:
		case fSubject, fAverage, fRating, fConduct, fConductAbsent:
			s.kind = Results
		default:
			if _, taken := s.simple[col.field]; taken {
				problems = append(problems, s.headerProblem(RuleTwoColumns, c))
				continue
			}
			s.simple[col.field] = c
		}
	}
	if s.kind == Results {
		return append(problems, s.arrangeResults(titles, h)...)
	}
	for _, t := range s.missing() {
		p := s.headerProblem(RuleNoColumn, 0)
		p.Text = fault.Text{Vi: "Dòng tiêu đề thiếu cột \"" + t + "\".", En: "The header lacks the column \"" + t + "\"."}
		problems = append(problems, p)
	}
	return problems
}

// missing lists the columns that a profiles sheet lacks.
func (s *sheet) missing() []string {
	var missing []string
	for _, t := range titles {
		if !t.profile {
			continue
		}
		_, ok := s.simple[t.field]
		if t.field == fNumber && !ok {
			_, ok = s.simple[fPassport]
		}
		if !ok {
			missing = append(missing, t.text)
		}
	}
	return missing
}

func (s *sheet) headerProblem(rule string, col int) Problem {
	return about(rule, cellName(s.name, col, s.header.bottom+1), true)
}

// Rows yields the rows of every sheet in order. It can be walked more than once. An error ends it: Invalid
// when no sheet has a pupil, or when a sheet cannot be read to its end.
func (b *Book) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for _, p := range slices.Concat(b.rejected, b.hidden) {
			if !yield(Row{Problems: []Problem{p}}, nil) {
				return
			}
		}
		pupils := 0
		b.count()
		reader := reader{book: b}
		for _, s := range b.sheets {
			for row, err := range b.sheetRows(s, &reader) {
				if row.Pupil {
					pupils++
				}
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
		if pupils == 0 && len(b.rejected) == 0 {
			yield(Row{}, refuse("workbook.read", RuleEmpty, "Bảng tính không có học sinh nào.", "The workbook has no pupil.",
				"Ghi dữ liệu dưới dòng tiêu đề.", "Write the data below the header.", nil))
		}
	}
}

func (b *Book) sheetRows(s *sheet, r *reader) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		if s.results != nil && len(s.results.odd) > 0 && !yield(Row{Place: Place{sheet: s, Number: s.header.bottom + 1}, Problems: s.results.odd}, nil) {
			return
		}
		rows, err := b.file.Rows(s.name)
		if err != nil {
			yield(Row{}, fault.Wrap(fault.Invalid, "workbook.read", err))
			return
		}
		defer func() { _ = rows.Close() }() // read only
		fill := newFiller(s)
		for number := 1; rows.Next(); number++ {
			cells, err := rows.Columns()
			if err != nil {
				yield(Row{}, fault.Wrap(fault.Invalid, "workbook.read", err))
				return
			}
			if number <= s.header.bottom+1 || blankRow(cells) || number == s.header.bottom+2 && numbering(cells) {
				continue
			}
			row, ok := r.row(s, number, fill.row(number, clean(cells)))
			if ok && !yield(row, nil) {
				return
			}
		}
	}
}

func blankRow(cells []string) bool {
	for _, text := range cells {
		if strings.TrimSpace(text) != "" {
			return false
		}
	}
	return true
}

// numbering recognises the row "(1) (2) (3) …" that templates have below their header.
func numbering(cells []string) bool {
	n := 0
	for _, text := range cells {
		text = strings.Trim(text, "() ")
		if text == "" {
			continue
		}
		if len(text) > 2 || text[0] < '0' || text[0] > '9' {
			return false
		}
		n++
	}
	return n >= 5 && len(cells) > 2 && strings.Trim(cells[0], "() ") == "1" && strings.Trim(cells[1], "() ") == "2"
}
