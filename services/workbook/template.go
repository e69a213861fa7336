package workbook

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
	"github.com/xuri/excelize/v2"
)

// Template is a workbook to be filled in.
type Template struct {
	Kind  Kind
	Class string
	// Pupils are the class's pupils with what is held of their profiles; none for an empty form.
	Pupils []Pupil
	// Results are what is held of their results; a pupil of whom a part is not held has an empty row.
	Results   []Result
	Parts     []student.Part // of a results workbook
	Programme student.Programme
	// Rules gives what is to be said of a column, by the path of the contract that it holds, a line each; for its header's comment.
	Rules func(path string) []string
}

// Leaving says how a pupil leaves the roster by a workbook of profiles.
var Leaving = fault.Text{
	Vi: "Xóa dòng không đưa học sinh ra khỏi danh sách. Giữ dòng, ghi ở cột \"" + titleOf(fState) + "\": Chuyển đi, Thôi học, Bảo lưu hoặc Đã mất; ghi ngày ở cột \"" +
		titleOf(fSince) + "\" và lý do ở cột \"" + titleOf(fStateReason) + "\".",
	En: "Deleting a row does not take the pupil off the roster. Keep the row and write in the column \"" + titleOf(fState) +
		"\" one of Chuyển đi (transferred), Thôi học (left), Bảo lưu (deferred), Đã mất (deceased), with the day in \"" + titleOf(fSince) + "\" and the reason in \"" +
		titleOf(fStateReason) + "\".",
}

// blankRows is how many rows below the pupils are ready to be filled in.
const blankRows = 60

// WriteTemplate writes a workbook with drop-downs, text columns, the rules of each column in its header's comment, and the values that are
// held. A form of profiles has the columns by which a pupil leaves the roster, see Leaving. It is read like any other. It fails with Internal where the library does.
func WriteTemplate(w io.Writer, d *drive.Drive, t Template) error {
	const op = "workbook.template"
	var plain bytes.Buffer
	var err error
	if t.Kind == Profiles {
		err = writeProfiles(&plain, t.Pupils, profileWriter{drive: d, start: schoolYearStart(d), state: true})
	} else {
		err = WriteResults(&plain, d, t.forms(d))
	}
	if err != nil {
		return fault.Wrap("", op, err)
	}
	f, err := excelize.OpenReader(&plain)
	if err != nil {
		return fault.Wrap(fault.Internal, op, err)
	}
	defer func() { _ = f.Close() }() // temporary files only
	for _, name := range f.GetSheetList() {
		if err := t.dress(f, d, name); err != nil {
			return fault.Wrap(fault.Internal, op, err)
		}
	}
	if _, err := f.WriteTo(w); err != nil {
		return fault.Wrap("", op, err)
	}
	return nil
}

// forms returns a row for each pupil and part: what is held, or an empty line for each subject of the programme. Without pupils there is one
// row without a code, for the sake of the header.
func (t Template) forms(d *drive.Drive) []Result {
	pupils := t.Pupils
	if len(pupils) == 0 {
		pupils = []Pupil{{}}
	}
	var out []Result
	for _, part := range t.Parts {
		for _, p := range pupils {
			form := Result{FullName: p.Profile.FullName}
			for _, r := range t.Results {
				if r.Part == part && r.Code == p.Profile.Code {
					form.Results = r.Results
				}
			}
			if form.Part == "" {
				form.Results = student.Results{Code: p.Profile.Code, Part: part, SchoolYear: d.SchoolYearOf(part.Grade()), Programme: t.Programme}
			}
			form.Class = t.Class
			for _, s := range d.Catalogue.Subjects() {
				if _, there := form.Subject(s.Code); !there && s.RequiredBy(form.Programme) {
					form.Subjects = append(form.Subjects, student.Subject{Code: s.Code})
				}
			}
			out = append(out, form)
		}
	}
	return out
}

// dress returns a sheet its comments, drop-downs and blank rows.
func (t Template) dress(f *excelize.File, d *drive.Drive, name string) error {
	b := &Book{file: f, drive: d}
	h := newHeaders(d.Catalogue)
	found, ok := h.find(b.head(name))
	if !ok {
		return nil // a catalogue
	}
	s := &sheet{name: name, header: found}
	rows := b.head(name)
	if problems := s.arrange(rows[:found.top], h); len(problems) > 0 {
		return fault.New(fault.Internal, "workbook.template", problems[0].Text.Vi, problems[0].Text.En)
	}
	text, err := f.NewStyle(&excelize.Style{NumFmt: textFormat})
	if err != nil {
		return err
	}
	all, err := f.GetRows(name)
	if err != nil {
		return err
	}
	first, last := found.bottom+2, len(all)+blankRows // rows count from 1
	for c, col := range found.columns {
		path, list := t.column(s, c, col, d)
		letter, err := excelize.ColumnNumberToName(c + 1)
		if err != nil {
			return err
		}
		if err := t.explain(f, name, cellName(name, c, found.top+1), path); err != nil {
			return err
		}
		switch col.field {
		case fCode, fNumber, fBirthDate, fSince, fClass:
			if err := f.SetCellStyle(name, letter+strconv.Itoa(len(all)+1), letter+strconv.Itoa(last), text); err != nil {
				return err
			}
		}
		if len(list) == 0 {
			continue
		}
		v := excelize.NewDataValidation(true)
		v.SetSqref(letter + strconv.Itoa(first) + ":" + letter + strconv.Itoa(last))
		if err := v.SetDropList(list); err != nil {
			return err
		}
		v.SetError(excelize.DataValidationErrorStyleWarning, titleOf(col.field), "Giá trị không có trong danh mục.")
		if err := f.AddDataValidation(name, v); err != nil {
			return err
		}
	}
	return nil
}

// column returns the path of the contract that a column holds, and the words to choose from.
func (t Template) column(s *sheet, c int, col heading, d *drive.Drive) (path string, list []string) {
	switch col.field {
	case fSubject:
		for _, p := range []student.Programme{t.Programme, student.Upper2006, student.Upper2018, student.Continuing} {
			for _, subject := range s.results.subjects[p] {
				for _, at := range allTerms {
					if subject.cols[at] != c {
						continue
					}
					if known, ok := d.Catalogue.Subject(subject.code); ok && known.Assessment == drive.AssessedByComment {
						list = []string{comments.write(student.Passed), comments.write(student.NotPassed), exempt.write(true)}
					}
					return "results.subjects[" + subject.code + "]." + at.path(), list
				}
			}
		}
	case fAverage, fRating, fConduct, fConductAbsent:
		switch col.field {
		case fRating:
			list = []string{"Giỏi", "Khá", "Trung bình", "Yếu", "Kém"}
			if t.Programme == student.Upper2018 {
				list = []string{"Tốt", "Khá", "Đạt", "Chưa đạt"}
			}
		case fConduct:
			list = []string{"Tốt", "Khá", "Trung bình", "Yếu"}
			if t.Programme == student.Upper2018 {
				list = []string{"Tốt", "Khá", "Đạt", "Chưa đạt"}
			}
		}
		return "results." + col.term.path() + "." + summaryPath(col.field), list
	default:
		for _, title := range titles {
			if title.field == col.field {
				path = title.path
				break
			}
		}
		if col.field == fState {
			for _, state := range student.EnrolmentStates {
				list = append(list, states.write(state))
			}
		}
	}
	if path == "class" || path == "code" {
		path = "profile." + path
	}
	return path, list
}

// explain puts the rules of a column into its header's comment.
func (t Template) explain(f *excelize.File, sheet, cell, path string) error {
	if t.Rules == nil || path == "" {
		return nil
	}
	lines := t.Rules(path)
	if len(lines) == 0 {
		return nil
	}
	return f.AddComment(sheet, excelize.Comment{
		Cell: cell[strings.LastIndexByte(cell, '!')+1:], Author: author, Text: cut(strings.Join(lines, "\n"), maxComment),
		Width: 420, Height: uint(40 + 34*min(len(lines), 14)),
	})
}
