package export

import (
	"io"
	"strconv"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/student"
	"github.com/xuri/excelize/v2"
)

// Pupil is a line of the table of pupils. It is personal.
type Pupil struct {
	School, SchoolName string
	Class, Reference   string
	Name               student.Name
	Born               student.Date
	IDNumber           student.IDNumber
	Standings          []Standing // in the order of the windows; NotExpected of one whom no school expects
	Notes              []string   // what is found and what to do, in words
}

// Pupils writes the table of pupils, a line at a time.
type Pupils struct {
	line  func(cells []string, p Pupil) error
	close func() error
	n     int
	mask  func(student.IDNumber) string
}

// NewPupils begins the table. With unmasked the ID numbers are written whole.
func NewPupils(w io.Writer, format Format, head Head, windows []Window, unmasked bool) (*Pupils, error) {
	const op = "export.pupils"
	p := &Pupils{mask: Mask}
	if unmasked {
		p.mask = student.IDNumber.Reveal
	}
	switch format {
	case XLSX:
		return p, failed(op, p.workbook(w, head, windows))
	case CSV:
		header := make([]fault.Text, 0, 10)
		for _, c := range pupilColumns(windows) {
			header = append(header, c.text)
		}
		c, err := newCSV(w, header)
		p.line, p.close = func(cells []string, _ Pupil) error { return c.line(cells) }, c.close
		return p, failed(op, err)
	}
	out := newJSON(w)
	p.line = func(_ []string, pupil Pupil) error { return out.Encode(p.object(pupil, windows)) }
	p.close = out.to.Flush
	return p, nil
}

// Add writes a line.
func (p *Pupils) Add(pupil Pupil) error {
	p.n++
	cells := []string{
		strconv.Itoa(p.n), pupil.School, pupil.SchoolName, pupil.Class, pupil.Reference, pupil.Name.Reveal(), day(pupil.Born), p.mask(pupil.IDNumber),
	}
	for _, s := range pupil.Standings {
		cells = append(cells, s.Text().Vi)
	}
	return failed("export.pupils", p.line(append(cells, clip(strings.Join(pupil.Notes, "; "))), pupil))
}

// Close ends the table; without it there is no whole file.
func (p *Pupils) Close() error { return failed("export.pupils", p.close()) }

// clip keeps a text within what a cell of Excel holds.
func clip(s string) string {
	const most = 32000
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// pupilColumn is a column of the table of pupils.
type pupilColumn struct {
	text  fault.Text
	width float64
	look  func(looks) int
}

func pupilColumns(windows []Window) []pupilColumn {
	middle, left, wrapped := func(l looks) int { return l.textCentre }, func(l looks) int { return l.text }, func(l looks) int { return l.wrapped }
	out := []pupilColumn{
		{fault.Text{Vi: "STT", En: "No."}, 7, middle},
		{fault.Text{Vi: "Mã trường", En: "School code"}, 12, middle},
		{fault.Text{Vi: "Trường", En: "School"}, 26, wrapped},
		{fault.Text{Vi: "Lớp", En: "Class"}, 9, middle},
		{fault.Text{Vi: "Mã tham chiếu", En: "Reference"}, 34, left},
		{fault.Text{Vi: "Họ và tên", En: "Full name"}, 26, left},
		{fault.Text{Vi: "Ngày sinh", En: "Date of birth"}, 12, middle},
		{fault.Text{Vi: "Số định danh", En: "ID number"}, 16, middle},
	}
	for i := range windows {
		n := strconv.Itoa(i + 1)
		out = append(out, pupilColumn{fault.Text{Vi: "Trạng thái đợt " + n, En: "Status, window " + n}, 17, wrapped})
	}
	return append(out, pupilColumn{fault.Text{Vi: "Nội dung cần xử lý", En: "What is to be done"}, 60, wrapped})
}

// workbook begins the one sheet of a file; the rows go to a temporary file of excelize until Close.
func (p *Pupils) workbook(w io.Writer, head Head, windows []Window) error {
	cols := pupilColumns(windows)
	f := excelize.NewFile()
	l, err := newLooks(f)
	if err != nil {
		return err
	}
	widths, texts := make([]float64, len(cols)), make([]fault.Text, len(cols))
	for i, c := range cols {
		widths[i], texts[i] = c.width, c.text
	}
	s, err := newSheet(f, l, "Học sinh", widths, headRows+2)
	if err != nil {
		return err
	}
	if err := s.head(head, "DANH SÁCH HỌC SINH LỚP 12 THEO TRẠNG THÁI RÀ SOÁT", "Có thông tin cá nhân: bảo quản theo quy định / personal data: keep it as the law requires"); err != nil {
		return err
	}
	if err := s.header(texts); err != nil {
		return err
	}
	p.line = func(cells []string, _ Pupil) error {
		row := make([]any, len(cells))
		for i, text := range cells {
			row[i] = excelize.Cell{StyleID: cols[i].look(l), Value: plain(text)}
		}
		return s.row(max(heightFor(cells[2], cols[2].width), heightFor(cells[len(cells)-1], cols[len(cols)-1].width)), row...)
	}
	p.close = func() error {
		defer func() { _ = f.Close() }() // temporary files only
		if err := s.signatures(head); err != nil {
			return err
		}
		if err := s.Flush(); err != nil {
			return err
		}
		return zipInto(f, w)
	}
	return nil
}

// pupilLine is a pupil for programs.
type pupilLine struct {
	School     string            `json:"school"`
	SchoolName string            `json:"school_name"`
	Class      string            `json:"class"`
	Pupil      string            `json:"pupil"`
	FullName   string            `json:"full_name"`
	Born       string            `json:"date_of_birth"`
	IDNumber   string            `json:"id_number"`
	Status     map[string]string `json:"status"`
	Returned   []string          `json:"returned"` // the windows in which the province returned the pupil
	Notes      []string          `json:"notes"`
}

func (p *Pupils) object(pupil Pupil, windows []Window) pupilLine {
	out := pupilLine{
		School: pupil.School, SchoolName: pupil.SchoolName, Class: pupil.Class, Pupil: pupil.Reference, FullName: pupil.Name.Reveal(),
		Born: pupil.Born.Reveal(), IDNumber: p.mask(pupil.IDNumber), Status: map[string]string{}, Returned: []string{}, Notes: append([]string{}, pupil.Notes...),
	}
	for i, w := range windows {
		out.Status[w.ID] = StatusCodes[pupil.Standings[i].Status]
		if pupil.Standings[i].Returned {
			out.Returned = append(out.Returned, w.ID)
		}
	}
	return out
}

// StatusCodes are the statuses for programs.
var StatusCodes = map[reporting.Status]string{
	reporting.NotExpected: "not_expected", reporting.Missing: "missing", reporting.Rejected: "rejected", reporting.UnexplainedWarning: "unexplained_warning",
	reporting.Duplicate: "duplicate", reporting.Mismatched: "mismatched", reporting.NeedsPerson: "needs_person", reporting.Waiting: "waiting",
	reporting.AwaitingApproval: "awaiting_approval", reporting.Verified: "verified",
}
