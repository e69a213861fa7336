package workbook

import (
	"io"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
	"github.com/xuri/excelize/v2"
)

// ProfilesSheet is the name of the sheet of profiles in the ministry's template.
const ProfilesSheet = "DANH MUC"

// Pupil is a row of a profiles workbook.
type Pupil struct {
	Profile student.Profile
	// Enrolled is the roster entry; the zero value, like joined since the opening of the school year, needs
	// no columns of its own.
	Enrolled student.Enrolled
}

// templateColumns are those of the ministry's template in its order, with the name behind the code.
var templateColumns = []string{
	"STT", "Mã lớp", "Mã định danh Bộ GD&ĐT", "Họ và tên", "Ngày sinh", "Giới tính", "Dân tộc", "Quốc tịch",
	"Tỉnh", "Huyện", "Xã", "Họ tên cha", "Năm sinh cha", "Họ tên mẹ", "Năm sinh mẹ", "Số ĐDCN", "Lý do chưa có số ĐDCN",
}

// WriteProfiles writes a profiles workbook in the form of the ministry's template, its catalogues beside it.
// The columns of father and mother stay empty: the drive does not ask for them. Codes and numbers are
// formatted as text, so that no zero is lost when somebody edits the file.
func WriteProfiles(w io.Writer, d *drive.Drive, pupils []Pupil) error {
	return writeProfiles(w, pupils, profileWriter{drive: d, start: schoolYearStart(d)})
}

func writeProfiles(w io.Writer, pupils []Pupil, p profileWriter) error {
	return write("workbook.write_profiles", w, func(f *excelize.File, s styles) error {
		for _, pupil := range pupils {
			p.look(pupil)
		}
		return p.write(f, s, pupils)
	})
}

type profileWriter struct {
	drive        *drive.Drive
	start        student.Date
	state, kinds bool // whether the optional columns are needed
}

// look finds out which optional columns a pupil needs.
func (p *profileWriter) look(pupil Pupil) {
	e, id := pupil.Enrolled, pupil.Profile.Identity
	if e != (student.Enrolled{}) && (e.State != student.Joined || e.Since != p.start) {
		p.state = true
	}
	inferred := student.Identity{}.Kind
	switch {
	case id.Number != "":
		inferred = kindOf(id.Number, pupil.Profile.Nationality, fNumber)
	case id.Reason != "":
		inferred = student.NoNumber
	}
	p.kinds = p.kinds || inferred != id.Kind
}

func (p *profileWriter) write(f *excelize.File, s styles, pupils []Pupil) error {
	texts := append([]string(nil), templateColumns...)
	if p.kinds {
		texts = append(texts, titleOf(fIdentityKind))
	}
	if p.state {
		texts = append(texts, titleOf(fState), titleOf(fSince), titleOf(fStateReason))
	}
	if err := p.catalogues(f, s); err != nil {
		return err
	}
	if err := dropDowns(f, p.drive.Catalogue, len(pupils)); err != nil {
		return err
	}
	w, err := f.NewStreamWriter(ProfilesSheet)
	if err != nil {
		return err
	}
	sheet := &sheetWriter{StreamWriter: w, styles: s, next: 1}
	if err := layOut(sheet); err != nil {
		return err
	}
	if err := sheet.headerRow(texts); err != nil {
		return err
	}
	for i, pupil := range pupils {
		if err := sheet.row(p.row(sheet, i+1, pupil)); err != nil {
			return err
		}
	}
	return sheet.Flush()
}

func layOut(w *sheetWriter) error {
	for col := 1; col <= len(templateColumns); col++ {
		if err := w.SetColWidth(col, col, 14); err != nil {
			return err
		}
	}
	if err := w.SetColWidth(4, 4, 28); err != nil {
		return err
	}
	for _, col := range []int{3, 5, 16} { // codes, dates and numbers
		if err := w.SetColStyle(col, col, w.styles.text); err != nil {
			return err
		}
	}
	return w.SetPanes(&excelize.Panes{Freeze: true, XSplit: 4, YSplit: 1, TopLeftCell: "E2", ActivePane: "bottomRight"})
}

func (p *profileWriter) row(w *sheetWriter, n int, pupil Pupil) []any {
	r := pupil.Profile
	c := p.drive.Catalogue
	ethnicity, nationality := r.Ethnicity, r.Nationality
	if e, ok := c.Ethnicity(ethnicity); ok {
		ethnicity = e.Name
	}
	if n, ok := c.Country(nationality); ok {
		nationality = n.Name
	}
	province, district, commune := r.Residence.Province, r.Residence.District, r.Residence.Commune
	if u, ok := c.Province(province); ok {
		province = u.Full()
	}
	if u, ok := c.District(district); ok && u.Parent == r.Residence.Province {
		district = u.Full()
	}
	if u, ok := c.Commune(commune); ok && u.Parent == r.Residence.District {
		commune = u.Full()
	}
	row := []any{
		n, w.asText(r.Class), w.asText(r.Code.Reveal()), orNil(r.FullName.Reveal()), w.asText(formatDate(r.BirthDate)),
		orNil(genders.write(r.Gender)), orNil(ethnicity), orNil(nationality), w.asText(province), w.asText(district), w.asText(commune),
		nil, nil, nil, nil, w.asText(r.Identity.Number.Reveal()), orNil(r.Identity.Reason),
	}
	if p.kinds {
		row = append(row, orNil(identityKinds.write(r.Identity.Kind)))
	}
	if p.state {
		e := pupil.Enrolled
		if e == (student.Enrolled{}) {
			e.State, e.Since = student.Joined, p.start
		}
		row = append(row, orNil(states.write(e.State)), w.asText(formatDate(e.Since)), orNil(e.Reason))
	}
	return row
}
